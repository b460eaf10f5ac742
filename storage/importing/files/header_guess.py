"""The header of a table whose columns are not known: the names above the longest run of numbers."""

from collections.abc import Sequence

import numpy as np

from ..cell_numbers import NUMBER, OVER, TEXT, numbers
from ..units import split_name
from .table import Cell

_ROWS = 300  # looked at


def guess_header(rows: Sequence[Sequence[Cell]]) -> tuple[int, int, int] | None:
    """Return the index of the header, −1 if there is none, that of the first row, and how many.

    Rows of a table are as wide as each other and have numbers in the same columns. None if there
    are no two cells with a number among them.
    """
    rows = rows[:_ROWS]
    kinds = [numbers(row).kinds for row in rows]
    first, count = _longest_run(kinds)
    if not count:
        return None
    header, width, most_units = -1, len(rows[first]), 0
    for at in range(first - 1, -1, -1):
        filled = [cell for cell in rows[at] if cell not in (None, "")]
        if filled and (len(rows[at]) != width or NUMBER in kinds[at]):
            break
        if np.count_nonzero(kinds[at] == TEXT) >= 0.6 * width:
            units = sum(split_name(str(cell))[1] is not None for cell in rows[at])
            if units >= most_units:  # of several such rows the upper one has the names
                header, most_units = at, units
    return header, first, count


def _longest_run(kinds: Sequence[np.ndarray[tuple[int], np.dtype[np.int8]]]) -> tuple[int, int]:
    """Return the first row of the longest run of rows alike, and how many they are."""
    best = first = count = best_count = 0
    before = np.zeros(0, dtype=bool)
    for at, row in enumerate(kinds):
        known = np.isin(row, (NUMBER, OVER))
        if count and len(known) == len(before) and (known & before).any():
            count += 1
        else:
            first, count = at, int(len(row) > 1 and known.sum() >= max(1, int(0.3 * len(row))))
        before = known
        if count > best_count:
            best, best_count = first, count
    return best, best_count
