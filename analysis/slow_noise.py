"""What 1/f noise slower than a run hides from it: an allowance for levels without creep.

Where no wall creeps, only read noise is left, and its slow part shifts all visits of a run alike:
their scatter cannot tell it. 1/f noise has the same variance b in every octave. Two block sizes m
give it from the Allan variance, A(m) = W/m + 2b; the allowance is `SLOW_OCTAVES` b, that is two
decades slower than the visits. It is added to the interval of a level whose σ is at most
`QUIET_SHARE` of the usual one; beside a creeping wall it does not matter. Source: Allan, Proc.
IEEE 54, 221 (1966).
"""

from dataclasses import replace
from math import hypot, sqrt

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.estimate import Estimate
from analysis.visits import Distribution

SLOW_OCTAVES = 7
QUIET_SHARE = 0.15
SHORT, LONG = 3, 12

Floats = npt.NDArray[np.float64]


def is_quiet(sigma_ohm: float, others_ohm: list[float]) -> bool:
    """Return whether a level is so narrow beside the others that it has no creeping wall."""
    return bool(others_ohm) and sigma_ohm <= QUIET_SHARE * float(np.median(others_ohm))


def allowed_for(found: Distribution, resistance_ohm: Floats, visits: pd.DataFrame) -> Distribution:
    """Return the distribution with intervals that allow for noise slower than the run."""
    slow_ohm = sqrt(SLOW_OCTAVES * _octave_variance(resistance_ohm, visits))
    mean, sigma = found.mean_ohm, found.sigma_ohm
    half_width = hypot(mean.high - mean.value, 1.96 * slow_ohm)
    return replace(
        found,
        mean_ohm=Estimate(mean.value, mean.value - half_width, mean.value + half_width),
        sigma_ohm=Estimate(sigma.value, sigma.low, hypot(sigma.high, slow_ohm)),
    )


def _octave_variance(resistance_ohm: Floats, visits: pd.DataFrame) -> float:
    stretches = [
        resistance_ohm[first : first + readings]
        for first, readings in zip(visits["first"], visits["readings"], strict=True)
        if readings >= 2 * LONG
    ][:1000]
    if not stretches:
        return 0.0
    short, long = (_allan_variance(stretches, size) for size in (SHORT, LONG))
    return max(0.0, (LONG * long - SHORT * short) / (LONG - SHORT)) / 2


def _allan_variance(stretches: list[Floats], size: int) -> float:
    """Return half the mean square difference of neighbouring blocks of `size` readings."""
    squares = [
        np.diff(part[: len(part) // size * size].reshape(-1, size).mean(axis=1)) ** 2
        for part in stretches
    ]
    return float(np.concatenate(squares).mean()) / 2
