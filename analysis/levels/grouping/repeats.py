"""Groups of values that repeat closely, where there are few of each: a ladder of equal spreads.

A mixture with a weight and a spread of its own for every level needs many visits to each. With few,
or for `MANY_LEVELS` or more, the values are cut where average linkage joins k clusters, taken to
have one spread s and equal weights, with ln L = −n [ln k + ln(s √(2π)) + ½] and BIC = −2 ln L + (k
+ 1) ln n; s² is pooled over n − k degrees of freedom, none narrower than `NARROWEST_FRACTION` of
the range. At least half as many degrees of freedom as clusters are needed: values that never repeat
are no levels.
"""

import numpy as np
from scipy.cluster.hierarchy import fcluster

from ....arrays import Floats, Ints

NARROWEST_FRACTION = 2e-4
MOST_LEVELS = 72
FEW_EACH = 5.0
MANY_LEVELS = 10
CANDIDATES = 6


def repeated_groups(values: Floats, tree: Floats, rounding: float) -> tuple[Ints, float] | None:
    """Return the group of each value (n,) of the best ladder and its BIC; None if there is none.

    `tree` is the linkage of the values, `rounding` the least standard deviation.
    """
    count = len(values)
    found: tuple[Ints, float] | None = None
    for size in likely_sizes(tree):
        label = np.asarray(fcluster(tree, size, "maxclust"), dtype=np.intp) - 1
        number = int(label.max()) + 1
        often = count / number > FEW_EACH and number < MANY_LEVELS
        if often or count - number < max(2, number / 2):
            continue
        criterion = _criterion(values, label, number, rounding)
        if found is None or criterion < found[1]:
            found = label, criterion
    return found


def likely_sizes(tree: Floats) -> list[int]:
    """Return the numbers of clusters at the largest ratios of successive heights of joining."""
    count = len(tree) + 1
    height = np.maximum(tree[:, 2], 1e-9 * max(float(tree[-1, 2]), 1e-300))
    ratio = height[1:] / height[:-1]
    sizes = count - 1 - np.arange(len(ratio))
    allowed = (sizes >= 2) & (sizes <= MOST_LEVELS)
    best = np.argsort(-ratio[allowed])[:CANDIDATES]
    return sorted({int(size) for size in sizes[allowed][best]})


def _criterion(values: Floats, label: Ints, number: int, rounding: float) -> float:
    count = len(values)
    centre = np.bincount(label, values) / np.bincount(label)
    square = float(((values - centre[label]) ** 2).sum()) / (count - number)
    narrowest = max(NARROWEST_FRACTION * float(np.ptp(values)), rounding)
    spread = np.sqrt(square + narrowest**2)
    likelihood = -count * (np.log(number) + np.log(spread * np.sqrt(2 * np.pi)) + 0.5)
    return float(-2 * likelihood + (number + 1) * np.log(count))
