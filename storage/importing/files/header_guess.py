"""The header of a table whose columns are not known: the names above the first row of numbers."""

from collections.abc import Sequence

import numpy as np

from ..cell_numbers import NUMBER, OVER, TEXT, numbers
from .table import Cell

_ROWS = 300  # looked at


def guess_header(rows: Sequence[Sequence[Cell]]) -> tuple[int, int] | None:
    """Return the index of the header, −1 if there is none, and of the first row of numbers.

    None if no row of two cells or more has a number that the rows after it have, too.
    """
    first = _first_numbers(rows[:_ROWS])
    if first is None:
        return None
    header, width = -1, _width(rows[first])
    for at in range(first - 1, -1, -1):
        kinds = numbers(rows[at]).kinds.tolist()
        if _width(rows[at]) > width + 1 or NUMBER in kinds or not _names(rows[at], kinds):
            break
        if kinds.count(TEXT) >= 0.5 * width:
            header = at
    return header, first


def regular_rows(rows: Sequence[Sequence[Cell]], first: int) -> int:
    """Return how many cells the rows from `first` on have in rows as wide as the first."""
    width = len(rows[first])
    return sum(width for row in rows[first:_ROWS] if len(row) == width)


def _first_numbers(rows: Sequence[Sequence[Cell]]) -> int | None:
    kinds = [numbers(row).kinds for row in rows]
    for at, row in enumerate(kinds):
        known = np.isin(row, (NUMBER, OVER))
        after = kinds[at + 1 : at + 4]
        same = [other for other in after if len(other) == len(row)]
        alike = sum(bool((np.isin(other, (NUMBER, OVER)) & known).any()) for other in same)
        if known.sum() >= 1 and len(row) > 1 and 2 * alike >= len(after) and _mostly(row):
            return at
    return None


def _mostly(kinds: "np.ndarray[tuple[int], np.dtype[np.int8]]") -> bool:
    """Return whether a row has more numbers than a remark with one in it."""
    return int(np.isin(kinds, (NUMBER, OVER)).sum()) >= max(1, int(0.3 * len(kinds)))


def _width(row: Sequence[Cell]) -> int:
    filled = [at for at, cell in enumerate(row) if cell not in (None, "")]
    return filled[-1] + 1 if filled else 0


def _names(row: Sequence[Cell], kinds: Sequence[int]) -> bool:
    return TEXT in kinds or _width(row) == 0
