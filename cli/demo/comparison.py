"""A number of the paper beside the one measured here."""

from collections.abc import Sequence
from dataclasses import dataclass

from ..console import print_table


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: a quantity, what the paper prints, what was measured here."""

    quantity: str
    paper: str
    here: str
    within: bool


def print_comparison(title: str, rows: Sequence[Row]) -> None:
    agree = sum(row.within for row in rows)
    print_table(
        f"{title}: {agree} of {len(rows)} within the paper's spread",
        ("quantity", "paper", "here", "within its spread?"),
        [(row.quantity, row.paper, row.here, "yes" if row.within else "no") for row in rows],
    )
