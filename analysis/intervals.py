"""95 % confidence intervals in closed form: means, standard deviations, proportions, rates, ratios.

Mean of n normal values: Student's t. Standard deviation: χ². Share of k in n: Clopper and Pearson.
Events at a constant rate: Garwood. Both are exact: they hold in at least 95 % of all cases, and so
also among the cases in which few events were seen, where Wilson's and Jeffreys' intervals do not.
Ratio a/b of two normal estimators: Fieller. Sources: Clopper & Pearson, Biometrika 26, 404 (1934);
Garwood, Biometrika 28, 437 (1936); Fieller, J. R. Stat. Soc. B 16, 175 (1954).
"""

from math import exp, inf, isnan, pi, sqrt

import numpy as np
from scipy.special import betaincinv, chdtri, gammaincinv, ndtri, stdtrit

from ..arrays import Counts, Floats
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
    low, high = proportion_ends(np.array(hits), np.array(trials))
    return Estimate(hits / trials if trials else float("nan"), float(low), float(high))


def proportion_ends(hits: Floats | Counts, trials: Floats | Counts) -> tuple[Floats, Floats]:
    """Return the ends of the intervals of probabilities; the shape is that of both together."""
    missed = trials - hits
    low = betaincinv(np.maximum(hits, 1), missed + 1, TAIL)
    high = betaincinv(hits + 1, np.maximum(missed, 1), 1 - TAIL)
    return np.where(hits == 0, 0.0, low), np.where(missed == 0, 1.0, high)


def rate_ci(events: int, exposure: float) -> Estimate:
    """Return events per unit of exposure; [0, inf) without exposure, value then NaN."""
    if exposure <= 0:
        return Estimate(float("nan"), 0.0, inf)
    low = float(gammaincinv(events, TAIL)) if events else 0.0
    return Estimate(
        events / exposure, low / exposure, float(gammaincinv(events + 1, 1 - TAIL)) / exposure
    )


def stepped_mean_ci(values: Floats, step: float) -> Estimate:
    """Return the mean of independent normal values that are known to one `step` (≥ 0) only.

    Student's interval, of no less scatter than a step's, and beside it what rounding may shift the
    mean by. Unbounded for a single value.
    """
    mean, count = float(values.mean()), len(values)
    if count < 2:
        return symmetric_interval(mean, inf)
    square, t = float(values.var(ddof=1)), t_quantile(count - 1)
    error = rounding_error(max(0.0, square - step**2 / 12), step)
    least = t * step / sqrt(12 * count)
    return symmetric_interval(mean, max(t * sqrt(square / count) + error, least))


def rounding_error(square: float, step: float) -> float:
    """Return how far the mean of normal values of variance `square`, rounded to steps, may be off.

    It is at most (s/π) exp(−2π²σ²/s²), and half a step where all values are rounded to one. Source:
    Kendall & Stuart, The Advanced Theory of Statistics 1, §3.18.
    """
    if step <= 0:
        return 0.0
    return step * (exp(-2 * pi**2 * square / step**2) / pi if square > 0 else 0.5)


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
