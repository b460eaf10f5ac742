"""Histogram of a growing series, in bins whose width doubles when the range outgrows them.

Bins are [k, k + 1) · 2^exponent, so that two of them make one of the next width exactly and no
reading is looked at twice.
"""

from math import floor, frexp, ldexp

import numpy as np

from ....arrays import Counts, Floats

MOST_BINS = 1 << 15
FINEST_SHARE = 2.0**-20  # width of the first bins over the first reading


class LevelCounts:
    """Numbers of readings in fine bins (ohm), which a plot adds up to the bins that it shows."""

    def __init__(self) -> None:
        self.exponent: int | None = None
        self._first = 0  # number k of the first bin
        self._counts: Counts = np.zeros(0, np.int64)

    @property
    def total(self) -> int:
        return int(self._counts.sum())

    def add(self, resistance_ohm: Floats) -> None:
        """Count finite readings."""
        if not len(resistance_ohm):
            return
        if self.exponent is None:
            scale = float(np.abs(resistance_ohm).max()) or 1.0
            self.exponent = frexp(scale * FINEST_SHARE)[1]
            self._first = floor(ldexp(float(resistance_ohm[0]), -self.exponent))
        low, high = float(resistance_ohm.min()), float(resistance_ohm.max())
        self._make_room(low, high)
        bins = np.floor(np.ldexp(resistance_ohm, -self.exponent)).astype(np.int64) - self._first
        self._counts += np.bincount(bins, minlength=len(self._counts))

    def bins(self, low: float, high: float, most: int) -> tuple[Floats, Counts]:
        """Return the edges (ohm) and counts of at most `most` + 2 bins that cover [low, high]."""
        if self.exponent is None or not low < high:
            return np.zeros(1), np.zeros(0, np.int64)
        # Compared as exponents, where the numbers themselves could overflow.
        merged = max(0, frexp((high - low) / most)[1] - self.exponent)
        counts, first = _merged(self._counts, self._first, merged)
        width = ldexp(1.0, self.exponent + merged)
        begin = min(max(floor(low / width) - first, 0), len(counts))
        end = min(max(floor(high / width) + 1 - first, begin), len(counts))
        edges = np.multiply(first + np.arange(begin, end + 1), width, dtype=np.float64)
        return edges, counts[begin:end]

    def _make_room(self, low: float, high: float) -> None:
        assert self.exponent is not None
        stop = self._first + len(self._counts)
        while True:
            width = ldexp(1.0, self.exponent)
            first, last = low / width, high / width
            least, greatest = min(first, self._first), max(last + 1, stop)
            if greatest - least <= MOST_BINS:
                break
            self._counts, self._first = _merged(self._counts, self._first, 1)
            self.exponent += 1
            stop = self._first + len(self._counts)
        before, after = self._first - floor(least), floor(greatest) - stop
        if before or after:
            room = MOST_BINS - len(self._counts) - before - after
            # A little more on either side, so that a slow drift does not copy every time.
            before, after = before + room // 16, after + room // 16
            self._counts = np.pad(self._counts, (before, after))
            self._first -= before


def _merged(counts: Counts, first: int, doublings: int) -> tuple[Counts, int]:
    """Return the counts in bins 2^doublings as wide, and the number of the first of them."""
    if not doublings or not len(counts):
        return counts, first >> doublings
    numbers = (first + np.arange(len(counts))) >> min(doublings, 62)
    starts = np.flatnonzero(np.diff(numbers, prepend=numbers[0] - 1))
    return np.add.reduceat(counts, starts), int(numbers[0])
