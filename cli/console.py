"""Printing of commands: results to stdout, messages about them to stderr."""

import json
from collections.abc import Sequence
from typing import Any

from rich import box
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

# What moves a terminal's cursor, colours it, or turns the direction of writing.
_CONTROLS = [*range(0x20), *range(0x7F, 0xA0), 0x61C, 0x200E, 0x200F]
_CONTROLS += [*range(0x2028, 0x202F), *range(0x2066, 0x206A), 0xFEFF]
_ESCAPES = {code: f"\\u{code:04x}" for code in _CONTROLS if chr(code) not in "\n\t"}

out = Console(highlight=False)
err = Console(stderr=True, highlight=False)


def printable(text: str) -> str:
    """Escape the characters of a text that control a terminal."""
    return text.translate(_ESCAPES)


def _shown(text: str | Text) -> str | Text:
    if isinstance(text, str):
        return printable(text)
    escaped = printable(text.plain)
    return text if escaped == text.plain else Text(escaped)


def print_line(text: str | Text) -> None:
    """Print a result to stdout exactly as it stands: brackets are no markup, lines do not wrap."""
    out.print(_shown(text), markup=False, soft_wrap=True)


def print_message(text: str | Text) -> None:
    """Print a message about the results to stderr, exactly as it stands."""
    err.print(_shown(text), markup=False, soft_wrap=True)


def print_table(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table, or a line for each cell where the terminal is narrower than the words."""
    _print_title(title)
    rows = [[printable(cell) for cell in row] for row in rows]
    by_column = [(name, *(row[number] for row in rows)) for number, name in enumerate(columns)]
    least = [max(map(_longest_word, texts)) for texts in by_column]
    with_lines = out.width - 3 * len(columns) - 1
    without = out.width - 2 * len(columns) + 1
    if sum(least) > without:
        for row in rows:
            cells = zip(columns, row, strict=True)
            print_line("\n".join([*(f"{name}: {cell}" for name, cell in cells), ""]))
        return
    if sum(least) <= with_lines:
        table, room = Table(), with_lines
    else:
        table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0))
        room = without
    widest = [max(map(cell_len, texts)) for texts in by_column]
    for name, width in zip(columns, _widths(least, widest, room), strict=True):
        table.add_column(Text(name), width=width)
    for row in rows:
        table.add_row(*map(Text, row))
    out.print(table)


def print_pairs(title: str, pairs: Sequence[tuple[str, str]]) -> None:
    _print_title(title)
    table = Table(show_header=False)
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    for key, value in pairs:
        table.add_row(Text(printable(key)), Text(printable(value)))
    out.print(table)


def _print_title(title: str) -> None:
    print_line(Text(title, style="bold"))


def _longest_word(text: str) -> int:
    return max(map(cell_len, text.split()), default=0)


def _widths(least: Sequence[int], widest: Sequence[int], room: int) -> list[int]:
    """Narrow the widest columns until all fit, none below the width of its longest word."""
    widths = list(widest)
    while sum(widths) > room:
        wrappable = [number for number, width in enumerate(widths) if width > least[number]]
        widths[max(wrappable, key=widths.__getitem__)] -= 1
    return widths


def print_json(content: Any) -> None:
    """Print one JSON document."""
    text = json.dumps(content, indent=2, default=str, ensure_ascii=False, allow_nan=False)
    print(printable(text))


def print_error(error: BaseException) -> None:
    """Print an error, and below it the notes on later errors."""
    sentence = str(error).strip() or type(error).__name__
    print_message(Text.assemble(("error:", "red"), " ", sentence))
    print_notes(error)


def print_notes(error: BaseException) -> None:
    for note in getattr(error, "__notes__", ()):
        print_message(note)
