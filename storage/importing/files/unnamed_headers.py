"""The header of a text whose columns have no names that are known: the line above the numbers."""

import csv
from collections.abc import Iterator, Sequence

from ...errors import ImportFileError
from ..cell_numbers import GAP, NUMBER, TEXT, numbers
from ..units import split_name
from .header_guess import guess_header
from .records import COMMENTS, Header, Records, cells_of
from .table import plain_name

LONGEST_PREAMBLE = 10_000  # lines
_SEPARATORS = ("\t", ";", ",", "|", " ")
_COMMENTS_ABOVE = 5  # lines above the first numbers that may hold the names
_SAMPLE = 200  # lines by which the separator of a file without a header is chosen


def guessed_header(name: str, lines: Sequence[str]) -> Header | None:
    """Return the header of the separator by which most cells stand in regular rows."""
    best: Header | None = None
    most = 0
    for separator in _SEPARATORS:
        records = list(_first_records(Records(name, lines, 0, separator)))
        rows = [cells for _, _, cells in records]
        found = guess_header(rows)
        if found is None:
            continue
        at, first, count = found
        if count * len(rows[first]) <= most:
            continue
        most = count * len(rows[first])
        if at >= 0:
            best = Header(records[at][1], separator, tuple(plain_name(c) for c in rows[at]))
        else:
            best = _header_before(lines, records[first][0] - 1, separator, rows[first])
    return best


def _first_records(records: "Records") -> Iterator[tuple[int, int, list[str]]]:
    """Yield first line, last line and cells of the records up to one that cannot be split."""
    try:
        for line, cells in records:
            yield line, records.line, [cell.strip() for cell in cells]
            if line > LONGEST_PREAMBLE:
                return
    except ImportFileError:
        return


def unnamed_header(lines: Sequence[str], columns: Sequence[int]) -> Header | None:
    """Return the table of numbered columns that most lines have as numbers."""
    best: Header | None = None
    most = 0
    for separator in _SEPARATORS:
        first, count, cells = _numbered(lines, separator, columns)
        if count > most:
            most, best = count, _header_before(lines, first, separator, cells)
    return best


def _numbered(
    lines: Sequence[str], separator: str, columns: Sequence[int]
) -> tuple[int, int, list[str]]:
    """Return the first line with numbers in the columns, how many have, and its cells."""
    first, count, cells_there = -1, 0, list[str]()
    for at, line in enumerate(lines):
        if count >= _SAMPLE:
            break
        if not line.strip() or line.lstrip().startswith(COMMENTS):
            continue
        try:
            cells = cells_of(line, separator)
        except csv.Error:
            continue
        if len(cells) < max(columns):
            continue
        kinds = numbers([cells[column - 1] for column in columns]).kinds
        if NUMBER in kinds and set(kinds.tolist()) <= {NUMBER, GAP}:
            if not count:
                first, cells_there = at, cells
            count += 1
    return first, count, cells_there


def _header_before(
    lines: Sequence[str], first: int, separator: str, cells: Sequence[str]
) -> Header:
    """Return the header of as many names, comments or not, right above the first numbers."""
    counted = [str(at) for at in range(1, len(cells) + 1)]
    if list(cells) == counted:  # a header of numbers, not a row
        return Header(first + 1, separator, tuple(cells))
    names: list[str] = []
    for line in reversed(lines[max(0, first - _COMMENTS_ABOVE) : first]):
        try:
            above = cells_of(line.strip().lstrip("#%!; /"), separator)
        except csv.Error:
            continue
        if len(above) == len(cells) and TEXT in numbers(above).kinds:
            names = max(above, names, key=_named)  # names alone, or names with units
        elif not line.lstrip().startswith(COMMENTS):
            break
    if names:
        return Header(first, separator, tuple(names))
    return Header(first, separator, tuple(counted), own_lines=0)


def _named(names: Sequence[str]) -> tuple[int, int]:
    """Return how many of the names have units, and how many there are."""
    units = sum(split_name(name)[1] is not None for name in names)
    return units, sum(bool(name) for name in names)
