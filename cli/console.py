"""Printing of commands: results to stdout, messages about them to stderr.

What comes from a file, a database or an instrument may hold control characters, which would command
the terminal, and marks that reorder a line: both are printed as escapes, whatever is printed.
"""

import json
import os
import re
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TextIO, cast

from rich import box
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from ..analysis.report.comparison import Comparison

_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]"
)


class StdoutClosedError(BrokenPipeError):
    """Nobody reads the output any more."""


class _Stdout(Console):
    """Leaves a closed pipe to the caller, where rich would end the process."""

    def on_broken_pipe(self) -> None:
        raise StdoutClosedError


class _Stderr:
    """The present stderr; what it no longer takes is dropped, since nothing depends on messages."""

    @property
    def rich_proxied_file(self) -> "_Stderr":
        return self  # also while a progress bar has replaced sys.stderr

    @property
    def _stream(self) -> TextIO:
        stream: TextIO = getattr(sys.stderr, "rich_proxied_file", sys.stderr)
        return stream

    def write(self, text: str) -> int:
        try:
            return self._stream.write(text)
        except OSError:
            return len(text)

    def flush(self) -> None:
        try:
            self._stream.flush()
        except OSError:
            return

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


out: Console = _Stdout(highlight=False)
err = Console(
    file=None if sys.stderr is None else cast("TextIO", _Stderr()), stderr=True, highlight=False
)


def visible(text: str) -> str:
    """Return text with control characters and marks of direction as escapes, but \n and \t."""
    return _UNSEEN.sub(lambda found: _escape(found[0]), text)


def print_line(text: str | Text) -> None:
    """Print a result to stdout: brackets are no markup, lines do not wrap."""
    out.print(_visible(text), markup=False, soft_wrap=True)


def print_message(text: str | Text) -> None:
    """Print a message about the results to stderr, as `print_line` does."""
    err.print(_visible(text), markup=False, soft_wrap=True)


def print_outcome(text: str) -> None:
    """Print what became of a measurement to stdout, or to stderr if stdout is closed or full."""
    try:
        print_line(text)
        out.file.flush()
    except OSError:
        discard_stdout()
        print_message(text)


def discard_stdout() -> None:
    """Drop all further output to stdout, and what could not be written yet."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def print_table(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table, or a line for each cell where the terminal is narrower than the words."""
    _print_title(title)
    columns = [visible(name) for name in columns]
    rows = [[visible(cell) for cell in row] for row in rows]
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
        table.add_row(Text(visible(key)), Text(visible(value)))
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
    print(_UNSEEN.sub(lambda found: f"\\u{ord(found[0]):04x}", text))


def print_error(error: BaseException) -> None:
    """Print an error, and below it the notes on later errors."""
    sentence = str(error).strip() or type(error).__name__
    print_message(Text.assemble(("error:", "red"), " ", visible(sentence)))
    print_notes(error)


def print_notes(error: BaseException) -> None:
    for note in getattr(error, "__notes__", ()):
        print_message(note)


def _visible(text: str | Text) -> str | Text:
    if isinstance(text, str):
        return visible(text)
    if _UNSEEN.search(text.plain):
        return Text(visible(text.plain), style=text.style)
    return text


def _escape(character: str) -> str:
    code = ord(character)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"


def print_runs_compared(found: "Comparison") -> None:
    """Print the tables and remarks of several runs beside each other."""
    for remark in found.remarks:
        print_message(remark)
    for table in found.tables:
        print_table(f"{found.title}: {table.title}", table.columns, table.rows)
        for remark in table.remarks:
            print_line(remark)
