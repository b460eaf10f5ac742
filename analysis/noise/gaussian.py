"""Fits of a series by regressors with white noise, or with white and 1/f noise.

y = X β + e. For a given ratio of 1/f to white noise the innovations make all readings independent,
so that β and the variance are those of ordinary least squares; the ratio maximises the likelihood
that remains. The likelihood is that of the readings, exact and the same for both kinds of noise.
"""

from dataclasses import dataclass
from math import exp, inf, log, pi, sqrt

import numpy as np
from scipy.optimize import minimize_scalar

from ...arrays import Floats
from ..estimate import Estimate
from ..intervals import Z, std_ci
from .innovations import RATIO, correlation_times, innovations

SHARES = (-12.0, 9.0)  # of 1/f noise in the noise of a reading, as ln(share/(1 − share))
STEP = 0.3


@dataclass(frozen=True, slots=True)
class GaussianFit:
    """A fit to y (n,); `coefficients` (q,) have the covariance (q, q).

    `white_std` is the standard deviation of a reading's white noise, `flicker` the density of the
    1/f noise times the frequency, both in the unit of y (squared). `residual` (n,) is white and of
    variance 1 if the fit is right.
    """

    coefficients: Floats
    covariance: Floats
    white_std: Estimate
    flicker: Estimate
    log_likelihood: float
    residual: Floats

    def coefficient(self, at: int) -> Estimate:
        """Return a coefficient with its 95 % interval."""
        value, error = float(self.coefficients[at]), sqrt(float(self.covariance[at, at]))
        return Estimate(value, value - Z * error, value + Z * error)


def fit_white(y: Floats, design: Floats) -> GaussianFit:
    """Fit y (n,) by the columns of `design` (n, q) with white noise alone."""
    found = _Profile(y, design, np.arange(len(y), dtype=float), np.ones(1)).at(0.0, 1.0)
    free = len(y) - design.shape[1]
    white = std_ci(sqrt(found.variance * len(y) / free), free)
    return found.fit(white, Estimate(0.0, 0.0, 0.0))


def fit_flicker(y: Floats, design: Floats, time_s: Floats) -> GaussianFit:
    """Fit y (n,) by the columns of `design` (n, q) with white and 1/f noise."""
    profile = _Profile(y, design, time_s, correlation_times(time_s))

    def cost(logit: float) -> float:
        share = 1 / (1 + exp(-logit))
        return -profile.at(share, 1 - share).log_likelihood

    best = float(minimize_scalar(cost, bounds=SHARES, method="bounded", options={"xatol": 0.01}).x)
    share = 1 / (1 + exp(-best))
    found = profile.at(share, 1 - share)
    curvature = (cost(best + STEP) + cost(best - STEP) - 2 * cost(best)) / STEP**2
    error = 1 / sqrt(curvature) if curvature > 0 else inf
    return found.fit(
        _scaled(sqrt(found.variance * (1 - share)), 0.5 * share * error, len(y)),
        _scaled(found.variance * share / log(RATIO), (1 - share) * error, len(y) / 2),
    )


def _scaled(value: float, log_error: float, readings: float) -> Estimate:
    """Return a scale with the error of its logarithm, that of the overall variance included."""
    factor = exp(min(50.0, Z * sqrt(log_error**2 + 1 / (2 * readings))))
    return Estimate(value, value / factor, value * factor)


@dataclass(frozen=True, slots=True)
class _Whitened:
    coefficients: Floats
    covariance: Floats
    variance: float
    log_likelihood: float
    residual: Floats

    def fit(self, white: Estimate, flicker: Estimate) -> GaussianFit:
        return GaussianFit(
            self.coefficients,
            self.covariance,
            white,
            flicker,
            self.log_likelihood,
            self.residual,
        )


@dataclass(frozen=True, slots=True)
class _Profile:
    """The likelihood over the ratio of the noises, the rest at its maximum."""

    y: Floats
    design: Floats
    time_s: Floats
    times_s: Floats

    def at(self, flicker: float, white: float) -> _Whitened:
        columns = np.column_stack([self.y, self.design])
        found, variance = innovations(columns, self.time_s, self.times_s, flicker, white)
        whitened = found / np.sqrt(variance)[:, None]
        y, design = whitened[:, 0], whitened[:, 1:]
        inverse = np.linalg.pinv(design.T @ design)
        coefficients = inverse @ (design.T @ y)
        residual = y - design @ coefficients
        count = len(y)
        scale = max(float(residual @ residual) / count, 1e-300)
        likelihood = -count / 2 * (log(2 * pi * scale) + 1) - float(np.log(variance).sum()) / 2
        free = max(1, count - design.shape[1])
        return _Whitened(
            coefficients,
            inverse * scale * count / free,
            scale,
            likelihood,
            np.asarray(residual / sqrt(scale)),
        )
