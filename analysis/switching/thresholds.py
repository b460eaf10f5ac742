"""Depinning thresholds: the voltage that frees the wall from each level, from censored visits.

On a ladder of rising pulses a wall that comes to a level meets a threshold V, drawn anew at every
visit. The run gives an interval of it: between the last pulse that the level held and the pulse
that freed the wall; below the pulse with which the wall ran through without a stop; above the last
pulse if it was never freed. The departures alone are biased wherever walls run through: only the
strong visits stop them, and later notches would appear stronger than they are. With V
normal, mean μ and standard deviation σ from visit to visit, the likelihood of n visits is

    L = Π [Φ((b_i − μ)/σ) − Φ((a_i − μ)/σ)],

maximised over μ and ln σ. The interval of μ is Student's, with the curvature of L for the error and
as many degrees of freedom as visits were held and freed, less one; where σ is far below the step,
the rounding to steps is added (see `intervals`). Sources: Tobin, Econometrica 26, 24 (1958);
Turnbull, J. R. Stat. Soc. B 38, 290 (1976). Valid for thresholds that scatter symmetrically by less
than their half; thermal scatter is part of σ, and μ belongs to pulses of that width and step.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import exp, inf, sqrt

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import log_ndtr

from ...arrays import Floats
from ..estimate import Estimate
from ..intervals import rounding_error, std_ci, symmetric_interval, t_quantile
from ..levels.find import Level, level_of_readings
from ..levels.visits import sequence_starts
from ..physical import cut_at_zero
from ..run_points import pulsed_points

NARROWEST_STEPS = 0.05
MIN_FREED = 2
BEYOND = 1.5


@dataclass(frozen=True, slots=True)
class Threshold:
    """The threshold to leave `level` towards lower resistance, mean and σ over visits (V).

    `freed_V` is the switching voltage, half a step below the freeing amplitude, of each visit that
    was held and freed; `passed` visits ran through, `kept` ones were never freed.
    """

    level: int
    voltage_V: Estimate
    sigma_V: Estimate
    freed_V: tuple[float, ...]
    passed: int
    kept: int


@dataclass(frozen=True, slots=True)
class _Visits:
    """Intervals (n,) of the thresholds that the visits to one level met; infinite where open."""

    above_V: Floats
    below_V: Floats

    @property
    def freed(self) -> npt.NDArray[np.bool_]:
        return np.isfinite(self.above_V) & np.isfinite(self.below_V)


def find_thresholds(points: pd.DataFrame, levels: Sequence[Level]) -> tuple[Threshold, ...]:
    """Return the threshold of each level that positive pulses left in two or more visits.

    One that comes out below zero, or `BEYOND` the largest amplitude, is not determined and left
    out.

    Raises AnalysisError where the run has no readings after pulses.
    """
    pulsed = pulsed_points(points)
    index = level_of_readings(pulsed, levels)
    amplitude = pulsed["amplitude_V"].to_numpy(dtype=float)
    first = sequence_starts(pulsed)
    found = []
    for level in range(len(levels) - 1):
        visits = _visits(level, index, amplitude, first)
        if visits.freed.sum() >= MIN_FREED:
            found.append(_fitted(level, visits))
    return tuple(one for one in found if 0 < one.voltage_V.value < BEYOND * amplitude.max())


def _visits(
    level: int,
    index: npt.NDArray[np.intp],
    amplitude_V: Floats,
    first: npt.NDArray[np.bool_],
) -> _Visits:
    rising = (amplitude_V > 0) & np.r_[False, amplitude_V[1:] > amplitude_V[:-1]] & ~first
    before, after = np.r_[index[0], index[:-1]], index
    earlier_V = np.r_[0.0, amplitude_V[:-1]]
    freed = rising & (before == level) & (after > level)
    passed = rising & (before < level) & (after > level)
    ends = np.r_[first[1:], True]
    kept = ends & (index == level) & (amplitude_V > 0)
    nothing, for_ever = np.full(passed.sum(), -np.inf), np.full(kept.sum(), np.inf)
    return _Visits(
        np.r_[earlier_V[freed], nothing, amplitude_V[kept]],
        np.r_[amplitude_V[freed], amplitude_V[passed], for_ever],
    )


def _fitted(level: int, visits: _Visits) -> Threshold:
    from scipy.optimize import minimize

    freed = visits.freed
    middle = (visits.above_V[freed] + visits.below_V[freed]) / 2
    step_V = float(np.median(visits.below_V[freed] - visits.above_V[freed]))
    narrowest = NARROWEST_STEPS * step_V
    intervals, number = np.unique(
        np.column_stack([visits.above_V, visits.below_V]), axis=0, return_counts=True
    )

    def cost(p: Floats) -> float:
        return -float(number @ _log_probability(intervals, p[0], narrowest + exp(min(p[1], 50.0))))

    start = np.array([middle.mean(), np.log(max(float(middle.std()), step_V / 2))])
    best = np.asarray(
        minimize(cost, start, method="Nelder-Mead", options={"fatol": 1e-9, "xatol": 1e-7}).x
    )
    sigma_V = narrowest + exp(best[1])
    degrees = len(middle) - 1
    error = _error(cost, best, sigma_V) * sqrt((degrees + 1) / degrees)
    if error == inf:  # all within a step: the likelihood is flat
        error = sqrt((sigma_V**2 + step_V**2 / 12) / len(middle))
    rounding = rounding_error(sigma_V**2, step_V)
    half_width = t_quantile(degrees) * error + rounding
    if np.ptp(middle) <= 1.001 * step_V:
        half_width = max(half_width, step_V / 2)
    unbiased = sigma_V * sqrt((degrees + 1) / degrees)
    # a scatter within two steps may be none at all, and may also be that of a whole step
    low_V = std_ci(unbiased, degrees).low if np.ptp(middle) > 1.5 * step_V else 0.0
    high_V = std_ci(sqrt(unbiased**2 + step_V**2 / 12), degrees).high
    return Threshold(
        level,
        cut_at_zero(symmetric_interval(float(best[0]), half_width)),
        Estimate(unbiased, low_V, high_V),
        tuple(middle.tolist()),
        passed=int(np.isneginf(visits.above_V).sum()),
        kept=int(np.isposinf(visits.below_V).sum()),
    )


def _log_probability(intervals: Floats, mean: float, sigma: float) -> Floats:
    """Return ln[Φ(b) − Φ(a)] for standardised ends a < b, from the tail that is the smaller."""
    a, b = ((intervals - mean) / sigma).T
    upper = a + b > 0
    low, high = np.where(upper, -b, a), np.where(upper, -a, b)
    larger, smaller = log_ndtr(high), log_ndtr(low)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(larger + np.log1p(-np.exp(np.minimum(smaller - larger, -1e-12))))


def _error(cost: Callable[[Floats], float], best: Floats, sigma_V: float) -> float:
    """Return the standard error of the mean from the curvature of the cost at its minimum."""
    mean, log_sigma = np.array([0.02 * sigma_V, 0.0]), np.array([0.0, 0.02])

    def curvature(one: Floats, other: Floats) -> float:
        corners = (one + other, one - other, other - one, -one - other)
        signs = (1, -1, -1, 1)
        return sum(s * cost(best + c) for s, c in zip(signs, corners, strict=True)) / 4

    square = 0.02**2
    information = (curvature(mean, mean), curvature(log_sigma, log_sigma))
    mixed = curvature(mean, log_sigma)
    determinant = information[0] * information[1] - mixed**2
    if information[1] <= 0 or determinant <= 0:
        return inf
    return sigma_V * sqrt(square * information[1] / determinant)
