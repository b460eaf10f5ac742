"""Least and greatest values of any ranges of a growing series, without reading all of it.

Level k holds the minima and maxima of blocks of 8^k values. A range is the whole blocks of a high
level inside it and, at each level below, at most seven blocks at either end.
"""

import numpy as np

from ....arrays import Floats, Ints
from .growing import Growing

BRANCHES = 8


class Pyramid:
    """Minima and maxima of a series of finite numbers that grows at its end."""

    def __init__(self) -> None:
        self._low: list[Growing[np.float64]] = [Growing(np.float64)]
        self._high: list[Growing[np.float64]] = [Growing(np.float64)]

    def __len__(self) -> int:
        return len(self._low[0])

    def extend(self, values: Floats) -> None:
        """Add values at the end; only the blocks that they complete are computed."""
        self._low[0].extend(values)
        self._high[0].extend(values)
        level = 0
        while len(self._low[level]) >= BRANCHES:
            if level + 1 == len(self._low):
                self._low.append(Growing(np.float64))
                self._high.append(Growing(np.float64))
            first = len(self._low[level + 1]) * BRANCHES
            last = len(self._low[level]) // BRANCHES * BRANCHES
            if first == last:
                break
            blocks = slice(first, last)
            low = self._low[level].values[blocks].reshape(-1, BRANCHES).min(axis=1)
            high = self._high[level].values[blocks].reshape(-1, BRANCHES).max(axis=1)
            self._low[level + 1].extend(low)
            self._high[level + 1].extend(high)
            level += 1

    def extremes(self, start: Ints, stop: Ints) -> tuple[Floats, Floats]:
        """Return minima and maxima of the ranges [start, stop), shape as given; NaN if empty."""
        low, high = np.full(len(start), np.inf), np.full(len(start), -np.inf)
        start, stop = start.copy(), stop.copy()
        for level in range(len(self._low)):
            if not (start < stop).any():
                break
            top = level + 1 == len(self._low)
            inner_start = stop if top else np.minimum(-(-start // BRANCHES) * BRANCHES, stop)
            inner_stop = stop if top else np.maximum(stop // BRANCHES * BRANCHES, inner_start)
            for first, last in ((start, inner_start), (inner_stop, stop)):
                self._include(level, first, last, low, high)
            # The ends are done: what is left are whole blocks of the level above.
            start, stop = inner_start // BRANCHES, inner_stop // BRANCHES
        empty = low > high
        return np.where(empty, np.nan, low), np.where(empty, np.nan, high)

    def _include(self, level: int, first: Ints, last: Ints, low: Floats, high: Floats) -> None:
        """Lower `low` and raise `high` by the few blocks [first, last) of a level."""
        widest = int((last - first).max(initial=0))
        if widest <= 0:
            return
        blocks = first[:, None] + np.arange(widest)
        outside = blocks >= last[:, None]
        blocks[outside] = 0
        least = np.where(outside, np.inf, self._low[level].values[blocks]).min(axis=1)
        greatest = np.where(outside, -np.inf, self._high[level].values[blocks]).max(axis=1)
        np.minimum(low, least, out=low)
        np.maximum(high, greatest, out=high)
