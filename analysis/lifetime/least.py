"""The least cost over a few parameters, and 95 % intervals from how the cost rises."""

from collections.abc import Callable, Sequence
from math import inf

import numpy as np
from scipy.optimize import brentq, minimize, minimize_scalar

from ...arrays import Floats
from ..intervals import Z

FARTHEST = 60.0  # from the best value that an end of its interval is looked for


def least(cost: Callable[[Floats], float], start: Sequence[float]) -> tuple[Floats, float]:
    """Return the parameters (n,) of the least cost, and that cost (Nelder and Mead's search)."""
    found = minimize(
        cost,
        np.array(start, dtype=float),
        method="Nelder-Mead",
        options={"xatol": 1e-7, "fatol": 1e-8, "maxiter": 4000},
    )
    return np.asarray(found.x, dtype=float), float(found.fun)


def least_of_one(cost: Callable[[float], float], start: float) -> float:
    """Return the least cost over one parameter, by Brent's search from beside `start`."""
    return float(minimize_scalar(cost, (start - 0.1, start + 0.1), tol=1e-7).fun)


def interval(cost: Callable[[float], float], best: float) -> tuple[float, float]:
    """Return the 95 % interval about `best`, where twice a cost −ln L has risen by that of χ²."""
    allowed = cost(best) + Z**2 / 2

    def end(direction: float) -> float:
        step = 0.1
        while step < FARTHEST and cost(best + direction * step) < allowed:
            step *= 1.6
        if step >= FARTHEST:
            return direction * inf
        return float(brentq(lambda x: cost(x) - allowed, best, best + direction * step, xtol=1e-7))

    return end(-1.0), end(1.0)
