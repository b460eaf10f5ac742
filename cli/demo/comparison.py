"""The table of measured quantities beside those of the paper."""

from collections.abc import Sequence
from dataclasses import dataclass

from ..console import print_table


@dataclass(frozen=True, slots=True)
class Row:
    """A quantity, its published value, its measured value, and whether they agree."""

    quantity: str
    paper: str
    here: str
    within: bool


def print_comparison(title: str, rows: Sequence[Row]) -> None:
    """Print the table, with the number of quantities that agree in its title."""
    agree = sum(row.within for row in rows)
    print_table(
        f"{title}: {agree} of {len(rows)} within the paper's spread",
        ("quantity", "paper", "here", "within its spread?"),
        [(row.quantity, row.paper, row.here, "yes" if row.within else "no") for row in rows],
    )
