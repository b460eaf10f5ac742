"""The most likely level of every reading, with a cost for each change of level (Viterbi).

A reading costs ½ ((R − mean)/σ)² + ln σ, at most `MAX_READING_COST` more than the lowest possible,
so that a single outlier is no visit; a change of level costs `TRANSITION_COST`. Source: Viterbi,
IEEE Trans. Inf. Theory 13, 260 (1967).
"""

import numpy as np
import numpy.typing as npt

from ...arrays import Floats, Ints
from ...compiled import compiled

TRANSITION_COST = 7.0
MAX_READING_COST = 40.0


@compiled
def viterbi(value: Floats, first: npt.NDArray[np.bool_], mean: Floats, sigma: Floats) -> Ints:
    """Return the levels (n,) of readings (n,), from the means and σ (k,) of the levels.

    `first` (n,) is true where a sequence begins.
    """
    count, levels = len(value), len(mean)
    came_from = np.empty((count, levels), np.int8)
    cost = np.zeros(levels)
    for t in range(count):
        cheapest = 0
        for k in range(levels):
            if cost[k] < cost[cheapest]:
                cheapest = k
        base = cost[cheapest]
        for k in range(levels):
            came_from[t, k] = k
            if first[t] or cost[k] > base + TRANSITION_COST:
                came_from[t, k] = cheapest
                cost[k] = base if first[t] else base + TRANSITION_COST
            z = (value[t] - mean[k]) / sigma[k]
            cost[k] += min(0.5 * z * z, MAX_READING_COST) + np.log(sigma[k])
    path = np.empty(count, np.intp)
    k = int(np.argmin(cost))
    for t in range(count - 1, -1, -1):
        path[t] = k
        k = came_from[t, k]
    return path
