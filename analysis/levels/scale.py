"""The coordinate in which levels are grouped: R, or ln R for states that lie decades apart.

Readings of a tunnel junction scatter by a few ohm whatever the state, and no ratio of two of its
states is above `LOG_SPAN`; memories with states further apart scatter in proportion to R. Hence the
criterion: sound readings that span a factor of more than `LOG_SPAN` are grouped in ln R, where each
level is log-normal, all others in R. A ladder of `EVEN_LEVELS` or more that lie evenly in R, and
are twice as many as ln R shows, is the exception.
"""

from typing import Literal

import numpy as np

from ...arrays import Floats
from ..estimate import Estimate
from .visits import Distribution

Scale = Literal["linear", "log"]

LOG_SPAN = 5.0
EVEN_LEVELS = 10
LARGEST_LOG = 70.0  # ln of 3e30 ohm, an overflow
LEAST_OHM = 1e-12  # a reading of zero or less is an outlier on this scale, too


def scale_of(resistance_ohm: Floats) -> Scale:
    """Return the scale on which readings (ohm, above 0) are grouped, even ladders apart."""
    return "log" if resistance_ohm.max() > LOG_SPAN * resistance_ohm.min() else "linear"


def is_even_ladder(in_ohm: int, in_log: int) -> bool:
    """Return True if so many levels in R, against those in ln R, are an even ladder."""
    return in_ohm >= max(EVEN_LEVELS, 2 * in_log)


def coordinate(resistance_ohm: Floats, scale: Scale) -> Floats:
    """Return resistances (ohm) in the coordinate of a scale."""
    if scale == "linear":
        return resistance_ohm
    return np.asarray(np.log(np.maximum(resistance_ohm, LEAST_OHM)))


def in_ohm(found: Distribution, scale: Scale) -> tuple[Estimate, Estimate]:
    """Return mean and standard deviation (ohm) of a distribution over a coordinate.

    On the log scale these are the median of the log-normal and, to first order, σ(ln R) times it.
    """
    mean, sigma = found.mean_ohm, found.sigma_ohm
    if scale == "linear":
        return mean, sigma
    value, low, high = (_exp(x) for x in _ends(mean))
    return Estimate(value, low, high), Estimate(*(x * value for x in _ends(sigma)))


def _exp(log: float) -> float:
    """Return e^`log`, infinite beyond all resistances: there an interval has no end."""
    return float(np.exp(log)) if log < LARGEST_LOG else float("inf")


def _ends(estimate: Estimate) -> tuple[float, float, float]:
    return estimate.value, estimate.low, estimate.high
