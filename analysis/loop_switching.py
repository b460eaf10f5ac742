"""Switching fields on the branches of a loop.

The resistance switches between the two fields between which it crosses the middle, or between its
first and its last crossing if noise or steps make it cross several times; single readings are
smoothed by a median of three. On a single branch 0.95 of that range is the 95 % interval of the
field. The mean of several has Student's interval and an allowance for the step (see `intervals`).
"""

from collections.abc import Sequence
from math import inf, nan

import numpy as np
from scipy.ndimage import median_filter

from .estimate import Estimate
from .intervals import stepped_mean_ci, symmetric_interval
from .loop_branches import Branch, Way

STEP_OF_SIGMA = 0.954  # the median difference of two normal readings
WITHIN = 0.475  # of a step to either side: 95 % of it


def switching_of(
    branches: Sequence[Branch], way: Way, middle_ohm: float, is_major: bool
) -> list[tuple[float, float]]:
    """Return field and uncertainty range (T) of the switching on each branch of a way."""
    found = [_crossing(branch, middle_ohm, is_major) for branch in branches if branch.way == way]
    return [one for one in found if one is not None]


def switching_field(found: Sequence[tuple[float, float]]) -> Estimate:
    """Return the mean switching field (T) of a way, NaN if nothing switched on it."""
    if not found:
        return Estimate(nan, -inf, inf)
    values, ranges = (np.array(column) for column in zip(*found, strict=True))
    step_T = float(ranges.max())
    if len(values) == 1:
        return symmetric_interval(float(values[0]), WITHIN * step_T)
    return stepped_mean_ci(values, step_T)


def scatter_ohm(branches: Sequence[Branch]) -> float:
    """Return the standard deviation of a reading, from differences of successive ones."""
    steps = np.concatenate([np.diff(branch.resistance_ohm) for branch in branches])
    return float(np.median(np.abs(steps))) / STEP_OF_SIGMA


def _crossing(branch: Branch, middle_ohm: float, is_major: bool) -> tuple[float, float] | None:
    """Return where the resistance crosses the middle, between its first and last crossing.

    On a major loop the free layer switches first; only the first crossing counts there.
    """
    smooth = median_filter(branch.resistance_ohm, 3, mode="nearest")
    above = smooth > middle_ohm
    crossings = np.flatnonzero(np.diff(above))
    if len(crossings) == 0 or (above[0] == above[-1] and not is_major):
        return None
    last = crossings[0] if is_major else crossings[-1]
    before, after = branch.field_T[crossings[0]], branch.field_T[last + 1]
    return float(before + after) / 2, abs(float(after - before))
