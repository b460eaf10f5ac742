"""The most likely level of every reading, with a cost for each change of level (Viterbi).

A reading costs ½ ((R − mean)/σ)² + ln σ, at most `MAX_READING_COST` more than the lowest possible,
so that a single outlier is no visit. A change of level costs `TRANSITION_COST`, or what its share
p of the pulses says, ln((1 − p)(k − 1)/p) among k levels, where more than `BUSY` of them clearly
move the wall: on a coarse ladder, staying is what is rare. Source: Viterbi, IEEE Trans. Inf. Theory
13, 260 (1967).
"""

import numpy as np
import numpy.typing as npt

from ...arrays import Floats, Ints
from ...compiled import compiled

TRANSITION_COST = 7.0
BUSY = 0.3
CLEAR = 4.0
MAX_READING_COST = 40.0


def change_cost(value: Floats, first: npt.NDArray[np.bool_], mean: Floats, sigma: Floats) -> float:
    """Return what a change of level costs, for the readings and levels that `viterbi` takes."""
    falling = np.argsort(-mean)
    edges = (mean[falling][1:] + mean[falling][:-1]) / 2
    nearest = falling[np.searchsorted(-edges, -value)]
    within = ~first[1:]
    spread = np.hypot(sigma[nearest][1:], sigma[nearest][:-1])
    moves = float((np.abs(np.diff(value)) > CLEAR * spread)[within].mean()) if within.any() else 0.0
    if moves < BUSY:
        return TRANSITION_COST
    odds = (1 - moves) * (len(mean) - 1) / moves
    return min(TRANSITION_COST, float(np.log(max(1.0, odds))))


@compiled
def viterbi(
    value: Floats,
    first: npt.NDArray[np.bool_],
    mean: Floats,
    sigma: Floats,
    change: float = TRANSITION_COST,
) -> Ints:
    """Return the levels (n,) of readings (n,), from the means and σ (k,) of the levels.

    `first` (n,) is true where a sequence begins; a change of level costs `change`.
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
            if first[t] or cost[k] > base + change:
                came_from[t, k] = cheapest
                cost[k] = base if first[t] else base + change
            z = (value[t] - mean[k]) / sigma[k]
            cost[k] += min(0.5 * z * z, MAX_READING_COST) + np.log(sigma[k])
    path = np.empty(count, np.intp)
    k = int(np.argmin(cost))
    for t in range(count - 1, -1, -1):
        path[t] = k
        k = came_from[t, k]
    return path
