"""Retention of levels: escapes in readings without pulses, and the drift of the resistance.

Escapes at a constant rate Γ are counted over the observation time; the interval of Γ is exact
(Poisson). Without an escape Γ has an upper limit only, and the lifetime a lower bound. A wall that
goes and comes back between two readings is not seen: if it leaves in a share p of the times from
one reading to the next and comes back in a share q, there are −ln(1 − p − q)/(p + q) escapes for
each that is seen. Beyond `MOST_SEEN` p + q the readings are too slow, and Γ has a lower limit only.
The survival probability is exp(−Γ t). The drift is the slope of the resistance against log10 of
the time since the first reading, under white and 1/f noise (see `slope_in_noise`). Valid at the
temperature and field of the run.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, inf, log1p

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..arrays import Flags, Floats
from .errors import AnalysisError
from .estimate import Estimate
from .intervals import rate_ci
from .levels.find import Level, level_of_readings
from .levels.visits import sequence_starts
from .run_points import series_without_pulses
from .slope_in_noise import slope_per_decade

FEWEST_FOR_DRIFT = 32
MOST_SEEN = 0.6


@dataclass(frozen=True, slots=True)
class Retention:
    """Retention of one level: escapes during `observation_time_s` and their rate.

    `escapes_per_seen` is the number of escapes for each of `escapes`, 1 where readings are fast and
    infinite where they are too slow. `drift_ohm_per_decade` is the slope in log10(time) of the
    longest stay.
    """

    level: int
    observation_time_s: float
    escapes: int
    escape_rate_Hz: Estimate
    escapes_per_seen: float
    drift_ohm_per_decade: Estimate

    @property
    def mean_lifetime_s(self) -> Estimate:
        """1/Γ; unbounded above where no escape was seen."""
        value, low, high = (1 / r if r > 0 else inf for r in _reversed(self.escape_rate_Hz))
        return Estimate(value, low, high)

    def survival_probability(self, time_s: float) -> Estimate:
        """Return the probability that the wall has not left the level after a time in s."""
        value, low, high = (exp(-min(r * time_s, 700.0)) for r in _reversed(self.escape_rate_Hz))
        return Estimate(value, low, high)


def measure_retention(points: pd.DataFrame, levels: Sequence[Level]) -> tuple[Retention, ...]:
    """Return the retention of each level that occurs in readings without pulses.

    `points` has columns `time_s` and `resistance_ohm`; with `cycle`, every cycle is a series of its
    own. Raises AnalysisError if one has fewer than two readings, or if no time passes.
    """
    series = _joined(series_without_pulses(points), levels)
    if not series.passed_s.sum() > 0:
        raise AnalysisError("No time passes between the readings; retention needs bench time.")
    return tuple(_one(int(level), series) for level in np.unique(series.level))


def pool_retention(parts: Sequence[Retention]) -> tuple[Retention, ...]:
    """Return the retention of each level from several series; the drift is the most precise one."""
    found = []
    for level in sorted({one.level for one in parts}):
        mine = [one for one in parts if one.level == level]
        observed_s, escapes = (
            sum(one.observation_time_s for one in mine),
            sum(one.escapes for one in mine),
        )
        drift = min(
            (one.drift_ohm_per_decade for one in mine), key=lambda drift: drift.high - drift.low
        )
        unseen = max(one.escapes_per_seen for one in mine)
        rate = _rate(escapes, observed_s, unseen)
        found.append(Retention(level, observed_s, escapes, rate, unseen, drift))
    return tuple(found)


def longest_stay(points: pd.DataFrame, levels: Sequence[Level]) -> pd.DataFrame:
    """Return `time_s` and `resistance_ohm` of the longest series of readings within one level.

    Raises AnalysisError if a series has fewer than two readings.
    """
    series = _joined(series_without_pulses(points), levels)
    starts, ends = _stays(series)
    longest = int(np.argmax(ends - starts))
    stay = slice(starts[longest], ends[longest])
    return pd.DataFrame(
        {"time_s": series.time_s[stay], "resistance_ohm": series.resistance_ohm[stay]}
    )


@dataclass(frozen=True, slots=True)
class _Series:
    """Readings one after the other, shape (n,); `passed_s` is the time to the next one of the same
    series, 0 for its last."""

    time_s: Floats
    resistance_ohm: Floats
    level: npt.NDArray[np.intp]
    first: npt.NDArray[np.bool_]
    passed_s: Floats


def _joined(parts: Sequence[tuple[Floats, Floats]], levels: Sequence[Level]) -> _Series:
    time, resistance = (np.concatenate([part[i] for part in parts]) for i in range(2))
    sequence = np.repeat(np.arange(len(parts)), [len(part[0]) for part in parts])
    readings = pd.DataFrame({"sequence": sequence, "resistance_ohm": resistance})
    first = sequence_starts(readings)
    passed = np.where(np.r_[first[1:], True], 0.0, np.diff(time, append=time[-1]))
    return _Series(time, resistance, level_of_readings(readings, levels), first, passed)


def _reversed(rates: Estimate) -> tuple[float, float, float]:
    return rates.value, rates.high, rates.low


def _one(level: int, series: _Series) -> Retention:
    here = series.level == level
    observed_s = float(series.passed_s[here].sum())
    starts, ends = _stays(series)
    interrupted = np.r_[series.first[starts[1:]], True]
    escapes = int((here[starts] & ~interrupted).sum())
    longest = int(np.argmax(np.where(here[starts], ends - starts, -1)))
    stay = slice(starts[longest], ends[longest])
    drift = _drift(series.time_s[stay], series.resistance_ohm[stay])
    unseen = _escapes_per_seen(escapes, here, starts, series)
    rate = _rate(escapes, observed_s, unseen)
    return Retention(level, observed_s, escapes, rate, unseen, drift)


def _rate(escapes: int, observed_s: float, per_seen: float) -> Estimate:
    seen = rate_ci(escapes, observed_s)
    if per_seen == inf:
        return Estimate(seen.value, seen.low, inf)
    return Estimate(seen.value * per_seen, seen.low * per_seen, seen.high * per_seen)


def _escapes_per_seen(
    escapes: int, here: Flags, starts: npt.NDArray[np.intp], series: _Series
) -> float:
    """Return the escapes for each one seen, from how often readings find the wall gone and back."""
    to_next = series.passed_s > 0
    returns = int((here[starts] & ~series.first[starts]).sum())
    chances = int((here & to_next).sum()), int((~here & to_next).sum())
    total = escapes / max(1, chances[0]) + returns / max(1, chances[1])
    if total > MOST_SEEN:
        return inf
    return -log1p(-total) / total if total else 1.0


def _stays(series: _Series) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Return the first readings of stays in a level, and the ones after their last readings."""
    moved = np.r_[True, series.level[1:] != series.level[:-1]]
    starts = np.flatnonzero(series.first | moved)
    return starts, np.r_[starts[1:], len(moved)]


def _drift(time_s: Floats, resistance_ohm: Floats) -> Estimate:
    passed = time_s - time_s[0]
    later = passed > 0
    if later.sum() < FEWEST_FOR_DRIFT:
        return Estimate(0.0, -inf, inf)
    return slope_per_decade(passed[later], resistance_ohm[later])
