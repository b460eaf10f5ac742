"""From cells to quantities in SI units: gaps, duplicates and order, each in a stated way.

- A cell without a number is a gap: the quantity was not measured. Infinite readings are gaps, too.
- A row without any quantity is dropped, and so is a line of units below the header.
- A row that repeats an earlier one in every cell of the file is dropped if cycle or time is mapped;
  without them two equal readings may be two, and only a row that follows its twin is dropped.
- Rows are sorted by cycle, then by time, as far as these are mapped; else they stay as they are.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from ...analysis.errors import AnalysisError
from .columns import Column
from .file import ForeignFile, Row, number_of


@dataclass(slots=True)
class Reading:
    """A row of the file in SI units: the quantities that are there, and its phase if mapped."""

    line: int
    values: dict[str, float] = field(default_factory=dict)
    phase: str | None = None


def readings_of(
    file: ForeignFile, columns: Sequence[Column]
) -> tuple[list[Reading], tuple[str, ...]]:
    """Return the readings in order, and what was done to the rows; raises AnalysisError."""
    mapped = [column for column in columns if column.constant is None]
    rows, units = _without_units(file, mapped)
    known = {column.quantity for column in mapped}
    kept = _without_twins(rows, everywhere=bool(known & {"cycle", "time_s"}))
    readings = [reading for row in kept if (reading := _reading(file, row, mapped)).values]
    before = [reading.line for reading in readings]
    _fill_times(file, readings, known)
    readings.sort(key=_place(file, known))
    moved = sum(old != new.line for old, new in zip(before, readings, strict=True))
    told = (
        (units, "lines of units passed over"),
        (len(rows) - len(kept), "duplicate rows dropped"),
        (len(kept) - len(readings), "rows without any value dropped"),
        (moved, "rows put into the order of cycle and time"),
    )
    return readings, tuple(f"{what}: {count}" for count, what in told if count)


def _without_units(file: ForeignFile, mapped: Sequence[Column]) -> tuple[Sequence[Row], int]:
    if not file.rows:
        return (), 0
    cells = [file.rows[0].cells[file.header.index(column.name)] for column in mapped]
    found = [number_of(cell, decimal_comma=file.decimal_comma) for cell in cells]
    has_text = any(isinstance(value, str) for value in found)
    has_number = any(isinstance(value, float) for value in found)
    return (file.rows[1:], 1) if has_text and not has_number else (file.rows, 0)


def _without_twins(rows: Sequence[Row], *, everywhere: bool) -> list[Row]:
    if everywhere:
        return list({row.cells: row for row in reversed(rows)}.values())[::-1]
    return [
        row
        for before, row in zip((None, *rows), rows, strict=False)
        if before is None or before.cells != row.cells
    ]


def _reading(file: ForeignFile, row: Row, mapped: Sequence[Column]) -> Reading:
    reading = Reading(row.line)
    for column in mapped:
        if column.quantity == "phase":
            reading.phase = row.cells[file.header.index(column.name)].strip('" ') or None
            continue
        value = file.number(row, column.name)
        if value is None:
            continue
        if column.quantity == "conductance_S":
            _set_resistance(file, reading, value * column.factor)
        else:
            reading.values[column.quantity] = value * column.factor
    return reading


def _set_resistance(file: ForeignFile, reading: Reading, conductance_S: float) -> None:
    if conductance_S <= 0:
        raise AnalysisError(
            f"{file.name}, line {reading.line}: a conductance of {conductance_S:g} S, which no "
            "junction has; correct it or leave the cell empty."
        )
    reading.values["resistance_ohm"] = 1 / conductance_S


def _fill_times(file: ForeignFile, readings: Sequence[Reading], known: set[str]) -> None:
    """Let a row without a time have that of the row before."""
    if "time_s" not in known:
        return
    latest: float | None = None
    for reading in readings:
        latest = reading.values.get("time_s", latest)
        if latest is None:
            raise AnalysisError(f"{file.name}, line {reading.line} has no time; give it one.")
        reading.values["time_s"] = latest


def _place(file: ForeignFile, known: set[str]) -> Callable[[Reading], tuple[float, ...]]:
    keys = [name for name in ("cycle", "time_s") if name in known]

    def place(reading: Reading) -> tuple[float, ...]:
        if "cycle" in keys and reading.values.get("cycle", 0.5) % 1:
            raise AnalysisError(
                f"{file.name}, line {reading.line}: the cycle is no whole number; correct it."
            )
        return tuple(reading.values[key] for key in keys)

    return place
