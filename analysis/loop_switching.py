"""Switching fields on the branches of a loop.

The resistance switches between the two fields between which it crosses the middle, or between its
first and its last crossing if noise or steps make it cross several times; single readings are
smoothed by a median of three. 0.95 of that range is the 95 % interval of the field, widened by
Student's t where several branches scatter.
"""

from collections.abc import Sequence
from math import hypot, inf, nan, sqrt

import numpy as np
from scipy.ndimage import median_filter

from .estimate import Estimate
from .intervals import symmetric_interval, t_quantile
from .loop_branches import Branch, Way

STEP_OF_SIGMA = 0.954  # the median difference of two normal readings


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
    scatter = t_quantile(len(values) - 1) * float(values.std(ddof=1)) if len(values) > 1 else 0.0
    return symmetric_interval(
        float(values.mean()), hypot(0.475 * float(ranges.max()), scatter / sqrt(len(values)))
    )


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
