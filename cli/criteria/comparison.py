"""The table of measured quantities beside published or required ones, of `report` and `demo`."""

from typing import TYPE_CHECKING

from ..console import print_json, print_line, print_table

if TYPE_CHECKING:
    from ...analysis.criteria import Comparison


def print_comparison(comparison: "Comparison") -> None:
    """Print the table, with the number of quantities within their ranges in its title."""
    from ...analysis.criteria.display import COLUMNS, summary, text_row

    title = f"{comparison.title}: {summary(comparison.findings)}"
    print_table(title, COLUMNS, [text_row(finding) for finding in comparison.findings])


def print_comparison_json(comparison: "Comparison") -> None:
    from ...analysis.criteria.display import as_dict

    print_json(
        {
            "title": comparison.title,
            "source": comparison.source,
            "criteria": [as_dict(finding) for finding in comparison.findings],
        }
    )


def print_comparison_csv(comparison: "Comparison") -> None:
    from ...analysis.criteria.display import as_csv

    print_line(as_csv(comparison.findings).rstrip("\n"))
