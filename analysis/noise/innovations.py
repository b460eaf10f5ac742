"""Whitening of a series with white and 1/f noise: the innovations of a Kalman filter.

1/f noise is a sum of independent Ornstein-Uhlenbeck processes of equal variance, whose correlation
times rise by factors of `RATIO`; the ripple of its spectrum about 1/f is 2 %. With white noise of
every reading beside it this is a linear state space, in which the innovations e_i (a reading less
its expectation from all earlier ones) and their variances are exact. Sources: van der Ziel, Physica
16, 359 (1950); Harvey, Forecasting, Structural Time Series Models and the Kalman Filter (1989).
"""

import numpy as np

from ...arrays import Floats
from ...compiled import compiled

RATIO = 4.0
SHORTEST, LONGEST = 0.25, 8.0  # correlation times, in readings and in lengths of the series


def correlation_times(time_s: Floats) -> Floats:
    """Return correlation times (s) from below the shortest gap to beyond the whole series, (k,)."""
    gaps = np.diff(time_s)
    shortest = SHORTEST * float(np.median(gaps))
    octaves = np.log(LONGEST * float(time_s[-1] - time_s[0]) / shortest) / np.log(RATIO)
    return np.asarray(shortest * RATIO ** np.arange(int(np.ceil(octaves)) + 1))


@compiled
def innovations(
    columns: Floats, time_s: Floats, times_s: Floats, flicker: float, white: float
) -> tuple[Floats, Floats]:
    """Return the innovations (n, p) of columns (n, p), and their variance (n,).

    `flicker` is the variance of each process with the correlation times `times_s` (k,), `white`
    that of the white noise of a reading.
    """
    count, width, order = columns.shape[0], columns.shape[1], len(times_s)
    out, variance = np.empty((count, width)), np.empty(count)
    state, spread = np.zeros((order, width)), np.zeros((order, order))
    gain, memory = np.empty(order), np.empty(order)
    for k in range(order):
        spread[k, k] = flicker
    for i in range(count):
        if i > 0:
            for k in range(order):
                memory[k] = np.exp(-(time_s[i] - time_s[i - 1]) / times_s[k])
            for k in range(order):
                for j in range(order):
                    spread[k, j] *= memory[k] * memory[j]
                spread[k, k] += flicker * (1.0 - memory[k] * memory[k])
                for c in range(width):
                    state[k, c] *= memory[k]
        total = white
        for k in range(order):
            gain[k] = spread[k].sum()
            total += gain[k]
        variance[i] = total
        for c in range(width):
            out[i, c] = columns[i, c] - state[:, c].sum()
            for k in range(order):
                state[k, c] += gain[k] / total * out[i, c]
        for k in range(order):
            for j in range(order):
                spread[k, j] -= gain[k] * gain[j] / total
    return out, variance
