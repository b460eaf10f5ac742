"""Text files of other programs: header, separator, comments and cells.

The header is the first line that has all mapped columns as cells; lines before it are skipped. So
are empty lines and lines that begin with #, %, !, ; or // after it, and what follows a # after a
blank. Cells are separated by commas, semicolons, tabs or blanks; unless by commas, numbers may have
a decimal comma.
"""

import csv
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ..errors import ImportFileError

COMMENTS = ("#", "%", "!", ";", "//")
TRAILING = re.compile(r"\s+#.*$")
MISSING = {"", "nan", "na", "n/a", "#n/a", "-", "--", "null", "none"}
OVERFLOW = 9.9e37  # what SCPI instruments send instead of infinity


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the file: its number, from 1, and its cells, as many as the header has."""

    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ImportedFile:
    """A text file: name, checksum, header and rows."""

    name: str
    sha256: str
    header: tuple[str, ...]
    rows: tuple[Row, ...]
    decimal_comma: bool
    skipped_lines: int

    def number(self, row: Row, column: str) -> float | None:
        """Return the number in a cell, None for a gap; raises ImportFileError for text."""
        cell = row.cells[self.header.index(column)]
        value = number_of(cell, decimal_comma=self.decimal_comma)
        if isinstance(value, str):
            raise ImportFileError(
                f"{self.name}, line {row.line}: {column} is {value!r}, which is no number; correct "
                "it, leave the cell empty, or put # before the line."
            )
        return value


def read_file(path: Path, columns: Sequence[str]) -> ImportedFile:
    """Read a file; raises ImportFileError if it does not have these columns."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ImportFileError(
            f"{path} cannot be read ({error.strerror}): check the path."
        ) from error
    lines = _text(path.name, content).splitlines()
    at, separator, header = _header(path.name, lines, columns)
    rows, skipped_lines = [], at
    for number, line in enumerate(lines[at + 1 :], start=at + 2):
        bare = TRAILING.sub("", line)
        if not bare.strip() or bare.lstrip().startswith(COMMENTS):
            skipped_lines += 1
            continue
        cells = _cells_or_error(path.name, number, bare, separator)
        rows.append(Row(number, _padded(path.name, number, cells, len(header))))
    return ImportedFile(
        path.name,
        hashlib.sha256(content).hexdigest(),
        header,
        tuple(rows),
        decimal_comma=separator != ",",
        skipped_lines=skipped_lines,
    )


def number_of(cell: str, *, decimal_comma: bool) -> float | str | None:
    """Return a cell's number, None for a gap or an overflow, else its text."""
    text = cell.strip().strip('"')
    if text.lower() in MISSING:
        return None
    plain = text.replace("−", "-")
    if decimal_comma and "." not in plain:
        plain = plain.replace(",", ".")
    try:
        value = float(plain)
    except ValueError:
        return text
    if "_" in plain:
        return text
    return value if abs(value) < OVERFLOW else None


def _text(name: str, content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            return content.decode("utf-16")
        except UnicodeDecodeError as error:
            raise ImportFileError(
                f"{name} begins as UTF-16 and breaks off at byte {error.start} ({error.reason}): "
                "save it again, in UTF-8 if you can."
            ) from error
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("latin-1")


def _header(
    name: str, lines: Sequence[str], columns: Sequence[str]
) -> tuple[int, str, tuple[str, ...]]:
    best: tuple[str, ...] = ()
    for number, line in enumerate(lines):
        for separator in (",", ";", "\t", " "):
            for text in (line, line.lstrip("#%!; /")):
                try:
                    cells = _cells(text, separator)
                except csv.Error:  # whatever it is, it is no header
                    continue
                if set(columns) <= set(cells):
                    _reject_duplicate_columns(name, cells, columns)
                    return number, separator, cells
                if not best and len(cells) > 1 and not text.startswith(COMMENTS):
                    best = cells
    seen = f"its first line of cells is {', '.join(best)}" if best else "it has no line of cells"
    wanted = ", ".join(columns)
    raise ImportFileError(
        f"{name} has no line with the column{'s' if len(columns) > 1 else ''} {wanted}; {seen}."
    )


def _cells(line: str, separator: str) -> tuple[str, ...]:
    if separator == " ":
        return tuple(line.split())
    (cells,) = csv.reader([line], delimiter=separator, skipinitialspace=True)
    return tuple(cell.strip() for cell in cells)


def _cells_or_error(name: str, line: int, text: str, separator: str) -> tuple[str, ...]:
    try:
        return _cells(text, separator)
    except csv.Error as error:
        raise ImportFileError(
            f"{name}, line {line} cannot be split into cells ({error}): correct it, or put # "
            "before it."
        ) from error


def _reject_duplicate_columns(name: str, header: Sequence[str], columns: Sequence[str]) -> None:
    for column in columns:
        if header.count(column) > 1:
            raise ImportFileError(
                f"{name} has {header.count(column)} columns {column!r}; rename all but one."
            )


def _padded(name: str, line: int, cells: Sequence[str], count: int) -> tuple[str, ...]:
    """Return as many cells as the header has; a short line gets gaps at its end."""
    if any(cells[count:]):
        raise ImportFileError(
            f"{name}, line {line} has {len(cells)} cells where the header has {count}; correct it, "
            "or put # before it."
        )
    return (*cells[:count], *[""] * (count - len(cells)))
