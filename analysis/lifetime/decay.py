"""The escape rate of a level from its waits, and what it means for ten years.

Escapes at a constant rate Γ: a wait held at a and left at b has the probability
exp(−Γ a) − exp(−Γ b), one never left exp(−Γ a). Γ is that of maximum likelihood, its interval that
of the likelihood ratio; without an escape its upper end is exact, −ln 0.025/Σ a. A Weibull law,
exp(−(t/τ)^k), tests the constancy: k differs from 1 where the likelihood ratio says so. The drift
is the exponent ν of R ∝ t^ν (G ∝ t^−ν) in the readings of held states, common to all waits; a term
in (ln t)² tests the power law. A law that a test rejects is not extrapolated, and a level that R
creeps out of without a jump has no lifetime.
Sources: Lawless, Statistical Models and Methods for Lifetime Data (2003), ch. 3 and 4.
"""

from dataclasses import dataclass
from math import exp, inf, log, sqrt

import numpy as np
from scipy.special import chdtrc, stdtr

from ...arrays import Floats
from ..estimate import Estimate
from ..intervals import TAIL, symmetric_interval, t_quantile
from .least import interval, least
from .waits import Waits

TEN_YEARS_S = 10 * 365.25 * 86_400.0
FEW_ESCAPES = 5  # below, the constancy of the rate is not tested
SIGNIFICANCE = 0.01
MIN_DRIFT_READINGS = 5


@dataclass(frozen=True, slots=True)
class Decay:
    """The rate of escapes of one level.

    `constancy` is the p-value of a constant rate and `shape` Weibull's k, both None for fewer than
    `FEW_ESCAPES` escapes; `drift_exponent` is None for fewer than five readings of held states.
    `drift_fits` is False where the readings do not follow its power law.
    """

    waits: Waits
    rate_Hz: Estimate
    constancy: float | None
    shape: float | None
    drift_exponent: Estimate | None
    drift_fits: bool = True

    @property
    def fits(self) -> bool:
        """False if the escapes do not come at a constant rate, or are none."""
        return not self.waits.crept and (self.constancy is None or self.constancy >= SIGNIFICANCE)

    @property
    def lifetime_s(self) -> Estimate:
        """1/Γ with its two-sided interval; unbounded above where no escape was seen."""
        rate = self.rate_Hz
        value, low, high = (1 / r if r > 0 else inf for r in (rate.value, rate.high, rate.low))
        return Estimate(value, low, high)

    def survival(self, time_s: float) -> Estimate:
        """Return the probability that the state is held for a time in s."""
        return survival_at(self.rate_Hz, time_s)

    @property
    def drifted_in_ten_years(self) -> Estimate | None:
        """R after ten years over R after one second, by the drift alone; None without a law."""
        drift = self.drift_exponent
        if drift is None or not self.drift_fits:
            return None
        value, low, high = (TEN_YEARS_S**nu for nu in (drift.value, drift.low, drift.high))
        return Estimate(value, low, high)


def survival_at(rate_Hz: Estimate, time_s: float) -> Estimate:
    """Return the probability that a state left at a rate is held for a time in s."""
    rates = (rate_Hz.value, rate_Hz.high, rate_Hz.low)
    value, low, high = (exp(-min(rate * time_s, 700.0)) for rate in rates)
    return Estimate(value, low, high)


def measure_decay(waits: Waits, noise_fits: bool = True) -> Decay:
    """Return the escape rate of a level, and its drift.

    `noise_fits` is False where no model with its drift describes the noise of the readings.
    """
    rate = _rate(waits)
    constancy, shape = _constancy(waits) if waits.escapes >= FEW_ESCAPES else (None, None)
    drift, curvature = _drift(waits)
    return Decay(waits, rate, constancy, shape, drift, noise_fits and curvature >= SIGNIFICANCE)


