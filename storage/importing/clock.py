"""Clock times of cells, as seconds since the first row.

A time of day goes on after midnight; a column of dates beside it belongs to it, and so does the
distance from UTC that is written behind it. A date like 03/04/2024 is refused unless the file tells
which number is the day, and so are hours that go from 12 to 1 without AM or PM.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from ..errors import ImportFileError
from .cell_numbers import MISSING
from .clock_texts import shape_of, times_of_texts
from .files.table import Cell, Table

_TIME = re.compile(
    r"(\d{1,2}):(\d{2}):(\d{2}(?:[.,]\d+)?)(?:\s*([AaPp])\.?[Mm]\.?)?"
    r"(?:\s*(Z|[+-]\d{2}:?\d{2}))?"
)
_ISO_DATE = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})[T\s]+(.*)")
_DATE = re.compile(r"(\d{1,2})([-/.])(\d{1,2})[-/.](\d{4}|\d{2})[,T\s]+(.*)")
_NAMED_DATE = re.compile(r"(\d{1,2})[-. ]([A-Za-z]{3})[-. ](\d{4})[,T\s]+(.*)")
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_MIDNIGHT = re.compile(r"[T\s]+00:00:00$")
_DAY_S = 86400.0


@dataclass(frozen=True, slots=True)
class _Clock:
    """A date and time: the day, None without a date, seconds of the day, and the hour as written.

    `zone_s` is the distance from UTC, None if it is not written; `hour` is None with AM or PM.
    """

    day: int | None
    second: float
    zone_s: float | None
    hour: int | None


def is_clock(cell: Cell) -> bool:
    """Return whether a cell is a time of day, or a date and a time."""
    return isinstance(cell, str) and _is_clock_shape(shape_of(cell))


@lru_cache(maxsize=1024)
def _is_clock_shape(shape: str) -> bool:
    return _TIME.fullmatch(_split_date(shape.strip())[1]) is not None


def clock_times(table: Table, cells: Sequence[Cell], name: str) -> NDArray[np.float64]:
    """Return the time of each row in s, NaN for a gap; raises ImportFileError."""
    cells = _with_dates(table, cells)
    alike = times_of_texts(cells)
    if alike is not None:
        return alike
    day_first = _day_first(table, cells, name)
    times_s = np.full(len(cells), np.nan)
    previous: _Clock | None = None
    previous_s, days, first_day = -np.inf, 0, 0
    for at, cell in enumerate(cells):
        text = "" if cell is None else str(cell).strip()
        if text.casefold() in MISSING:
            continue
        clock = _parsed(text, day_first=day_first)
        if clock is None:
            raise ImportFileError(
                f"{table.place(at)}: {name} is {text!r}, which is no clock time; write it as "
                "14:05:09.5, with or without a date such as 2024-03-31 before it."
            )
        if previous is None:
            first_day = clock.day or 0
        else:
            _check_alike(table, at, name, clock, previous)
        if clock.day is None and clock.second + days * _DAY_S < previous_s - _DAY_S / 2:
            days += 1  # past midnight
        day = days if clock.day is None else clock.day - first_day
        times_s[at] = clock.second + day * _DAY_S - (clock.zone_s or 0.0)
        previous, previous_s = clock, times_s[at]
    return times_s


def _check_alike(table: Table, at: int, name: str, clock: _Clock, previous: _Clock) -> None:
    if (clock.zone_s is None) != (previous.zone_s is None):
        raise ImportFileError(
            f"{table.place(at)}: {name} has a distance from UTC in some rows only; write it in all "
            "of them, or in none."
        )
    if previous.hour == 12 and clock.hour == 1 and clock.day == previous.day:
        raise ImportFileError(
            f"{table.place(at)}: the hours of {name} go from 12 to 1, as on a clock of 12 hours; "
            "write AM or PM behind them, or hours from 0 to 23."
        )


def _with_dates(table: Table, cells: Sequence[Cell]) -> Sequence[Cell]:
    """Return times of day with the dates of another column before them, if it has any.

    Raises ImportFileError for several columns of dates.
    """
    first = next((str(cell).strip() for cell in cells if cell not in (None, "")), "")
    if _TIME.fullmatch(first) is None or not table.rows:
        return cells
    dates = [at for at in range(len(table.header)) if _has_dates(table.cells(at))]
    if not dates:
        return cells
    if len(dates) > 1:
        names = " and ".join(table.header[at] for at in dates)
        raise ImportFileError(
            f"{table.name} has dates in {names}; write the date before the time, in one column."
        )
    days = (_MIDNIGHT.sub("", str(cell).strip()) for cell in table.cells(dates[0]))
    return [cell and f"{day} {cell}" for day, cell in zip(days, cells, strict=True)]


def _has_dates(cells: Sequence[Cell]) -> bool:
    """Return whether all cells but empty ones are dates without a time."""
    filled = [cell for cell in cells if cell not in (None, "")]
    return bool(filled) and all(_is_date(cell) for cell in filled)


def _is_date(cell: Cell) -> bool:
    return isinstance(cell, str) and _is_date_text(cell)


@lru_cache(maxsize=1024)
def _is_date_text(cell: str) -> bool:
    return _split_date(f"{_MIDNIGHT.sub('', cell.strip())} -")[1] == "-"


def _split_date(text: str) -> tuple["re.Match[str] | None", str]:
    """Return the date that a text begins with, and what stands behind it."""
    for pattern in (_ISO_DATE, _DATE, _NAMED_DATE):
        if found := pattern.fullmatch(text):
            return found, found[found.lastindex or 0].strip()
    return None, text


def _parsed(text: str, *, day_first: bool) -> _Clock | None:
    """Return what a text says, None if it is no date or time."""
    found, rest = _split_date(text)
    time = _TIME.fullmatch(rest)
    if time is None:
        return None
    hour, minute, second = int(time[1]), int(time[2]), float(time[3].replace(",", "."))
    if time[4]:
        hour = hour % 12 + (12 if time[4] in "pP" else 0)
    if hour > 23 or minute > 59 or second >= 61:
        return None
    try:
        day = None if found is None else _day(found, day_first=day_first)
    except ValueError:
        return None
    as_written = None if time[4] else hour
    return _Clock(day, hour * 3600.0 + minute * 60.0 + second, _zone_s(time[5]), as_written)


def _day(found: "re.Match[str]", *, day_first: bool) -> int:
    """Return the number of a day; raises ValueError if there is no such day."""
    if found.re is _ISO_DATE:
        return datetime(int(found[1]), int(found[2]), int(found[3])).toordinal()
    if found.re is _NAMED_DATE:
        month = _MONTHS.index(found[2].casefold()) + 1
        return datetime(int(found[3]), month, int(found[1])).toordinal()
    date, month = int(found[1]), int(found[3])
    if not day_first:
        date, month = month, date
    year = int(found[4]) + (2000 if len(found[4]) == 2 else 0)
    return datetime(year, month, date).toordinal()


def _zone_s(text: str | None) -> float | None:
    if text is None or text == "Z":
        return None if text is None else 0.0
    hours, minutes = int(text[1:3]), int(text[-2:])
    return (-60.0 if text[0] == "-" else 60.0) * (60 * hours + minutes)


def _day_first(table: Table, cells: Sequence[Cell], name: str) -> bool:
    """Return whether dates like 03/04/2024 begin with the day; dots always do."""
    dates = [found for cell in cells if (found := _DATE.fullmatch(str(cell).strip()))]
    if not dates or any(found[2] == "." for found in dates):
        return True
    if any(int(found[1]) > 12 for found in dates):
        return True
    several = {(found[1], found[3], found[4]) for found in dates}
    if any(int(found[3]) > 12 for found in dates) or len(several) == 1:
        return False
    raise ImportFileError(
        f"{table.name}: the dates of {name}, such as {dates[0][0]!r}, may begin with the day or "
        "with the month; write them as 2024-03-31."
    )
