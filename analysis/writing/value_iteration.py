"""Value iteration for writing: the stochastic shortest path over levels and withstood pulses.

A state is (level i, w positive amplitudes withstood, v negative ones withstood). Firing amplitude a
of one polarity leads to (i, a + 1, v) or (i, w, a + 1) if the wall stays, and to (j, a + 1, 0) or
(j, 0, a + 1) if it moves to level j. The least expected cost V until the target obeys

    V(i, w, v) = min over a ≥ w, b ≥ v of the cost of a pulse plus the mean of V behind it,

zero at the target. Value iteration from zero converges to it where the target is reached almost
surely; elsewhere V is infinite (`reachability`). Source: Bertsekas & Tsitsiklis, Math.
Oper. Res. 16, 580 (1991). Sweeps go from the most withstood to the least, so that
one of them is exact for all pulses that leave the wall where it is.

Arrays: `tables` (n + 1, n, L, L) of each polarity (`transitions`), `cost` (n,) of each pulse,
`value` (L, n + 1, m + 1), `choice` of the same shape: a + 1 for positive amplitude a,
−(b + 1) for negative amplitude b, 0 for none.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from ...arrays import Floats
from ...compiled import compiled
from .reachability import reaches_almost_surely

Choices = npt.NDArray[np.int16]

CLOSE = 1e-9
MAX_SWEEPS = 100_000


def optimal_policy(
    onward: Floats, back: Floats, cost: tuple[Floats, Floats], target: int
) -> tuple[Floats, Choices]:
    """Return the least expected cost of every state until the target, and the pulses to choose.

    The cost is infinite, and nothing chosen, where the target is not reached almost surely.
    """
    value = np.where(reaches_almost_surely(onward, back, target), 0.0, np.inf)
    choice = np.zeros(value.shape, dtype=np.int16)
    for _ in range(MAX_SWEEPS):
        if _improve(onward, back, *cost, target, value, choice) < CLOSE:
            break
    return value, choice


def expected_cost(
    onward: Floats, back: Floats, cost: tuple[Floats, Floats], target: int, choice: Choices
) -> Floats:
    """Return the expected cost, of any kind, of these choices until the target is reached."""
    value = np.where(choice != 0, 0.0, np.inf)
    value[target] = 0.0
    for _ in range(MAX_SWEEPS):
        if _evaluate(onward, back, *cost, target, value, choice) < CLOSE:
            break
    return value


@compiled
def _behind(tables: Any, w: int, a: int, i: int, arrived: Any) -> float:
    """Return the sum of `arrived` (L,) over other levels, weighted by their probabilities."""
    total = 0.0
    for j in range(tables.shape[2]):
        if j != i and tables[w, a, i, j] > 0.0:
            total += tables[w, a, i, j] * arrived[j]
    return total


@compiled
def _costs_of_moves(tables: Any, cost: Any, arrived: Any) -> Any:
    """Return the cost of each pulse with what follows a move, shape (n + 1, n, L).

    `arrived` (n, L) is the value of arriving at a level under each amplitude.
    """
    rungs, levels = tables.shape[1], tables.shape[2]
    found = np.zeros((rungs + 1, rungs, levels))
    for w in range(rungs):
        for a in range(w, rungs):
            for i in range(levels):
                found[w, a, i] = cost[a] + _behind(tables, w, a, i, arrived[a])
    return found


@compiled
def _arrivals(value: Any) -> Any:
    levels, above, below = value.shape
    by_positive = np.empty((above - 1, levels))
    by_negative = np.empty((below - 1, levels))
    for j in range(levels):
        for a in range(above - 1):
            by_positive[a, j] = value[j, a + 1, 0]
        for b in range(below - 1):
            by_negative[b, j] = value[j, 0, b + 1]
    return by_positive, by_negative


@compiled
def _improve(
    onward: Any, back: Any, cost_up: Any, cost_down: Any, target: int, value: Any, choice: Any
) -> float:
    """Do one sweep in place; return the largest relative change of a value."""
    by_positive, by_negative = _arrivals(value)
    up = _costs_of_moves(onward, cost_up, by_positive)
    down = _costs_of_moves(back, cost_down, by_negative)
    levels, above, below = value.shape
    change = 0.0
    for i in range(levels):
        if i == target:
            continue
        for w in range(above - 1, -1, -1):
            for v in range(below - 1, -1, -1):
                if value[i, w, v] == np.inf:
                    continue
                best, chosen = np.inf, 0
                for a in range(w, above - 1):
                    tried = up[w, a, i]
                    stays = onward[w, a, i, i]
                    if stays > 0.0:
                        tried += stays * value[i, a + 1, v]
                    if tried < best:
                        best, chosen = tried, a + 1
                for b in range(v, below - 1):
                    tried = down[v, b, i]
                    stays = back[v, b, i, i]
                    if stays > 0.0:
                        tried += stays * value[i, w, b + 1]
                    if tried < best:
                        best, chosen = tried, -(b + 1)
                change = max(change, abs(best - value[i, w, v]) / (1.0 + best))
                value[i, w, v], choice[i, w, v] = best, chosen
    return change


@compiled
def _evaluate(
    onward: Any, back: Any, cost_up: Any, cost_down: Any, target: int, value: Any, choice: Any
) -> float:
    by_positive, by_negative = _arrivals(value)
    levels, above, below = value.shape
    change = 0.0
    for i in range(levels):
        if i == target:
            continue
        for w in range(above - 1, -1, -1):
            for v in range(below - 1, -1, -1):
                a, b = choice[i, w, v] - 1, -choice[i, w, v] - 1
                if a >= 0:
                    found = cost_up[a] + _behind(onward, w, a, i, by_positive[a])
                    if onward[w, a, i, i] > 0.0:
                        found += onward[w, a, i, i] * value[i, a + 1, v]
                elif b >= 0:
                    found = cost_down[b] + _behind(back, v, b, i, by_negative[b])
                    if back[v, b, i, i] > 0.0:
                        found += back[v, b, i, i] * value[i, w, b + 1]
                else:
                    continue
                change = max(change, abs(found - value[i, w, v]) / (1.0 + found))
                value[i, w, v] = found
    return change
