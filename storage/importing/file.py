"""Reads the text of a foreign file: where its header is, what separates cells, what is a comment.

The header is the first line that has all the named columns as cells; what stands before it is
passed over. After it, empty lines and lines that begin with #, %, !, ; or // are passed over, as is
whatever follows a # after a blank. Cells are separated by commas, semicolons, tabs or blanks; other
than with commas, a number may have a decimal comma.
"""

import csv
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ...analysis.errors import AnalysisError

COMMENTS = ("#", "%", "!", ";", "//")
TRAILING = re.compile(r"\s+#.*$")
MISSING = {"", "nan", "na", "n/a", "#n/a", "-", "--", "null", "none"}
OVERFLOW = 9.9e37  # what SCPI instruments send instead of infinity


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the file: its number, counted from 1, and its cells, one for each header cell."""

    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ForeignFile:
    """A file as text: its name, checksum, header and rows."""

    name: str
    sha256: str
    header: tuple[str, ...]
    rows: tuple[Row, ...]
    decimal_comma: bool
    passed_over: int

    def number(self, row: Row, column: str) -> float | None:
        """Return the number in a cell, None where there is none; raises AnalysisError for text."""
        cell = row.cells[self.header.index(column)]
        value = number_of(cell, decimal_comma=self.decimal_comma)
        if isinstance(value, str):
            raise AnalysisError(
                f"{self.name}, line {row.line}: {column} is {value!r}, which is no number; correct "
                "it, leave the cell empty, or put # before the line."
            )
        return value


def read_file(path: Path, columns: Sequence[str]) -> ForeignFile:
    """Read a file that has these columns; raises AnalysisError for one that has not."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise AnalysisError(f"{path} cannot be read ({error.strerror}): check the path.") from error
    lines = _text(content).splitlines()
    at, separator, header = _header(path.name, lines, columns)
    rows, passed_over = [], at
    for number, line in enumerate(lines[at + 1 :], start=at + 2):
        bare = TRAILING.sub("", line)
        if not bare.strip() or bare.lstrip().startswith(COMMENTS):
            passed_over += 1
            continue
        rows.append(Row(number, _as_many(path.name, number, _cells(bare, separator), len(header))))
    return ForeignFile(
        path.name,
        hashlib.sha256(content).hexdigest(),
        header,
        tuple(rows),
        decimal_comma=separator != ",",
        passed_over=passed_over,
    )


def number_of(cell: str, *, decimal_comma: bool) -> float | str | None:
    """Return the number, None for a gap or an overflow, or the text itself if it is neither."""
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


def _text(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16")
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
                cells = _cells(text, separator)
                if set(columns) <= set(cells):
                    _refuse_twins(name, cells, columns)
                    return number, separator, cells
                if not best and len(cells) > 1 and not text.startswith(COMMENTS):
                    best = cells
    seen = f"its first line of cells is {', '.join(best)}" if best else "it has no line of cells"
    wanted = ", ".join(columns)
    raise AnalysisError(
        f"{name} has no line with the column{'s' if len(columns) > 1 else ''} {wanted}; {seen}."
    )


def _cells(line: str, separator: str) -> tuple[str, ...]:
    if separator == " ":
        return tuple(line.split())
    (cells,) = csv.reader([line], delimiter=separator, skipinitialspace=True)
    return tuple(cell.strip() for cell in cells)


def _refuse_twins(name: str, header: Sequence[str], columns: Sequence[str]) -> None:
    for column in columns:
        if header.count(column) > 1:
            raise AnalysisError(
                f"{name} has {header.count(column)} columns {column!r}; rename all but one."
            )


def _as_many(name: str, line: int, cells: Sequence[str], count: int) -> tuple[str, ...]:
    """Return as many cells as the header has; a line that was cut off has gaps at its end."""
    if any(cells[count:]):
        raise AnalysisError(
            f"{name}, line {line} has {len(cells)} cells where the header has {count}; correct it, "
            "or put # before it."
        )
    return (*cells[:count], *[""] * (count - len(cells)))