def log_likelihood(log_rate: float | Floats, held_s: Floats, left_s: Floats) -> float:
    """Return the log-likelihood of waits (n,) at one rate exp(`log_rate`) in Hz, or (n,) rates."""
    rate = np.exp(np.clip(log_rate, -700.0, 700.0))
    with np.errstate(divide="ignore"):  # a wait that was never left adds ln 1
        escaped = np.log(-np.expm1(-rate * (left_s - held_s))).sum()
    return float(escaped - (rate * held_s).sum())


def _rate(waits: Waits) -> Estimate:
    held_s, left_s = waits.held_s, waits.left_s
    if waits.escapes == 0:
        total_s = float(held_s.sum())
        return Estimate(0.0, 0.0, -log(TAIL) / total_s if total_s > 0 else inf)
    if held_s.max() == 0:  # all left before they were read again
        return Estimate(inf, _slowest(waits), inf)

    def cost(log_rate: float) -> float:
        return -log_likelihood(log_rate, held_s, left_s)

    typical_s = float(np.where(np.isfinite(left_s), (held_s + left_s) / 2, held_s).sum())
    start = log(waits.escapes / typical_s)
    best = float(least(lambda x: cost(float(x[0])), [start])[0][0])
    low, high = interval(cost, best)
    return Estimate(exp(best), exp(low), exp(min(high, 700.0)))


def _slowest(waits: Waits) -> float:
    """Return the lowest rate at which all waits ending in their first gap is no surprise."""
    shortest_s = float(waits.left_s.min())
    return -log(1 - TAIL ** (1 / len(waits.left_s))) / shortest_s


def _constancy(waits: Waits) -> tuple[float, float]:
    """Return the p-value of a constant rate, and Weibull's shape."""
    held_s, left_s = waits.held_s, waits.left_s
    gone = np.isfinite(left_s)

    def cost(parameters: Floats) -> float:
        log_time, shape = float(np.clip(parameters[0], -300, 300)), exp(min(parameters[1], 9.0))
        with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
            held = np.where(held_s > 0, (held_s / exp(log_time)) ** shape, 0.0)
            left = (left_s[gone] / exp(log_time)) ** shape
            escaped = np.log(-np.expm1(held[gone] - left)) - held[gone]
        total = float(escaped.sum()) - float(held[~gone].sum())
        return -total if np.isfinite(total) else 1e30

    start = log(float(np.median(np.where(gone, left_s, held_s))) + 1e-30)
    best, with_shape = least(cost, [start, 0.0])
    _, constant = least(lambda x: cost(np.array([x[0], 0.0])), [start])
    return float(chdtrc(1, max(0.0, 2 * (constant - with_shape)))), exp(float(best[1]))


def _drift(waits: Waits) -> tuple[Estimate | None, float]:
    """Return ν from all readings of held states, and the p-value of the power law.

    Each wait has a level of its own. Without a ν, or readings that test it, p is 1.
    """
    later = (waits.time_s > 0) & (waits.ratio > 0)
    count = int(later.sum())
    numbers = np.unique(waits.wait[later])
    free = count - len(numbers) - 1
    if count < MIN_DRIFT_READINGS or free < 3:
        return None, 1.0
    x, y = np.log(waits.time_s[later]), np.log(waits.ratio[later])
    x -= x.mean()
    bend = x**2
    for number in numbers:
        mine = waits.wait[later] == number
        for each in (x, y, bend):
            each[mine] -= each[mine].mean()
    square = float(x @ x)
    if square == 0:
        return None, 1.0
    slope = float(x @ y) / square
    residual = y - slope * x
    error = sqrt(float(residual @ residual) / free / square)
    p = _curvature(residual, bend - float(x @ bend) / square * x, free - 1)
    return symmetric_interval(slope, t_quantile(free) * error), p


def _curvature(residual: Floats, bend: Floats, free: int) -> float:
    """Return the p-value of residuals (n,) without a term in `bend` (n,), by Student's t."""
    square, total = float(bend @ bend), float(residual @ residual)
    if square < 1e-12 or total == 0:
        return 1.0
    explained = float(residual @ bend) ** 2 / square
    left = max(total - explained, 1e-12 * total)
    return float(2 * stdtr(free, -sqrt(explained * free / left)))
