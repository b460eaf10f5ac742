"""Where commands print: results to stdout, everything about them to stderr."""

import json
from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

out = Console(highlight=False)
err = Console(stderr=True, highlight=False)


def print_table(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    table = Table(title=title, title_justify="left", title_style="bold")
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*row)
    out.print(table)


def print_pairs(title: str, pairs: Sequence[tuple[str, str]]) -> None:
    table = Table(title=title, title_justify="left", title_style="bold", show_header=False)
    table.add_column(style="bold")
    table.add_column(overflow="fold")
    for key, value in pairs:
        table.add_row(key, value)
    out.print(table)


def print_json(content: Any) -> None:
    """Print plain JSON, one document, for scripts."""
    print(json.dumps(content, indent=2, default=str, ensure_ascii=False, allow_nan=False))


def print_error(error: BaseException) -> None:
    """Print what is wrong, and below it what else went wrong on the way out."""
    err.print("[red]error:[/red]", end=" ")
    err.print(str(error).strip() or type(error).__name__, markup=False, soft_wrap=True)
    print_notes(error)


def print_notes(error: BaseException) -> None:
    for note in getattr(error, "__notes__", ()):
        err.print(note, markup=False, soft_wrap=True)
