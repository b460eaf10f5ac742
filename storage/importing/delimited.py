"""Tables of text files: header, separator, comments and cells.

The header is the first line that has all mapped columns as cells; lines before it are skipped. So
are empty lines and lines that begin with #, %, !, ; or // after it. Columns mapped by their number
need no header: their table begins with the first line that has numbers there. Cells are separated
by commas, semicolons, tabs or blanks, and may hold line breaks inside quotes.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from ..errors import ImportFileError
from .cell_numbers import GAP, NUMBER, TEXT, numbers
from .header_guess import guess_header, regular_rows
from .table import Table, plain_name

COMMENTS = ("#", "%", "!", ";", "//")
SEPARATORS = (",", ";", "\t", " ")
_LONGEST_PREAMBLE = 10_000  # lines
_COMMENTS_ABOVE = 5  # lines above the first numbers that may hold the names
_SAMPLE = 200  # lines by which the separator of a file without a header is chosen


@dataclass(frozen=True, slots=True)
class _Header:
    """A header, the number of lines up to its end, and the separator."""

    lines: int
    separator: str
    cells: tuple[str, ...]


def read_delimited(name: str, sha256: str, text: str, columns: Sequence[str]) -> Table:
    """Return the table with these columns, names or numbers; raises ImportFileError."""
    lines = list(io.StringIO(text, newline=""))
    named = [column for column in columns if not column.isdecimal()]
    if not columns:
        header = _guessed_header(name, lines)
    elif named:
        header = _named_header(name, lines, columns) or _named_header(name, lines, named)
    else:
        header = _unnamed_header(lines, [int(column) for column in columns])
    if header is None:
        raise ImportFileError(_not_found(name, lines, columns))
    records = _Records(name, lines, header.lines, header.separator)
    count = len(header.cells)
    commented = _commented(text, header.cells, columns)
    places, rows = records.all()
    overlong: dict[int, int] = {}
    for row, cells in enumerate(rows):
        for at in commented:
            if at < len(cells) and " #" in cells[at]:
                cells = rows[row] = cells[: at + 1]
        if len(cells) != count:
            more = any(cell.strip() for cell in cells[count:])
            if more and not cells[count].lstrip().startswith("#"):
                overlong[row] = len(cells)
            rows[row] = [*cells[:count], *[""] * (count - len(cells))]
    skipped = header.lines - 1 + records.skipped
    remarks = (f"Comments, empty lines and lines before the header skipped: {skipped}",)
    return Table(name, sha256, header.cells, rows, places, "line", overlong, remarks)


class _Records:
    """The records after a line, each with the number of its first line; counts skipped lines."""

    def __init__(self, name: str, lines: Sequence[str], after: int, separator: str) -> None:
        self.skipped = 0
        self._name = name
        self._lines = lines
        self.line = after  # the last one of the latest record
        self._inside = False  # a quoted cell goes on in the next line
        self._separator = separator

    def all(self) -> tuple[list[int], list[list[str]]]:
        """Return the first line of each record, and its cells."""
        kept = [at for at in range(self.line, len(self._lines)) if _is_data(self._lines[at])]
        if self._separator != " ":
            try:
                rows = list(self._reader([self._lines[at] for at in kept]))
            except csv.Error:
                rows = []
            if len(rows) == len(kept):  # a record a line: no cell goes on in the next line
                self.skipped = len(self._lines) - self.line - len(kept)
                return [at + 1 for at in kept], rows
        records = list(self)
        return [line for line, _ in records], [cells for _, cells in records]

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
            if self.line - self._first > 1:
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
                if not _is_data(line):
                    self.skipped += 1
                    continue
                self._first = self.line
                self._inside = True
            yield line.replace("\t", " ") if blanks else line

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


def header_cells(line: str) -> Iterator[tuple[str, list[str]]]:
    """Yield each way to split a line into the cells of a header, a comment mark taken off."""
    for separator in SEPARATORS:
        for text in dict.fromkeys((line, line.lstrip("#%!; /"))):
            try:
                yield separator, cells_of(text, separator)
            except csv.Error:  # whatever it is, it is no header
                continue


def _named_header(name: str, lines: Sequence[str], columns: Sequence[str]) -> _Header | None:
    wanted = {plain_name(column) for column in columns}
    for number, line in enumerate(lines[:_LONGEST_PREAMBLE], start=1):
        if '"' not in line and not all(word in plain_name(line) for word in wanted):
            continue
        for separator, cells in header_cells(line):
            if wanted <= {plain_name(cell) for cell in cells}:
                return _Header(number, separator, tuple(cells))
    return _broken_header(name, lines[:_LONGEST_PREAMBLE], wanted)


def _broken_header(name: str, lines: Sequence[str], wanted: set[str]) -> _Header | None:
    """Return a header with line breaks inside its cells."""
    if not any('"' in line for line in lines):
        return None
    for separator in SEPARATORS[:3]:
        records = _Records(name, lines, 0, separator)
        try:
            for _, cells in records:
                plain = tuple(plain_name(cell) for cell in cells)
                if wanted <= set(plain):
                    return _Header(records.line, separator, plain)
        except ImportFileError:
            continue
    return None


def _guessed_header(name: str, lines: Sequence[str]) -> _Header | None:
    """Return the header of the separator by which most cells stand in regular rows."""
    best: _Header | None = None
    most = 0
    for separator in ("\t", ";", ",", " "):
        records = list(_first_records(_Records(name, lines, 0, separator)))
        rows = [cells for _, _, cells in records]
        found = guess_header(rows)
        if found is None or regular_rows(rows, found[1]) <= most:
            continue
        at, first = found
        most = regular_rows(rows, first)
        if at >= 0:
            best = _Header(records[at][1], separator, tuple(plain_name(c) for c in rows[at]))
        else:
            best = _header_before(lines, records[first][0] - 1, separator, rows[first])
    return best


def _first_records(records: "_Records") -> Iterator[tuple[int, int, list[str]]]:
    """Yield first line, last line and cells of the records up to one that cannot be split."""
    try:
        for line, cells in records:
            yield line, records.line, [cell.strip() for cell in cells]
            if line > _LONGEST_PREAMBLE:
                return
    except ImportFileError:
        return


def _unnamed_header(lines: Sequence[str], columns: Sequence[int]) -> _Header | None:
    """Return the table of numbered columns that most lines have as numbers."""
    best: _Header | None = None
    most = 0
    for separator in ("\t", ";", ",", " "):
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
) -> _Header:
    """Return the header of as many names, comments or not, right above the first numbers."""
    counted = [str(at) for at in range(1, len(cells) + 1)]
    if list(cells) == counted:  # a header of numbers, not a row
        return _Header(first + 1, separator, tuple(cells))
    names: list[str] = []
    for line in reversed(lines[max(0, first - _COMMENTS_ABOVE) : first]):
        try:
            above = cells_of(line.strip().lstrip("#%!; /"), separator)
        except csv.Error:
            continue
        if len(above) == len(cells) and TEXT in numbers(above).kinds:
            names = above  # of several such lines the upper one has the names
        elif not line.lstrip().startswith(COMMENTS):
            break
    if names:
        return _Header(first, separator, tuple(names))
    return _Header(first, separator, tuple(counted))


def _commented(text: str, header: Sequence[str], columns: Sequence[str]) -> list[int]:
    """Return the mapped columns, in which a # after a blank begins a comment, if any has one."""
    if " #" not in text:
        return []
    wanted = {plain_name(column) for column in columns}
    return [
        at for at, cell in enumerate(header) if plain_name(cell) in wanted or str(at + 1) in wanted
    ]


def _is_data(line: str) -> bool:
    """Return whether a line is neither empty nor a comment; #N/A is a missing value."""
    bare = line.lstrip()
    if not bare.startswith(COMMENTS):
        return bool(bare)
    return bare.upper().startswith(("#N/A", "#DIV", "#NUM", "#VALUE"))


def _not_found(name: str, lines: Sequence[str], columns: Sequence[str]) -> str:
    best: list[str] = []
    for line in lines[:1000]:
        if line.lstrip().startswith(COMMENTS):
            continue
        best = max((cells for _, cells in header_cells(line)), key=len, default=[])
        if len(best) > 1:
            break
    seen = f"its first line of cells is {', '.join(best)}" if best else "it has no line of cells"
    plural = "s" if len(columns) > 1 else ""
    if not columns:
        return f"{name} has no rows of numbers; {seen}."
    return f"{name} has no line with the column{plural} {', '.join(columns)}; {seen}."
