"""Clock times of cells, as seconds since the first row.

A time of day goes on after midnight. A date like 03/04/2024 is refused unless the file tells which
number is the day.
"""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from ..errors import ImportFileError
from .cell_numbers import MISSING
from .files.table import Cell, Table

_TIME = re.compile(
    r"(\d{1,2}):(\d{2}):(\d{2}(?:[.,]\d+)?)(?:\s*([AaPp])\.?[Mm]\.?)?(?:Z|[+-]\d{2}:?\d{2})?"
)
_ISO_DATE = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})[T\s]+(.*)")
_DATE = re.compile(r"(\d{1,2})([-/.])(\d{1,2})[-/.](\d{4}|\d{2})[,T\s]+(.*)")
_DAY_S = 86400.0


def is_clock(cell: Cell) -> bool:
    """Return whether a cell is a time of day, or a date and a time."""
    if not isinstance(cell, str):
        return False
    text = cell.strip()
    found = _ISO_DATE.fullmatch(text)
    if found is None:
        found = _DATE.fullmatch(text)
    return _TIME.fullmatch(found[found.lastindex or 0] if found else text) is not None


def clock_times(table: Table, cells: Sequence[Cell], name: str) -> NDArray[np.float64]:
    """Return the time of each row in s, NaN for a gap; raises ImportFileError."""
    day_first = _day_first(table, cells, name)
    times_s = np.full(len(cells), np.nan)
    previous_s, days = -np.inf, 0
    for at, cell in enumerate(cells):
        text = "" if cell is None else str(cell).strip()
        if text.casefold() in MISSING:
            continue
        dated, second_of_day = _parsed(text, day_first=day_first)
        if second_of_day is None:
            raise ImportFileError(
                f"{table.place(at)}: {name} is {text!r}, which is no clock time; write it as "
                "14:05:09.5, with or without a date such as 2024-03-31 before it."
            )
        if dated is None and second_of_day + days * _DAY_S < previous_s - _DAY_S / 2:
            days += 1  # past midnight
        times_s[at] = second_of_day + (days if dated is None else dated) * _DAY_S
        previous_s = times_s[at]
    return times_s


def _parsed(text: str, *, day_first: bool) -> tuple[int | None, float | None]:
    """Return the day, None without a date, and the seconds of the day, None for other text."""
    day = None
    try:
        if found := _ISO_DATE.fullmatch(text):
            year, month, date, text = int(found[1]), int(found[2]), int(found[3]), found[4]
            day = datetime(year, month, date).toordinal()
        elif found := _DATE.fullmatch(text):
            date, month = int(found[1]), int(found[3])
            if not day_first:
                date, month = month, date
            year = int(found[4]) + (2000 if len(found[4]) == 2 else 0)
            day, text = datetime(year, month, date).toordinal(), found[5]
        found = _TIME.fullmatch(text.strip())
        if found is None:
            return None, None
        hour = int(found[1])
        if found[4]:
            hour = hour % 12 + (12 if found[4] in "pP" else 0)
        second = float(found[3].replace(",", "."))
        if hour > 23 or int(found[2]) > 59 or second >= 61:
            return None, None
        return day, timedelta(hours=hour, minutes=int(found[2])).total_seconds() + second
    except ValueError:
        return None, None


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
