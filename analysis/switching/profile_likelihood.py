"""Intervals of single parameters from the profile of a likelihood.

The interval of a parameter is where −ln L, at its least over all other parameters, exceeds the
minimum by less than t²/2 (t of Student's law). It follows likelihoods that are not parabolas, such
as that of a spread which may be zero. Source: Cox & Hinkley, Theoretical Statistics (1974), ch. 9.
"""

from collections.abc import Callable

import numpy as np

from ...arrays import Floats

FARTHEST = 8.0
PRECISION = 1e-3
FIRST = 0.02

Cost = Callable[[Floats], tuple[float, Floats]]
"""Return −ln L at the parameters (n,), and its derivatives (n,)."""


def profile_ends(cost: Cost, best: Floats, which: int, rise: float) -> tuple[float, float]:
    """Return where the profile over parameter `which` is `rise` above its minimum at `best`.

    An end further than `FARTHEST` is infinite.
    """
    least = cost(best)[0]
    low, high = (_end(cost, best, which, least, rise, sign) for sign in (-1.0, 1.0))
    return low, high


def _end(cost: Cost, best: Floats, which: int, least: float, rise: float, sign: float) -> float:
    from scipy.optimize import brentq

    start = best

    def beyond(reach: float) -> float:
        """Return √rise here less √rise at the end, which is nearly linear; both above `least`."""
        nonlocal start
        value, at = _least(cost, start, which, best[which] + sign * reach)
        if value <= least + rise:
            start = at
        return float(np.sqrt(max(0.0, value - least)) - np.sqrt(rise))

    inside, outside = 0.0, FIRST
    while beyond(outside) <= 0:
        if outside >= FARTHEST:
            return float(sign * np.inf)
        inside, outside = outside, 2 * outside
    end = brentq(beyond, inside, outside, xtol=PRECISION * outside, rtol=PRECISION)
    return float(best[which] + sign * end)


def _least(cost: Cost, start: Floats, which: int, fixed: float) -> tuple[float, Floats]:
    """Return the least cost with one parameter fixed, and where it is."""
    from scipy.optimize import minimize

    def of_others(others: Floats) -> tuple[float, Floats]:
        value, slope = cost(np.insert(others, which, fixed))
        return value, np.delete(slope, which)

    found = minimize(of_others, np.delete(start, which), jac=True, method="BFGS")
    return float(found.fun), np.insert(np.asarray(found.x, dtype=float), which, fixed)
