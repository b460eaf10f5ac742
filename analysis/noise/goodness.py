"""Goodness of fit of a model of a series: three tests, each on what the model says is random.

- The whitened residuals are normal: Kolmogorov-Smirnov with fitted mean and variance (Lilliefors).
- They are independent: Ljung-Box over `LAGS` lags, less the parameters of the correlation.
- Dwell times are exponential: Kolmogorov-Smirnov against the geometric distribution of as many
  whole readings, whose significance comes from `REPLICATES` series drawn from the fit and decoded
  in the same way, so that dwells missed or split by the noise count for nothing.

Sources: Dallal & Wilkinson, Am. Stat. 40, 294 (1986); Ljung & Box, Biometrika 65, 297 (1978).
"""

from dataclasses import dataclass
from math import exp, sqrt

import numpy as np
from scipy.special import chdtrc, ndtr

from ...arrays import Floats, Ints
from .forward_backward import best_path, dwells

LAGS = 20
SIGNIFICANCE = 0.01  # of all tests of a fit together
REPLICATES = 199
FEWEST_DWELLS = 5


@dataclass(frozen=True, slots=True)
class Goodness:
    """p-values of the tests; that of the dwell times is None without telegraph noise.

    That of normality is accurate below 0.1, its largest value.
    """

    normal: float
    independent: float
    exponential: float | None = None

    @property
    def smallest(self) -> float:
        """The smallest p-value."""
        return min(value for _, value in self.tests)

    @property
    def least(self) -> float:
        """The p-value below which one of the tests rejects the fit."""
        return SIGNIFICANCE / len(self.tests)

    @property
    def fits(self) -> bool:
        """False if a test rejects the fit (Bonferroni over the tests)."""
        return self.smallest >= self.least

    @property
    def tests(self) -> tuple[tuple[str, float], ...]:
        """Each test by what it claims, with its p-value."""
        dwell = () if self.exponential is None else (("exponential dwells", self.exponential),)
        return (
            ("normal residuals", self.normal),
            ("independent residuals", self.independent),
            *dwell,
        )

    def __str__(self) -> str:
        return ", ".join(
            f"{name} p {'>' if name.startswith('normal') and p >= 0.1 else '='} {p:.2g}"
            for name, p in self.tests
        )


def goodness(residual: Floats, correlations: int, exponential: float | None = None) -> Goodness:
    """Test whitened residuals (n,) of a fit with so many parameters of correlation."""
    return Goodness(normality(residual), independence(residual, correlations), exponential)


def normality(residual: Floats) -> float:
    """Return the p-value of normal values of unknown mean and variance; 0.1 if it is larger."""
    count = len(residual)
    ordered = np.sort((residual - residual.mean()) / max(float(residual.std(ddof=1)), 1e-300))
    expected, steps = ndtr(ordered), np.arange(count + 1) / count
    distance = max(float((steps[1:] - expected).max()), float((expected - steps[:-1]).max()))
    if count > 100:  # the formula holds up to 100 values, and scales beyond
        distance, count = distance * (count / 100) ** 0.49, 100
    root = sqrt(count + 2.78019)
    exponent = -7.01256 * distance**2 * root**2 + 2.99587 * distance * root - 0.122119
    return min(0.1, exp(exponent + 0.974598 / sqrt(count) + 1.67997 / count))


def independence(residual: Floats, correlations: int) -> float:
    """Return the p-value of independent values, after a fit of so many correlations."""
    count = len(residual)
    lags = min(LAGS, count // 5)
    centred = residual - residual.mean()
    power = max(float(centred @ centred), 1e-300)
    found = np.array([float(centred[k:] @ centred[:-k]) / power for k in range(1, lags + 1)])
    statistic = count * (count + 2) * float((found**2 / (count - np.arange(1, lags + 1))).sum())
    return float(chdtrc(lags - correlations, statistic))


def exponentiality(
    path: Ints, mean: Floats, step: float, sigma: float, leave: Floats, seed: int = 0
) -> float:
    """Return the p-value of exponential dwell times of the decoded states (n,).

    `mean` (n,) is the lower level; `leave` (2,) are the probabilities to leave either state.
    """
    rng = np.random.default_rng(seed)
    measured, beyond = _distance(path), 1
    for _ in range(REPLICATES):
        state = simulate_states(leave, len(path), rng)
        y = mean + step * state + sigma * rng.normal(size=len(path))
        beyond += _distance(best_path(y, mean, step, sigma, leave)) >= measured
    return beyond / (REPLICATES + 1)


def simulate_states(leave: Floats, count: int, rng: np.random.Generator) -> Ints:
    """Draw states (n,), 0 or 1, that are left with the probabilities `leave` (2,)."""
    first = int(rng.uniform() < leave[0] / leave.sum())
    shorter = int(count * 2 / (1 / leave).sum() + 10 * sqrt(count) + 10)
    lengths = np.empty(2 * shorter, dtype=np.int64)
    lengths[0::2], lengths[1::2] = (
        rng.geometric(leave[first], shorter),
        rng.geometric(leave[1 - first], shorter),
    )
    whole = np.searchsorted(np.cumsum(lengths), count) + 1
    states = np.repeat((first + np.arange(whole)) % 2, lengths[:whole])
    return np.resize(states, count).astype(np.intp)


def _distance(path: Ints) -> float:
    """Return the larger of √n D of the two states, D to a geometric distribution."""
    return max(_ks(lengths) for lengths in dwells(path))


def _ks(lengths: Floats) -> float:
    if len(lengths) < FEWEST_DWELLS:
        return 0.0
    values, counts = np.unique(lengths, return_counts=True)
    left = 1 - 1 / max(float(lengths.mean()), 1 + 1e-9)
    measured = np.cumsum(counts) / len(lengths)
    expected, before = 1 - left**values, 1 - left ** (values - 1)
    gaps = np.r_[np.abs(measured - expected), np.abs(np.r_[0, measured[:-1]] - before)]
    return sqrt(len(lengths)) * float(gaps.max())
