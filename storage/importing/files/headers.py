"""The header of a delimited text: the line of the mapped names, or the one above the numbers."""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ...errors import ImportFileError
from ..cell_numbers import GAP, NUMBER, TEXT, numbers
from ..units import split_name
from .header_guess import guess_header
from .records import COMMENTS, Records, cells_of
from .table import plain_name

_SEPARATORS = (",", ";", "\t", "|", " ")
_LONGEST_PREAMBLE = 10_000  # lines
_COMMENTS_ABOVE = 5  # lines above the first numbers that may hold the names
_ROWS_BELOW = 10  # lines below a header, of which some fit
_SAMPLE = 200  # lines by which the separator of a file without a header is chosen


@dataclass(frozen=True, slots=True)
class Header:
    """A header: the number of lines up to its end, and how many of them it takes itself."""

    lines: int
    separator: str
    cells: tuple[str, ...]
    own_lines: int = 1


def find_header(name: str, lines: Sequence[str], columns: Sequence[str]) -> Header:
    """Return the header with these columns, names or numbers, or without any that of the file.

    Raises ImportFileError.
    """
    named = [column for column in columns if not column.isdecimal()]
    if not columns:
        header = _guessed_header(name, lines)
    elif named:
        header = _named_header(name, lines, columns) or _named_header(name, lines, named)
    else:
        header = _unnamed_header(lines, [int(column) for column in columns])
    if header is None:
        raise ImportFileError(_not_found(name, lines, columns))
    return header


def _header_cells(line: str) -> Iterator[tuple[str, list[str]]]:
    """Yield each way to split a line into the cells of a header, a comment mark taken off."""
    for separator in _SEPARATORS:
        for text in dict.fromkeys((line, line.lstrip("#%!; /"))):
            try:
                yield separator, cells_of(text, separator)
            except csv.Error:  # whatever it is, it is no header
                continue


def _named_header(name: str, lines: Sequence[str], columns: Sequence[str]) -> Header | None:
    """Return the first line with these names and rows of as many cells below it, else the first."""
    wanted = {plain_name(column) for column in columns}
    first: Header | None = None
    for header in _lines_with(lines[:_LONGEST_PREAMBLE], wanted):
        below = lines[header.lines : header.lines + _ROWS_BELOW]
        if any(_count(line, header.separator) == len(header.cells) for line in below):
            return header
        first = first or header
    return first or _broken_header(name, lines[:_LONGEST_PREAMBLE], wanted)


def _lines_with(lines: Sequence[str], wanted: set[str]) -> Iterator[Header]:
    for number, line in enumerate(lines, start=1):
        if '"' not in line and not all(word in plain_name(line) for word in wanted):
            continue
        for separator, cells in _header_cells(line):
            if wanted <= {plain_name(cell) for cell in cells}:
                cells = _without_mark(cells, lines[number:], separator)
                yield Header(number, separator, tuple(cells))


def _count(line: str, separator: str) -> int:
    try:
        return len(cells_of(line, separator))
    except csv.Error:
        return 0


def _without_mark(cells: list[str], after: Sequence[str], separator: str) -> list[str]:
    """Return the names without a comment mark that is no column of the first row below."""
    if cells[0] not in COMMENTS:
        return cells
    row = next((line for line in after if line.strip() and not line.startswith(cells[0])), "")
    return cells[1:] if len(cells_of(row, separator)) < len(cells) else cells


def _broken_header(name: str, lines: Sequence[str], wanted: set[str]) -> Header | None:
    """Return a header with line breaks inside its cells."""
    if not any('"' in line for line in lines):
        return None
    for separator in _SEPARATORS[:3]:
        records = Records(name, lines, 0, separator)
        try:
            for _, cells in records:
                plain = tuple(plain_name(cell) for cell in cells)
                if wanted <= set(plain):
                    return Header(records.line, separator, plain)
        except ImportFileError:
            continue
    return None


def _guessed_header(name: str, lines: Sequence[str]) -> Header | None:
    """Return the header of the separator by which most cells stand in regular rows."""
    best: Header | None = None
    most = 0
    for separator in ("\t", ";", ",", "|", " "):
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
            if line > _LONGEST_PREAMBLE:
                return
    except ImportFileError:
        return


def _unnamed_header(lines: Sequence[str], columns: Sequence[int]) -> Header | None:
    """Return the table of numbered columns that most lines have as numbers."""
    best: Header | None = None
    most = 0
    for separator in ("\t", ";", ",", "|", " "):
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
            names = max(above, names, key=_units)  # names alone, or names with units
        elif not line.lstrip().startswith(COMMENTS):
            break
    if names:
        return Header(first, separator, tuple(names))
    return Header(first, separator, tuple(counted), own_lines=0)


def _units(names: Sequence[str]) -> int:
    return sum(split_name(name)[1] is not None for name in names)


def _not_found(name: str, lines: Sequence[str], columns: Sequence[str]) -> str:
    best: list[str] = []
    for line in lines[:1000]:
        if not line.strip() or line.lstrip().startswith(COMMENTS):
            continue
        cells = max((cells for _, cells in _header_cells(line)), key=len, default=[])
        best = cells if len(cells) > len(best) else best
        if len(best) > 1:
            break
    seen = f"its first line of cells is {', '.join(best)}" if best else "it has no line of cells"
    plural = "s" if len(columns) > 1 else ""
    if not columns:
        return f"{name} has no rows of numbers; {seen}."
    return f"{name} has no line with the column{plural} {', '.join(columns)}; {seen}."
