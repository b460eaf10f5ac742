"""Tables of Excel workbooks (.xlsx): a sheet is read like the lines of a text file."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any
from warnings import catch_warnings
from zipfile import BadZipFile, ZipFile

from ...errors import ImportFileError
from .arrays import choose_table
from .header_guess import guess_header
from .table import Cell, Table, plain_name


def is_workbook(path: Path) -> bool:
    """Return whether a zip archive is an Excel workbook."""
    try:
        with ZipFile(path) as archive:
            return "xl/workbook.xml" in archive.namelist()
    except (BadZipFile, OSError):
        return False


def read_workbook(path: Path, sha256: str, columns: Sequence[str], table: str | None) -> Table:
    """Return the table of the sheet with these columns; raises ImportFileError."""
    try:
        from openpyxl import load_workbook
    except ImportError:
        raise ImportFileError(
            f"{path.name} is an Excel workbook, which is read with openpyxl: "
            "pip install 'dwmtj[import]'."
        ) from None
    try:
        with catch_warnings(action="ignore"):  # about styles that a program did not write
            book = load_workbook(path, read_only=True, data_only=True)
            sheets = {sheet.title: _rows(sheet) for sheet in book.worksheets}
            book.close()
    except Exception as error:
        raise ImportFileError(
            f"{path.name} cannot be read as a workbook ({error}): save it as CSV."
        ) from error
    headers = {title: _header(rows, columns) for title, rows in sheets.items()}

    def header_of(title: str) -> Sequence[str]:
        at, header = headers[title]
        return header if at >= 0 else _header(sheets[title], ())[1]

    title = choose_table(path.name, list(sheets), header_of, columns, table)
    at, header = headers[title]
    if at < 0:
        raise ImportFileError(
            f"{path.name}, sheet {title}, has no row with the columns {', '.join(columns)}."
        )
    numbered = [(at + n, row) for n, row in enumerate(sheets[title][at:], 1) if any_cell(row)]
    rows = [[*row[: len(header)], *[None] * (len(header) - len(row))] for _, row in numbered]
    lines = [line for line, _ in numbered]
    remarks = (f"sheet {title}",) if len(sheets) > 1 else ()
    return Table(path.name, sha256, header, rows, lines, "row", remarks=remarks)


def any_cell(row: Sequence[Cell]) -> bool:
    """Return whether a row has any cell that is not empty."""
    return any(cell is not None and cell != "" for cell in row)


def _rows(sheet: Any) -> list[list[Cell]]:
    return [[_cell(value) for value in row] for row in sheet.iter_rows(values_only=True)]


def _cell(value: Any) -> Cell:
    if isinstance(value, datetime | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        minutes, second = divmod(value.total_seconds(), 60)
        return f"{minutes // 60:.0f}:{minutes % 60:02.0f}:{second:09.6f}"
    if isinstance(value, bool):
        return str(value)
    return value if value is None or isinstance(value, str) else float(value)


def _header(rows: Sequence[Sequence[Cell]], columns: Sequence[str]) -> tuple[int, tuple[str, ...]]:
    """Return the index of the row after the header, −1 if there is none, and the header."""
    if not columns:
        found = guess_header(rows)
        if found is None:
            return -1, ()
        at, first, _ = found
        width = len(rows[first])
        names = [str(number) for number in range(1, width + 1)]
        if at >= 0:
            named = ["" if cell is None else plain_name(str(cell)) for cell in rows[at]]
            return at + 1, tuple([*named, *names][:width])
        return first, tuple(names)
    wanted = {plain_name(column) for column in columns}
    for at, row in enumerate(rows):
        cells = tuple("" if cell is None else plain_name(str(cell)) for cell in row)
        if wanted <= set(cells):
            return at + 1, cells
    if columns and all(column.isdecimal() for column in columns):
        width = max((len(row) for row in rows), default=0)
        return 0, tuple(str(number) for number in range(1, width + 1))
    return -1, ()
