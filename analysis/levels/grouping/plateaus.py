"""Cut sequences of readings into plateaus: stretches in which the wall stayed where it was.

A cut is made between two readings that differ by more than `JUMP` times the local scatter of such
differences (1.48 × the median of |difference| over `WINDOW` neighbours). The wall creeps within a
level, and levels differ in how much, hence the local measure. Jumps that
such scatter hides are found by the shift of the mean of `SIDE` readings. Cuts between plateaus of
one median, and blips of at most `BLIP` readings that return to it, are taken back.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from ....arrays import Floats, Ints

JUMP = 3.0
WINDOW = 15
SIDE = 6
SHIFT = 7.0
BLIP = 2
LEAST_JUMP_FRACTION = 1e-4


@dataclass(frozen=True, slots=True)
class Plateaus:
    """Plateaus in order: median, variance and number of their readings, shape (n,) each."""

    median_ohm: Floats
    variance_ohm2: Floats
    readings: Ints


def find_plateaus(resistance_ohm: Floats, sequence: npt.NDArray[np.int64]) -> Plateaus:
    """Return the plateaus of readings that belong to the given sequences, both shape (n,)."""
    step = np.abs(np.diff(resistance_ohm))
    broken = np.diff(sequence) != 0
    series = pd.Series(np.where(broken, np.nan, step))
    rolling = series.rolling(WINDOW, center=True, min_periods=1).median()
    scatter = 1.4826 * np.nan_to_num(rolling.to_numpy(dtype=float))
    least = LEAST_JUMP_FRACTION * float(np.ptp(resistance_ohm))
    needed = np.r_[0.0, np.maximum(JUMP * scatter, least)]
    jumped = (step > needed[1:]) | _shifted(resistance_ohm)
    starts = np.flatnonzero(np.r_[True, broken | jumped])
    begins = np.r_[True, broken]
    for _ in range(2):
        starts = _without_false_cuts(resistance_ohm, starts, begins, needed)
    return _summary(resistance_ohm, starts)


def _without_false_cuts(
    resistance_ohm: Floats, starts: Ints, begins: npt.NDArray[np.bool_], needed_ohm: Floats
) -> Ints:
    """Drop cuts between plateaus of one median, and blips between two of one median."""
    median, readings = _summary(resistance_ohm, starts).median_ohm, np.diff(starts)
    real = begins[starts]
    real[1:] |= np.abs(np.diff(median)) > needed_ohm[starts[1:]]
    if len(starts) > 2:
        returns = np.abs(median[2:] - median[:-2]) <= needed_ohm[starts[1:-1]]
        blip = (readings[1:] <= BLIP) & returns & ~begins[starts[1:-1]] & ~begins[starts[2:]]
        real[1:-1] &= ~blip
        real[2:] &= ~blip
    return starts[real]


def _shifted(resistance_ohm: Floats) -> npt.NDArray[np.bool_]:
    """Return between which readings the mean of `SIDE` readings shifts most and beyond doubt."""
    series = pd.Series(resistance_ohm)
    before_mean = series.rolling(SIDE).mean().to_numpy()[:-1]
    before_variance = series.rolling(SIDE).var().to_numpy()[:-1]
    nothing = np.full(min(SIDE, len(before_mean)), np.nan)
    after_mean = np.r_[before_mean[SIDE:], nothing]
    after_variance = np.r_[before_variance[SIDE:], nothing]
    with np.errstate(divide="ignore", invalid="ignore"):
        error = np.sqrt((before_variance + after_variance).clip(0) / SIDE)
        shift = np.nan_to_num(np.abs(after_mean - before_mean) / error, posinf=0.0)
    largest = pd.Series(shift).rolling(2 * SIDE - 1, center=True, min_periods=1).max().to_numpy()
    return np.asarray((shift > SHIFT) & (shift == largest))


def _summary(resistance_ohm: Floats, starts: Ints) -> Plateaus:
    from .medians import medians  # numba is slow to import

    readings = np.diff(np.r_[starts, len(resistance_ohm)])
    median = medians(resistance_ohm, np.r_[starts, len(resistance_ohm)])
    return Plateaus(median, group_variance(resistance_ohm, starts), readings)


def group_variance(values: Floats, starts: Ints) -> Floats:
    """Return the population variance of each stretch of values that begins at `starts`."""
    readings = np.diff(np.r_[starts, len(values)])
    mean = np.add.reduceat(values, starts) / readings
    residual = values - np.repeat(mean, readings)
    return np.asarray(np.add.reduceat(residual**2, starts) / readings)
