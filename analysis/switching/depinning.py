"""Switching probability against amplitude and width, fitted with thermally activated depinning.

    P = 1 − exp[−f0 t exp(−E (1 − V/V_c)^n)]   below V_c, rate f0 above,

with attempt rate f0, pulse width t, barrier E in units of k_B T, critical amplitude V_c at T = 0
and n = 3/2 (a smooth barrier near its maximum; 1 for a linear one). A visit may carry a strength of
its own, V_c (1 + s·N(0, 1)): all its pulses share it, so the likelihood of a visit, survived pulses
and the last, is averaged over it (Gauss-Hermite). Maximum likelihood, of at most `MAX_VISITS`
visits spread over the run, climbed along its derivatives (see `depinning_likelihood`). The
covariance is the inverse of the curvature; undetermined parameters have an unbounded interval. With
a strength of each visit, thermal scatter and strengths can stand in for one another and the
likelihood is no parabola: intervals come from its profile (see `profile_likelihood`).
Effective values: an offset of the push (taper, stray field) is part of V_c and E. A pulse with
edges counts with its full width at half maximum, which for thermal escape near threshold
overestimates the time by up to the edges.
Sources: Brown, Phys. Rev. 130, 1677 (1963); Garg, Phys. Rev. B 51, 15592 (1995).
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ...arrays import Floats
from ..errors import AnalysisError
from ..estimate import Estimate
from ..intervals import TAIL, t_quantile
from .depinning_likelihood import (
    count_pulses,
    hazard_and_slope,
    log_likelihood,
    log_weights,
)
from .profile_likelihood import profile_ends
from .trials import Trials

ATTEMPT_RATE_Hz = 1e9
DRAWS = 2000
MAX_VISITS = 1000
MIN_SWITCHES = 5
MIN_VISITS = 30  # whose strengths are told from the thermal scatter


@dataclass(frozen=True, slots=True)
class Depinning:
    """Fitted thermally activated depinning.

    `barrier_kT` is in units of k_B T, `spread` the relative standard deviation of V_c from visit
    to visit; `attempt_rate_fitted` is False where f0 was given.
    """

    critical_V: Estimate
    barrier_kT: Estimate
    spread: Estimate
    attempt_rate_Hz: Estimate
    exponent: float
    attempt_rate_fitted: bool
    switches: int
    trials: int
    log_likelihood: float
    parameters: Floats
    covariance: Floats

    @property
    def determined(self) -> bool:
        """True if the data determine every fitted parameter."""
        return bool(np.isfinite(self.covariance).all())

    def expected(self, amplitude_V: Floats, width_s: float) -> Floats:
        """Return P at amplitudes (n,), for a visit drawn at random."""
        return _averaged(self.parameters, amplitude_V, width_s, self)

    def probability(self, amplitude_V: Floats, width_s: float) -> tuple[Floats, Floats, Floats]:
        """Return `expected` and the ends of its 95 % band at amplitudes (n,).

        The band is [0, 1] where the parameters are not determined.
        """
        mean = self.expected(amplitude_V, width_s)
        if not self.determined:
            return mean, np.zeros_like(mean), np.ones_like(mean)
        rng = np.random.default_rng(0)
        drawn = rng.multivariate_normal(self.parameters, self.covariance, size=DRAWS)
        curves = np.array([_averaged(row, amplitude_V, width_s, self) for row in drawn])
        low, high = np.quantile(curves, [TAIL, 1 - TAIL], axis=0)
        return mean, np.minimum(low, mean), np.maximum(high, mean)


def fit_depinning(
    trials: Trials,
    *,
    spread: bool = False,
    attempt_rate_Hz: float | None = ATTEMPT_RATE_Hz,
    exponent: float = 1.5,
) -> Depinning:
    """Return the maximum-likelihood depinning law of the trials.

    `spread` fits a strength of every visit beside the thermal scatter; `attempt_rate_Hz` None fits
    f0, which takes several pulse widths. Raises AnalysisError with fewer than five switches, if no
    pulse failed, or with fewer than 30 visits of a strength each.
    """
    from scipy.optimize import minimize

    switches = int(trials.switched.sum())
    if switches < MIN_SWITCHES or trials.switched.all():
        raise AnalysisError(
            f"{switches} of {len(trials.switched)} pulses moved the wall: a switching probability "
            f"needs at least {MIN_SWITCHES} that did and some that did not."
        )
    visits = len(np.unique(trials.visit))
    if spread and visits < MIN_VISITS:
        raise AnalysisError(
            f"{visits} visits are too few to tell a strength of each from the thermal scatter; "
            f"measure {MIN_VISITS} or more, or fit one strength."
        )
    if attempt_rate_Hz is None and len(np.unique(trials.width_s)) < 2:
        raise AnalysisError(
            "All pulses have one width, which does not determine the attempt rate; give it, or "
            "measure with several widths."
        )
    kept = _near_threshold(trials if spread else _of_one_visit(trials))
    counts = count_pulses(kept)
    fixed = np.log(attempt_rate_Hz) if attempt_rate_Hz else None

    free = np.array([True, True, spread, fixed is None])

    def cost(p: Floats) -> tuple[float, Floats]:
        value, slope = log_likelihood(_full(p, spread, fixed), counts, exponent)
        return -value, -slope[free]

    usual = float(np.median(kept.amplitude_V[kept.switched]))
    tail = [np.log(0.01)] * spread + [np.log(ATTEMPT_RATE_Hz)] * (fixed is None)
    starts = [[np.log(1.15 * usual), np.log(barrier), *tail] for barrier in (30.0, 200.0)]
    found = min(
        (
            minimize(cost, np.array(start, dtype=np.float64), jac=True, method="BFGS")
            for start in starts
        ),
        key=lambda result: float(result.fun),
    )
    best = np.asarray(found.x, dtype=np.float64)
    inner = _inverse_curvature(cost, best)
    covariance = np.zeros((4, 4))
    covariance[np.ix_(free, free)] = inner
    full = _full(best, spread, fixed)
    t = t_quantile(switches - int(free.sum()))
    estimates = [_exponential(full[i], covariance[i, i], t) for i in range(4)]
    if spread or fixed is None:
        for number, parameter in enumerate(np.flatnonzero(free).tolist()):
            low, high = np.exp(profile_ends(cost, best, number, t**2 / 2))
            estimates[parameter] = Estimate(estimates[parameter].value, float(low), float(high))
    none = Estimate(0.0, 0.0, 0.0)
    return Depinning(
        critical_V=estimates[0],
        barrier_kT=estimates[1],
        spread=estimates[2] if spread else none,
        attempt_rate_Hz=estimates[3],
        exponent=exponent,
        attempt_rate_fitted=fixed is None,
        switches=switches,
        trials=len(trials.switched),
        log_likelihood=-float(found.fun),
        parameters=full,
        covariance=covariance,
    )


def _full(p: Floats, spread: bool, fixed: float | None) -> Floats:
    """Return (ln V_c, ln E, ln s, ln f0); no spread is ln s = −40."""
    tail = p[2:].tolist()
    log_spread = tail.pop(0) if spread else -40.0
    return np.array([p[0], p[1], log_spread, tail.pop(0) if fixed is None else fixed])


def _averaged(p: Floats, amplitude_V: Floats, width_s: float, law: Depinning) -> Floats:
    escape = -np.expm1(-hazard_and_slope(p, amplitude_V, width_s, law.exponent)[0])
    return np.asarray((np.exp(log_weights(p))[:, None] * escape).sum(axis=0))


def _of_one_visit(trials: Trials) -> Trials:
    """Take all pulses together, which without a strength of each visit are equal draws."""
    return Trials(trials.amplitude_V, trials.width_s, trials.switched, np.zeros_like(trials.visit))


def _near_threshold(trials: Trials) -> Trials:
    """Leave out pulses far too weak to matter, and visits beyond `MAX_VISITS`."""
    weakest = 0.5 * float(trials.amplitude_V[trials.switched].min())
    kept = trials.amplitude_V >= weakest
    visits = np.unique(trials.visit[kept])
    if len(visits) > MAX_VISITS:
        chosen = visits[np.linspace(0, len(visits) - 1, MAX_VISITS).astype(int)]
        kept &= np.isin(trials.visit, chosen)
    return Trials(
        trials.amplitude_V[kept], trials.width_s[kept], trials.switched[kept], trials.visit[kept]
    )


def _inverse_curvature(cost: Callable[[Floats], tuple[float, Floats]], at: Floats) -> Floats:
    step, count = 1e-3, len(at)
    curvature = np.array(
        [(cost(at + move)[1] - cost(at - move)[1]) / (2 * step) for move in np.eye(count) * step]
    )
    curvature = (curvature + curvature.T) / 2
    values = np.linalg.eigvalsh(curvature) if np.isfinite(curvature).all() else np.array([-1.0])
    if values.min() <= 1e-3:
        return np.full((count, count), np.inf)
    return np.asarray(np.linalg.inv(curvature))


def _exponential(log_value: float, variance: float, t: float) -> Estimate:
    if not np.isfinite(variance):
        return Estimate(float(np.exp(log_value)), 0.0, np.inf)
    half = t * np.sqrt(variance)
    value, low, high = np.exp([log_value, log_value - half, log_value + half])
    return Estimate(float(value), float(low), float(high))
