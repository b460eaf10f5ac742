"""95 % confidence intervals in closed form: means, standard deviations, proportions, rates, ratios.

Mean of n normal values: Student's t. Standard deviation: χ². Share of k in n: Wilson. Events at a
constant rate: Garwood (exact Poisson). Ratio a/b of two normal estimators: Fieller. Sources:
Brown, Cai & DasGupta, Stat. Sci. 16, 101 (2001); Garwood, Biometrika 28, 437 (1936); Fieller,
J. R. Stat. Soc. B 16, 175 (1954). Only Wilson's is approximate for the data it is meant for.
"""

from math import inf, isnan, sqrt

import numpy as np
from scipy.special import chdtri, gammaincinv, ndtri, stdtrit

from ..arrays import Floats
from .estimate import Estimate

TAIL = 0.025
Z = float(ndtri(1 - TAIL))


def t_quantile(degrees: float) -> float:
    """Return the 97.5 % point of Student's t; infinite without a degree of freedom."""
    return float(stdtrit(degrees, 1 - TAIL)) if degrees > 0 else inf


def symmetric_interval(value: float, half_width: float) -> Estimate:
    """Return a value with a symmetric interval, unbounded where the value is not determined."""
    if isnan(value):
        return Estimate(value, -inf, inf)
    return Estimate(value, value - half_width, value + half_width)


def mean_ci(values: Floats) -> Estimate:
    """Return the mean of independent normal values; unbounded interval for a single one."""
    count = len(values)
    error = float(values.std(ddof=1)) / sqrt(count) if count > 1 else 1.0
    return symmetric_interval(float(values.mean()), t_quantile(count - 1) * error)


def std_ci(value: float, degrees: float) -> Estimate:
    """Return a standard deviation whose square has `degrees` χ² degrees of freedom."""
    if degrees <= 0:
        return Estimate(value, 0.0, inf)
    low, high = (value * sqrt(degrees / float(chdtri(degrees, p))) for p in (TAIL, 1 - TAIL))
    return Estimate(value, low, high)


def proportion_ci(hits: float, trials: float) -> Estimate:
    """Return a probability from `hits` in `trials`; [0, 1] without trials, value then NaN."""
    if trials == 0:
        return Estimate(float("nan"), 0.0, 1.0)
    value, z2 = hits / trials, Z * Z / trials
    centre = (value + z2 / 2) / (1 + z2)
    half = Z / (1 + z2) * sqrt(value * (1 - value) / trials + z2 / (4 * trials))
    low = 0.0 if hits == 0 else centre - half
    return Estimate(value, low, 1.0 if hits == trials else centre + half)


def rate_ci(events: int, exposure: float) -> Estimate:
    """Return events per unit of exposure; [0, inf) without exposure, value then NaN."""
    if exposure <= 0:
        return Estimate(float("nan"), 0.0, inf)
    low = float(gammaincinv(events, TAIL)) if events else 0.0
    return Estimate(
        events / exposure, low / exposure, float(gammaincinv(events + 1, 1 - TAIL)) / exposure
    )


def ratio_ci(numerator: float, denominator: float, covariance: Floats, degrees: float) -> Estimate:
    """Return numerator/denominator of two normal estimators with their (2, 2) covariance.

    Unbounded where the denominator is not significantly different from zero.
    """
    t2 = t_quantile(degrees) ** 2
    if not np.isfinite(covariance).all() or t2 == inf:
        return Estimate(numerator / denominator, -inf, inf)
    a = denominator**2 - t2 * covariance[1, 1]
    b = numerator * denominator - t2 * covariance[0, 1]
    c = numerator**2 - t2 * covariance[0, 0]
    if a <= 0:
        return Estimate(numerator / denominator, -inf, inf)
    root = sqrt(max(0.0, b * b - a * c))
    return Estimate(numerator / denominator, (b - root) / a, (b + root) / a)
