"""Random telegraph noise: two levels, exponential dwell times, white noise of every reading.

y = X β + Δ s + e with s = 0 or 1, a two-state Markov process observed at a steady interval τ. The
probabilities p0 and p1 to leave a state within one interval are fitted with β, Δ and σ by
expectation maximisation, from several divisions of the readings; the mean dwell times follow from

    k0 + k1 = −ln(1 − p0 − p1)/τ,  k0/k1 = p0/p1,  τ0 = 1/k0, τ1 = 1/k1,

which allows for visits between two readings. Intervals come from the curvature of the likelihood.
Source: Dempster, Laird & Rubin, J. R. Stat. Soc. B 39, 1 (1977).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from math import exp, inf, log, sqrt

import numpy as np
from scipy.special import gammaincinv, ndtri

from ...arrays import Floats, Ints
from ..estimate import Estimate
from ..intervals import TAIL, Z
from .forward_backward import best_path, forward, smooth

DIVISIONS = (0.03, 0.1, 0.3, 0.5, 0.7, 0.9, 0.97)
FIRST_STEPS, MOST_STEPS, TOLERANCE = 12, 400, 1e-6
FEWEST_VISITS = 5  # of each state
FEWEST_EVENTS = 0.1  # that an interval is as wide as
LARGEST_SUM = 0.98  # of p0 and p1: beyond, states hardly outlast a reading
SMALLEST_SIGMA = 0.02  # of the scatter from reading to reading
LEAST_STEP = 1.0  # in σ


@dataclass(frozen=True, slots=True)
class TelegraphFit:
    """A fit to y (n,): level step, dwell times in s of the lower and the upper y, σ of a reading.

    `state` (n,) is the most likely state, 1 where y is higher; `coefficients` (q,) are those of
    the design; `residual` (n,) is standard normal if the fit is right.
    """

    coefficients: Floats
    step: Estimate
    dwell_s: tuple[Estimate, Estimate]
    sigma: float
    leave: Floats
    state: Ints
    log_likelihood: float
    residual: Floats
    interval_s: float


@dataclass(frozen=True, slots=True)
class _Parameters:
    coefficients: Floats
    step: float
    sigma: float
    leave: Floats

    def likelihood(self, y: Floats, design: Floats) -> float:
        mean = design @ self.coefficients
        return forward(y, mean, self.step, self.sigma, self.leave)[0]

    def vector(self) -> Floats:
        return np.concatenate(
            [self.coefficients, [self.step, log(self.sigma)], np.log(self.leave)], dtype=np.float64
        )

    @classmethod
    def of(cls, vector: Floats) -> "_Parameters":
        leave = np.asarray(np.minimum(np.exp(vector[-2:]), 1 - 1e-9), dtype=np.float64)
        return cls(vector[:-4], float(vector[-4]), exp(float(vector[-3])), leave)


def fit_telegraph(y: Floats, design: Floats, interval_s: float) -> TelegraphFit | None:
    """Fit telegraph noise to y (n,) about the columns of `design` (n, q).

    The first column of the design is 1. None where there are no two levels that the readings tell
    apart and visit at least `FEWEST_VISITS` times each.
    """
    found = _best(y, design)
    if found is None or found.leave.sum() > LARGEST_SUM:
        return None
    mean = design @ found.coefficients
    path = best_path(y, mean, found.step, found.sigma, found.leave)
    visits = np.count_nonzero(np.diff(path)) + 1
    if visits < 2 * FEWEST_VISITS or found.step < LEAST_STEP * found.sigma:
        return None
    likelihood, _, _, below = forward(y, mean, found.step, found.sigma, found.leave)
    error = _errors(found, y, design, int(visits))
    return TelegraphFit(
        found.coefficients,
        Estimate(found.step, found.step - Z * error[-4], found.step + Z * error[-4]),
        dwell_times(found.leave, error[-2:], interval_s),
        found.sigma,
        found.leave,
        path,
        float(likelihood),
        np.asarray(ndtri(np.clip(below, 1e-12, 1 - 1e-12))),
        interval_s,
    )


def dwell_times(leave: Floats, log_error: Floats, interval_s: float) -> tuple[Estimate, Estimate]:
    """Return mean dwell times (s) from the probabilities to leave and their logarithms' errors.

    A probability of relative error ε has a gamma law's interval, that of 1/ε² events.
    """

    def dwell_s(state: int, log_factor: float) -> float:
        p, other = float(leave[state]) * exp(log_factor), float(leave[1 - state])
        p = min(p, (1 - other) * (1 - 1e-9))
        return (p + other) * interval_s / (-log(1 - p - other) * p)

    first, second = (
        Estimate(dwell_s(state, 0.0), dwell_s(state, above), dwell_s(state, below))
        for state, (below, above) in enumerate(map(_log_ends, log_error.tolist()))
    )
    return first, second


def _log_ends(log_error: float) -> tuple[float, float]:
    """Return the ends of ln p less its value."""
    events = max(1 / log_error**2, FEWEST_EVENTS)
    below, above = (log(float(gammaincinv(events, q)) / events) for q in (TAIL, 1 - TAIL))
    return below, above


def _best(y: Floats, design: Floats) -> _Parameters | None:
    started = [_climb(p, y, design, FIRST_STEPS) for p in _starts(y, design)]
    if not started:
        return None
    best = max(started, key=lambda parameters: parameters.likelihood(y, design))
    return _climb(best, y, design, MOST_STEPS)


def _starts(y: Floats, design: Floats) -> Iterator[_Parameters]:
    flat = y - design @ np.linalg.lstsq(design, y, rcond=None)[0]
    for division in DIVISIONS:
        one = (flat > np.quantile(flat, division)).astype(float)
        if 0 < one.sum() < len(y):
            changes = float(np.abs(np.diff(one)).sum()) / 2
            often = changes / np.array([(1 - one).sum(), one.sum()], dtype=np.float64)
            leave = np.clip(often, 1e-3, 0.4)
            yield _maximised(y, design, one, leave)


def _climb(parameters: _Parameters, y: Floats, design: Floats, steps: int) -> _Parameters:
    before = -inf
    for _ in range(steps):
        mean = design @ parameters.coefficients
        now, filtered, _, _ = forward(y, mean, parameters.step, parameters.sigma, parameters.leave)
        one, moves = smooth(filtered, parameters.leave)
        stays = np.array([len(y) - 1 - one[:-1].sum(), one[:-1].sum()])
        leave = np.clip(moves / np.maximum(stays, 1e-9), 1e-9, 1 - 1e-6)
        parameters = _maximised(y, design, one, leave)
        if now - before < TOLERANCE * len(y) ** 0.5:
            break
        before = now
    return parameters


def _maximised(y: Floats, design: Floats, one: Floats, leave: Floats) -> _Parameters:
    """Return the parameters of most likelihood, given the probabilities (n,) of state 1."""
    columns = np.column_stack([design, one])
    square = columns.T @ columns
    square[-1, -1] = one.sum()
    found = np.linalg.lstsq(square, columns.T @ y, rcond=None)[0]
    rest = y - design @ found[:-1]
    step = float(found[-1])
    variance = float((rest**2 - 2 * rest * one * step + one * step**2).mean())
    lowest = SMALLEST_SIGMA * float(np.diff(y).std())
    coefficients = np.asarray(found[:-1], dtype=np.float64)
    if step < 0:  # state 1 is the upper one
        coefficients[0] += step
        step, leave = -step, leave[::-1].copy()
    return _Parameters(
        np.asarray(coefficients, dtype=np.float64),
        step,
        max(sqrt(max(variance, 0.0)), lowest, 1e-300),
        leave,
    )


def _errors(found: _Parameters, y: Floats, design: Floats, visits: int) -> Floats:
    """Return the standard errors of coefficients, step, ln σ and ln p, from the curvature."""
    start, size = found.vector(), len(found.vector())
    part = found.sigma / sqrt(len(y))
    spans = np.sqrt((design**2).mean(axis=0))
    steps = np.r_[part / spans, part, 1 / sqrt(len(y)), 2 / sqrt(visits), 2 / sqrt(visits)] / 2

    def at(*moves: tuple[int, float]) -> float:
        vector = start.copy()
        for place, by in moves:
            vector[place] += by * steps[place]
        return _Parameters.of(vector).likelihood(y, design)

    middle, curvature = at(), np.empty((size, size))
    for i in range(size):
        curvature[i, i] = (2 * middle - at((i, 1)) - at((i, -1))) / steps[i] ** 2
        for j in range(i):
            mixed = at((i, 1), (j, 1)) + at((i, -1), (j, -1)) - at((i, 1), (j, -1))
            mixed -= at((i, -1), (j, 1))
            curvature[i, j] = curvature[j, i] = -mixed / (4 * steps[i] * steps[j])
    try:
        variances = np.diag(np.linalg.inv(curvature))
    except np.linalg.LinAlgError:
        return np.full(size, np.inf)
    return np.where(variances > 0, np.sqrt(np.maximum(variances, 0)), np.inf)
