"""Two hidden states seen through normal noise: likelihood, state probabilities, predictions.

Source: Rabiner, Proc. IEEE 77, 257 (1989), in the scaled form.
"""

from math import erf, sqrt

import numpy as np
import numpy.typing as npt

from ...arrays import Floats, Ints
from ...compiled import compiled

LOWEST = 1e-300


@compiled
def forward(
    y: Floats, mean: Floats, step: float, sigma: float, leave: Floats
) -> tuple[float, Floats, Floats, Floats]:
    """Return the log-likelihood of y (n,), the filtered probability of state 1 (n,), the scale of
    each reading (n,), and its predictive probability P(Y ≤ y | earlier ones), (n,).

    State 0 has the means (n,), state 1 those plus `step`; `leave` are the probabilities to leave
    states 0 and 1 from one reading to the next.
    """
    count = len(y)
    filtered, scale, below = np.empty(count), np.empty(count), np.empty(count)
    one = leave[0] / (leave[0] + leave[1])
    total = -0.5 * count * np.log(2 * np.pi) - count * np.log(sigma)
    for i in range(count):
        if i > 0:
            one = filtered[i - 1] * (1 - leave[1]) + (1 - filtered[i - 1]) * leave[0]
        z0, z1 = (y[i] - mean[i]) / sigma, (y[i] - mean[i] - step) / sigma
        below[i] = 0.5 * ((1 - one) * (1 + erf(z0 / sqrt(2.0))) + one * (1 + erf(z1 / sqrt(2.0))))
        lowest = min(z0 * z0, z1 * z1)
        d0 = (1 - one) * np.exp(-0.5 * (z0 * z0 - lowest))
        d1 = one * np.exp(-0.5 * (z1 * z1 - lowest))
        scale[i] = max(d0 + d1, LOWEST)
        filtered[i] = d1 / scale[i]
        total += np.log(scale[i]) - 0.5 * lowest
    return total, filtered, scale, below


@compiled
def smooth(filtered: Floats, leave: Floats) -> tuple[Floats, Floats]:
    """Return the probability of state 1 from all readings (n,), and the expected transitions
    (2,): from state 0, from state 1."""
    count = len(filtered)
    one, moves = np.empty(count), np.zeros(2)
    one[count - 1] = filtered[count - 1]
    for i in range(count - 2, -1, -1):
        predicted = filtered[i] * (1 - leave[1]) + (1 - filtered[i]) * leave[0]
        up = one[i + 1] / max(predicted, LOWEST)
        down = (1 - one[i + 1]) / max(1 - predicted, LOWEST)
        one[i] = filtered[i] * ((1 - leave[1]) * up + leave[1] * down)
        moves[0] += (1 - filtered[i]) * leave[0] * up
        moves[1] += filtered[i] * leave[1] * down
    return one, moves


@compiled
def best_path(y: Floats, mean: Floats, step: float, sigma: float, leave: Floats) -> Ints:
    """Return the most likely states (n,), 0 or 1 (Viterbi)."""
    count = len(y)
    came_from = np.zeros((count, 2), np.int8)
    stay = np.log(1 - leave)
    move = np.log(leave)
    cost0, cost1 = -np.log(leave[1]), -np.log(leave[0])
    for i in range(count):
        if i > 0:
            to0, to1 = cost1 - move[1], cost0 - move[0]
            kept0, kept1 = cost0 - stay[0], cost1 - stay[1]
            came_from[i, 0] = 1 if to0 < kept0 else 0
            came_from[i, 1] = 0 if to1 < kept1 else 1
            cost0, cost1 = min(to0, kept0), min(to1, kept1)
        z0, z1 = (y[i] - mean[i]) / sigma, (y[i] - mean[i] - step) / sigma
        cost0 += 0.5 * z0 * z0
        cost1 += 0.5 * z1 * z1
    path = np.empty(count, np.intp)
    state = 1 if cost1 < cost0 else 0
    for i in range(count - 1, -1, -1):
        path[i] = state
        state = came_from[i, state]
    return path


def dwells(path: npt.NDArray[np.intp]) -> tuple[Floats, Floats]:
    """Return the lengths, in readings, of the complete stays in states 0 and 1.

    The first and the last stay are cut short by the series and left out.
    """
    starts = np.flatnonzero(np.diff(path)) + 1
    lengths, states = np.diff(starts).astype(float), path[starts[:-1]]
    return lengths[states == 0], lengths[states == 1]
