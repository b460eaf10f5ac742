"""Records of a delimited text: lines split into cells, those of quoted line breaks joined."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from ...errors import ImportFileError
from ..cell_numbers import NUMBER, numbers

COMMENTS = ("#", "%", "!", ";", "//")


@dataclass(frozen=True, slots=True)
class Header:
    """A header: the number of lines up to its end, and how many of them it takes itself."""

    lines: int
    separator: str
    cells: tuple[str, ...]
    own_lines: int = 1


class Records:
    """The records after a line, each with the number of its first line; counts skipped lines."""

    def __init__(self, name: str, lines: Sequence[str], after: int, separator: str) -> None:
        self.skipped = 0
        self._name = name
        self._lines = lines
        self.line = after  # the last one of the latest record
        self._inside = False  # a quoted cell goes on in the next line
        self._separator = separator

    def all(self) -> tuple[list[int], list[tuple[str, ...]]]:
        """Return the first line of each record, and its cells.

        Tuples of texts are not looked at by the garbage collector again and again, as lists are:
        a million of them take half as long.
        """
        kept = self._data_lines()
        if self._separator != " ":
            try:
                rows = list(map(tuple, self._reader([self._lines[at] for at in kept])))
            except csv.Error:
                rows = []
            if len(rows) == len(kept):  # a record a line: no cell goes on in the next line
                self.skipped = len(self._lines) - self.line - len(kept)
                return [at + 1 for at in kept], rows
        records = list(self)
        return [line for line, _ in records], [tuple(cells) for _, cells in records]

    def _data_lines(self) -> list[int]:
        lines, rest = self._lines, range(self.line, len(self._lines))
        text = "".join(lines[self.line :])
        if not any(mark in text for mark in COMMENTS):  # fast
            return [at for at in rest if not lines[at].isspace()]
        return [at for at in rest if self._is_data(lines[at])]

    def __iter__(self) -> Iterator[tuple[int, list[str]]]:
        reader = self._reader(self._physical())
        while True:
            self._inside = False
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                raise self._broken(error) from error
            if self.line > self._first:
                self._check_swallowed(cells)
            if self._separator == " " and cells and not cells[-1]:
                cells.pop()  # blanks at the end of the line
            yield self._first, cells

    def _physical(self) -> Iterator[str]:
        lines, blanks = self._lines, self._separator == " "
        while self.line < len(lines):
            line = lines[self.line]
            self.line += 1
            if not self._inside:
                if not self._is_data(line):
                    self.skipped += 1
                    continue
                self._first = self.line
                self._inside = True
            yield line.replace("\t", " ") if blanks else line

    def _is_data(self, line: str) -> bool:
        """Return whether a line is neither empty nor a comment; #N/A is a missing value."""
        bare = line.lstrip()
        if not bare.startswith(COMMENTS) or bare[0] == self._separator:
            return bool(bare)
        return bare.upper().startswith(("#N/A", "#DIV", "#NUM", "#VALUE"))

    def _reader(self, lines: Iterable[str]) -> "Iterator[list[str]]":
        return csv.reader(lines, delimiter=self._separator, skipinitialspace=True, strict=True)

    def _check_swallowed(self, cells: Sequence[str]) -> None:
        """Refuse a quoted cell that holds whole rows: its quote was left open by mistake."""
        for cell in cells:
            if any(self._is_row(line, len(cells)) for line in cell.split("\n")[1:]):
                raise ImportFileError(
                    f"{self._name}, line {self._first}: a quote opens a cell that goes on to line "
                    f"{self.line} over whole rows; close the quote or remove it."
                )

    def _is_row(self, line: str, count: int) -> bool:
        parts = line.split(self._separator)
        return len(parts) >= max(2, count) and NUMBER in numbers(parts[:1]).kinds

    def _broken(self, error: csv.Error) -> ImportFileError:
        if "unexpected end" in str(error):
            return ImportFileError(
                f"{self._name}, line {self._first}: a quote opens a cell and is never closed; "
                "close it or remove it."
            )
        return ImportFileError(
            f"{self._name}, line {self._first} cannot be split into cells ({error}): correct it, "
            "or put # before it."
        )


def cells_of(line: str, separator: str) -> list[str]:
    """Return the cells of a line; raises csv.Error."""
    if separator == " ":
        line = line.replace("\t", " ").strip()
    rows = list(csv.reader([line], delimiter=separator, skipinitialspace=True))
    return [cell.strip() for cell in rows[0]] if rows else []
