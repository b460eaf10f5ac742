"""From cells to quantities in SI units, with a stated treatment of gaps, duplicates and order.

- A cell without a number is a gap: the quantity was not measured. So is an infinite reading.
- A row without any quantity is dropped, and so is a line of units below the header.
- A row that repeats an earlier one in every cell is dropped if cycle or time is mapped; otherwise
  two equal readings are possible, and only a row equal to the one before it is dropped.
- Rows are sorted by cycle, then by time, as far as these are mapped; else they keep their order.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from ..errors import ImportFileError
from .columns import Column
from .file import ImportedFile, Row, number_of


@dataclass(slots=True)
class ImportedRow:
    """A row of the file in SI units: the quantities it has by name, and its phase if mapped."""

    line: int
    values: dict[str, float] = field(default_factory=dict)
    phase: str | None = None


def parse_rows(
    file: ImportedFile, columns: Sequence[Column]
) -> tuple[list[ImportedRow], tuple[str, ...]]:
    """Return the rows in order and remarks on their treatment; raises ImportFileError."""
    mapped = [column for column in columns if column.constant is None]
    lines, units = _without_units(file, mapped)
    known = {column.quantity for column in mapped}
    kept = _without_duplicates(lines, anywhere=bool(known & {"cycle", "time_s"}))
    rows = [row for line in kept if (row := _converted(file, line, mapped)).values]
    before = [row.line for row in rows]
    _fill_times(file, rows, known)
    rows.sort(key=_sort_key(file, known))
    moved = sum(old != new.line for old, new in zip(before, rows, strict=True))
    counts = (
        (units, "lines of units skipped"),
        (len(lines) - len(kept), "duplicate rows dropped"),
        (len(kept) - len(rows), "rows without any value dropped"),
        (moved, "rows sorted by cycle and time"),
    )
    return rows, tuple(f"{what}: {count}" for count, what in counts if count)


def _without_units(file: ImportedFile, mapped: Sequence[Column]) -> tuple[Sequence[Row], int]:
    if not file.rows:
        return (), 0
    cells = [file.rows[0].cells[file.header.index(column.name)] for column in mapped]
    found = [number_of(cell, decimal_comma=file.decimal_comma) for cell in cells]
    has_text = any(isinstance(value, str) for value in found)
    has_number = any(isinstance(value, float) for value in found)
    return (file.rows[1:], 1) if has_text and not has_number else (file.rows, 0)


def _without_duplicates(rows: Sequence[Row], *, anywhere: bool) -> list[Row]:
    if anywhere:
        return list({row.cells: row for row in reversed(rows)}.values())[::-1]
    return [
        row
        for before, row in zip((None, *rows), rows, strict=False)
        if before is None or before.cells != row.cells
    ]


def _converted(file: ImportedFile, line: Row, mapped: Sequence[Column]) -> ImportedRow:
    row = ImportedRow(line.line)
    for column in mapped:
        if column.quantity == "phase":
            row.phase = line.cells[file.header.index(column.name)].strip('" ') or None
            continue
        value = file.number(line, column.name)
        if value is None:
            continue
        if column.quantity == "conductance_S":
            _set_resistance(file, row, value * column.factor)
        else:
            row.values[column.quantity] = value * column.factor
    return row


def _set_resistance(file: ImportedFile, row: ImportedRow, conductance_S: float) -> None:
    if conductance_S <= 0:
        raise ImportFileError(
            f"{file.name}, line {row.line}: a conductance of {conductance_S:g} S, which no "
            "junction has; correct it or leave the cell empty."
        )
    row.values["resistance_ohm"] = 1 / conductance_S


def _fill_times(file: ImportedFile, rows: Sequence[ImportedRow], known: set[str]) -> None:
    """Set the time of a row without one to that of the row before."""
    if "time_s" not in known:
        return
    latest: float | None = None
    for row in rows:
        latest = row.values.get("time_s", latest)
        if latest is None:
            raise ImportFileError(f"{file.name}, line {row.line} has no time; give it one.")
        row.values["time_s"] = latest


def _sort_key(file: ImportedFile, known: set[str]) -> Callable[[ImportedRow], tuple[float, ...]]:
    keys = [name for name in ("cycle", "time_s") if name in known]

    def key_of(row: ImportedRow) -> tuple[float, ...]:
        if "cycle" in keys and row.values.get("cycle", 0.5) % 1:
            raise ImportFileError(
                f"{file.name}, line {row.line}: the cycle is no whole number; correct it."
            )
        return tuple(row.values[key] for key in keys)

    return key_of
