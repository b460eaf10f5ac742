"""The header of a delimited text: the line of the mapped names, or the one above the numbers."""

import csv
from collections.abc import Iterator, Sequence

from ...errors import ImportFileError
from .records import COMMENTS, Header, Records, cells_of
from .table import plain_name
from .unnamed_headers import LONGEST_PREAMBLE, guessed_header, unnamed_header

_SEPARATORS = (",", ";", "\t", "|", " ")
_ROWS_BELOW = 10  # lines below a header, of which some fit


def find_header(name: str, lines: Sequence[str], columns: Sequence[str]) -> Header:
    """Return the header with these columns, names or numbers, or without any that of the file.

    Raises ImportFileError.
    """
    named = [column for column in columns if not column.isdecimal()]
    if not columns:
        header = guessed_header(name, lines)
    elif named:
        header = _named_header(name, lines, columns) or _named_header(name, lines, named)
    else:
        header = unnamed_header(lines, [int(column) for column in columns])
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
    for header in _lines_with(lines[:LONGEST_PREAMBLE], wanted):
        below = lines[header.lines : header.lines + _ROWS_BELOW]
        if any(_count(line, header.separator) == len(header.cells) for line in below):
            return header
        first = first or header
    return first or _broken_header(name, lines[:LONGEST_PREAMBLE], wanted)


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
