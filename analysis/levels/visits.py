"""Visits, stays of the wall in one level, and the distribution of a level over its visits.

Readings of one visit share the wall's seat and creep from one to the next, so only visits are
independent. With the visits' means m_v and their readings' own variances w_v,

    σ² = S²(m_v) + ⟨w_v⟩

is, whatever the correlation within a visit, an unbiased estimate of the variance of a reading
taken in a visit drawn at random: the standard deviation over all cycles. Its interval is χ² with
Satterthwaite's degrees of freedom, 2σ⁴/Var(σ²), Var = 2 S⁴/(n−1) + Var(w_v)/n. The mean's interval
is Student's t over the visits; where neighbouring visits agree more than independent ones would
(1/f noise outlasts a cycle), n is lowered to n (1−ρ)/(1+ρ). Source: Satterthwaite, Biometrics
Bull. 2, 110 (1946).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np
import numpy.typing as npt
import pandas as pd

from ...arrays import Floats, Ints
from ..estimate import Estimate
from ..intervals import std_ci, symmetric_interval, t_quantile
from .grouping.plateaus import group_variance

OUTLIER_SIGMA = 7.0
MIN_FOR_CORRELATION = 8


@dataclass(frozen=True, slots=True)
class Distribution:
    """Mean and standard deviation (ohm) of a level's readings over independent visits."""

    mean_ohm: Estimate
    sigma_ohm: Estimate
    visits: int
    readings: int


def label_readings(
    pulsed: pd.DataFrame, mean_ohm: Sequence[float] | Floats, sigma_ohm: Sequence[float] | Floats
) -> Ints:
    """Return the level of every pulsed point (shape (n,)), given the levels' means and spreads."""
    from .viterbi import change_cost, viterbi  # numba is slow to import

    value = pulsed["resistance_ohm"].to_numpy(dtype=float)
    first = sequence_starts(pulsed)
    mean, sigma = np.asarray(mean_ohm, dtype=float), np.asarray(sigma_ohm, dtype=float)
    return viterbi(value, first, mean, sigma, change_cost(value, first, mean, sigma))


def sequence_starts(pulsed: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """Return True at the first point of each uninterrupted sequence of pulses, shape (n,)."""
    sequence = pulsed["sequence"].to_numpy()
    return np.asarray(np.r_[True, sequence[1:] != sequence[:-1]])


def goes_by_amplitude(pulsed: pd.DataFrame) -> bool:
    """Return True for sequences of equal pulses each, of amplitudes that differ between them.

    What such a sequence visits follows from its amplitude, not from its place in the run.
    """
    if "amplitude_V" not in pulsed:
        return False
    size = pulsed["amplitude_V"].abs().to_numpy(dtype=float).round(6)
    starts = np.flatnonzero(sequence_starts(pulsed))
    largest = np.maximum.reduceat(size, starts)
    equal = largest == np.minimum.reduceat(size, starts)
    return bool(equal.all() and np.ptp(largest) > 0)


def visits_of(pulsed: pd.DataFrame, label: Ints) -> pd.DataFrame:
    """Return a row per visit: level, sequence, cycle, phase, first reading, and number, mean and
    variance of its readings."""
    starts = np.flatnonzero(sequence_starts(pulsed) | np.r_[True, label[1:] != label[:-1]])
    resistance = pulsed["resistance_ohm"].to_numpy(dtype=float)
    readings = np.diff(np.r_[starts, len(resistance)])
    return pd.DataFrame(
        {
            "level": label[starts],
            "sequence": pulsed["sequence"].to_numpy()[starts],
            "cycle": pulsed["cycle"].to_numpy()[starts],
            "phase": pulsed["phase"].iloc[starts].to_numpy(),
            "first": starts,
            "readings": readings,
            "mean_ohm": np.add.reduceat(resistance, starts) / readings,
            "variance_ohm2": group_variance(resistance, starts),
        }
    )


def is_outlier(
    resistance_ohm: Floats, label: Ints, mean_ohm: Floats, sigma_ohm: Floats
) -> npt.NDArray[np.bool_]:
    """Return True for readings more than `OUTLIER_SIGMA` σ from their level, shape (n,)."""
    return np.asarray(np.abs(resistance_ohm - mean_ohm[label]) > OUTLIER_SIGMA * sigma_ohm[label])


def distribution(visits: pd.DataFrame) -> Distribution:
    """Return the distribution of a level from all its visits (rows of `visits_of`, as ordered)."""
    mean_ohm, variance_ohm2 = (
        visits[name].to_numpy(dtype=float) for name in ("mean_ohm", "variance_ohm2")
    )
    count, readings = len(visits), int(visits["readings"].sum())
    centre, creep = float(mean_ohm.mean()), float(variance_ohm2.mean())
    if count < 2:
        open_ended = Estimate(sqrt(creep), 0.0, np.inf)
        return Distribution(symmetric_interval(centre, np.inf), open_ended, count, readings)
    between = float(mean_ohm.var(ddof=1))
    alike = _correlation(mean_ohm)
    independent = max(1.5, count * (1 - alike) / (1 + alike))
    total = between + creep
    error = 2 * between**2 / (independent - 1 if alike else count - 1)
    error += float(variance_ohm2.var(ddof=1)) / count
    degrees = 2 * total**2 / error if error > 0 else 1e9
    half_width = t_quantile(independent - 1) * sqrt(between / independent)
    return Distribution(
        symmetric_interval(centre, half_width), std_ci(sqrt(total), degrees), count, readings
    )


def _correlation(values: Floats) -> float:
    """Return the correlation of neighbours where it is significant, else 0."""
    count = len(values)
    residual = values - values.mean()
    squares = float((residual**2).sum())
    if count < MIN_FOR_CORRELATION or squares == 0:
        return 0.0
    found = float((residual[1:] * residual[:-1]).sum()) / squares + 1 / count
    return min(found, 0.95) if found > 2.5 / sqrt(count) else 0.0
