"""What `--compare` prints: tables, and remarks on what is missing."""

from typing import TYPE_CHECKING

from .console import print_line, print_message, print_table

if TYPE_CHECKING:
    from ..analysis.report.comparison import Comparison


def print_comparison(found: "Comparison") -> None:
    """Print the tables and remarks of a comparison."""
    for remark in found.remarks:
        print_message(remark)
    for table in found.tables:
        print_table(f"{found.title}: {table.title}", table.columns, table.rows)
        for remark in table.remarks:
            print_line(remark)
