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
    moves = _share_moved(value, first, mean, sigma)
    if moves < BUSY:
        return TRANSITION_COST
    odds = (1 - moves) * (len(mean) - 1) / moves
    return min(TRANSITION_COST, float(np.log(max(1.0, odds))))


@compiled
def _share_moved(value: Floats, first: npt.NDArray[np.bool_], mean: Floats, sigma: Floats) -> float:
    """Return the share of pulses after which readings differ by `CLEAR` σ of the nearest levels."""
    moved, pulses, before = 0, 0, 0.0
    for t in range(len(value)):
        nearest = 0
        for k in range(1, len(mean)):
            if abs(mean[k] - value[t]) < abs(mean[nearest] - value[t]):
                nearest = k
        variance = sigma[nearest] ** 2
        if not first[t]:
            pulses += 1
            moved += (value[t] - value[t - 1]) ** 2 > CLEAR**2 * (variance + before)
        before = variance
    return moved / pulses if pulses else 0.0


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
    factor, normalisation = np.sqrt(0.5) / sigma, np.log(sigma)
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
            z = (value[t] - mean[k]) * factor[k]
            cost[k] += min(z * z, MAX_READING_COST) + normalisation[k]
    path = np.empty(count, np.intp)
    k = int(np.argmin(cost))
    for t in range(count - 1, -1, -1):
        path[t] = k
        k = came_from[t, k]
    return path
