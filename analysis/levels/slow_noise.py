"""Allowance for 1/f noise slower than a run, for levels without creep.

Where no wall creeps, only read noise is left, and its slow part shifts all visits of a run alike:
their scatter does not contain it. 1/f noise has the same variance b in every octave. The means of n
visits, less what the noise within them leaves, scatter by the log₂ n + 1 octaves between a visit
and the run; the allowance is `SLOW_OCTAVES` b, that of a decade slower than the run. It is added to
the interval of the narrowest level if its σ is at most `QUIET_SHARE` of the usual one; beside a
creeping wall it does not matter. Source: Keshner, Proc. IEEE 70, 212 (1982).
"""

from dataclasses import replace
from math import hypot, log2, sqrt

import numpy as np
import pandas as pd

from ..estimate import Estimate
from ..intervals import Z
from .visits import Distribution

SLOW_OCTAVES = log2(10)
QUIET_SHARE = 0.5


def is_quiet(sigma_ohm: float, others_ohm: list[float]) -> bool:
    """Return True for a level so much narrower than the others that it has no creeping wall."""
    if not others_ohm:
        return False
    return sigma_ohm <= min(min(others_ohm), QUIET_SHARE * float(np.median(others_ohm)))


def with_slow_noise(found: Distribution, visits: pd.DataFrame) -> Distribution:
    """Return the distribution with intervals that allow for noise slower than the run."""
    slow_ohm = sqrt(SLOW_OCTAVES * _octave_variance(visits))
    mean, sigma = found.mean_ohm, found.sigma_ohm
    half_width = hypot(mean.high - mean.value, Z * slow_ohm)
    return replace(
        found,
        mean_ohm=Estimate(mean.value, mean.value - half_width, mean.value + half_width),
        sigma_ohm=Estimate(sigma.value, sigma.low, hypot(sigma.high, slow_ohm)),
    )


def _octave_variance(visits: pd.DataFrame) -> float:
    means, readings = (visits[name].to_numpy(dtype=float) for name in ("mean_ohm", "readings"))
    within = visits["variance_ohm2"].to_numpy(dtype=float) * readings
    pooled = float(within.sum()) / max(1.0, float((readings - 1).sum()))
    between = float(means.var(ddof=1)) - pooled * float((1 / readings).mean())
    return max(0.0, between) / (log2(len(visits)) + 1)
