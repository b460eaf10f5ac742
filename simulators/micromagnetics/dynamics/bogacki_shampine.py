"""One step of Bogacki and Shampine's third-order method with its second-order error estimate.

k1 = f(t, m), k2 = f(t + δ/2, m + δ k1/2), k3 = f(t + 3δ/4, m + 3δ k2/4),
m′ = m + δ (2 k1 + 3 k2 + 4 k3)/9, k4 = f(t + δ, m′), error = δ |-5 k1 + 6 k2 + 8 k3 - 9 k4|/72.
"""

from typing import Any

import numpy as np

from ....compiled import compiled

NODES = (0.5, 0.75, 1.0)
WEIGHTS = np.array([[0.5, 0, 0], [0, 0.75, 0], [2 / 9, 1 / 3, 4 / 9]])
ERROR_WEIGHTS = np.array([-5 / 72, 6 / 72, 8 / 72, -9 / 72])


@compiled
def combine(
    m: Any, rates: Any, weights: Any, step_s: Any, first: int, last: int, result: Any
) -> None:
    """Compute m + step · Σ weights · rates in columns `first` to `last` - 1."""
    a, b, c = step_s * weights[0], step_s * weights[1], step_s * weights[2]
    for k in range(3):
        for i in range(first, last):
            for j in range(m.shape[2]):
                change = a * rates[0, k, i, j] + b * rates[1, k, i, j] + c * rates[2, k, i, j]
                result[k, i, j] = m[k, i, j] + change


@compiled
def largest_error(rates: Any, weights: Any, step_s: Any, first: int, last: int) -> float:
    """Return the largest error of a component of m, infinite if any is not a number."""
    largest = 0.0
    for k in range(3):
        for i in range(first, last):
            for j in range(rates.shape[3]):
                error = (
                    weights[0] * rates[0, k, i, j] + weights[1] * rates[1, k, i, j]
                    + weights[2] * rates[2, k, i, j] + weights[3] * rates[3, k, i, j]
                )  # fmt: skip
                error = abs(error * step_s)
                if not error < np.inf:
                    return np.inf  # also for what is not a number
                largest = max(largest, error)
    return largest


@compiled
def normalise(m: Any, first: int, last: int) -> None:
    """Give every moment the length 1 again; cells without material keep 0."""
    for i in range(first, last):
        for j in range(m.shape[2]):
            squared = m[0, i, j] ** 2 + m[1, i, j] ** 2 + m[2, i, j] ** 2
            if squared > 0:
                scale = 1 / np.sqrt(squared)
                for k in range(3):
                    m[k, i, j] *= scale
