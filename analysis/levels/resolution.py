"""The step of the meter, below which readings show no scatter.

The step is the largest power of ten, in the third significant digit of the largest reading or
below, of which all readings are multiples. Readings rounded to a step q scatter by q/√12 more than
the device, and by that at least; no meter resolves less than `FINEST` of the reading.
"""

import numpy as np

from ...arrays import Floats
from ..estimate import Estimate
from ..intervals import rounding_error

FINEST = 1e-6
DIGITS = 3
FEW = 100


def rounding_ohm(resistance_ohm: Floats) -> float:
    """Return the standard deviation that the meter's step adds to readings (ohm)."""
    largest = float(resistance_ohm.max())
    power = int(np.floor(np.log10(largest))) + 1 - DIGITS
    while 10.0**power > FINEST * largest:
        for part in (resistance_ohm[:FEW], resistance_ohm):
            steps = part * 10.0**-power
            if np.abs(steps - np.round(steps)).max() > 1e-6:
                break
        else:
            return float(10.0**power / np.sqrt(12))
        power -= 1
    return FINEST * largest


def mean_with_rounding(mean: Estimate, sigma: Estimate, rounding: float) -> Estimate:
    """Return a mean of readings whose interval allows for the meter's step.

    Readings rounded to a step have a mean that may be off (see `intervals.rounding_error`).
    """
    error = rounding_error(sigma.value**2, float(rounding * np.sqrt(12)))
    return Estimate(mean.value, mean.low - error, mean.high + error)


def with_rounding(sigma: Estimate, rounding: float) -> Estimate:
    """Return a standard deviation that is at least the rounding; below it, the lower end is 0."""
    if sigma.value >= rounding:
        return sigma
    return Estimate(rounding, 0.0, max(sigma.high, 2 * rounding))
