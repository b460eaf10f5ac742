"""How long a level stays: escapes in readings without pulses, and the drift of what stays.

Escapes at a constant rate Γ are counted over the time watched; the interval of Γ is exact
(Poisson), and with no escape at all it ends in an upper limit: the data then say "at least so
long", never "for ever". P(still there after t) = exp(−Γ t). The drift is the slope of the
resistance against log10 of the time since the first reading. Its error comes from blocks of
readings, because neighbours are correlated. Valid at the temperature and field of the run.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, inf, sqrt

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.errors import AnalysisError
from analysis.estimate import Estimate
from analysis.intervals import rate, student, within
from analysis.levels import Level, assign_levels
from analysis.run_points import quiet_readings

Floats = npt.NDArray[np.float64]

TEN_YEARS_s = 3.156e8
BLOCKS = 16


@dataclass(frozen=True, slots=True)
class Retention:
    """How one level keeps: escapes seen in `watched_s` seconds and the rate they tell.

    `drift_ohm_per_decade` is the slope in log10(time) of the longest stay.
    """

    level: int
    watched_s: float
    escapes: int
    escape_rate_Hz: Estimate
    drift_ohm_per_decade: Estimate

    @property
    def extrapolated(self) -> bool:
        """Whether ten years lie beyond what was watched."""
        return self.watched_s < TEN_YEARS_s

    @property
    def mean_life_s(self) -> Estimate:
        """1/Γ; unbounded above where no escape was seen."""
        value, low, high = (1 / r if r > 0 else inf for r in _reversed(self.escape_rate_Hz))
        return Estimate(value, low, high)

    def kept_after(self, time_s: float) -> Estimate:
        """Return the probability that the wall is still there after a time in s."""
        value, low, high = (exp(-min(r * time_s, 700.0)) for r in _reversed(self.escape_rate_Hz))
        return Estimate(value, low, high)


def measure_retention(points: pd.DataFrame, levels: Sequence[Level]) -> tuple[Retention, ...]:
    """Return for each level seen in readings without pulses how it keeps.

    `points` has columns `time_s` and `resistance_ohm`. Raises AnalysisError if there are fewer
    than two such readings or no time passes.
    """
    time, resistance = quiet_readings(points)
    if time[-1] <= time[0]:
        raise AnalysisError("No time passes between the readings; retention needs bench time.")
    index = assign_levels(resistance, levels)
    return tuple(_one(int(level), time, resistance, index) for level in np.unique(index))


def _reversed(rates: Estimate) -> tuple[float, float, float]:
    return rates.value, rates.high, rates.low


def _one(
    level: int, time_s: Floats, resistance_ohm: Floats, index: npt.NDArray[np.intp]
) -> Retention:
    here = index[:-1] == level
    watched = float(np.diff(time_s)[here].sum())
    escapes = int((here & (index[1:] != level)).sum())
    starts = np.flatnonzero(np.r_[True, index[1:] != index[:-1]])
    ends = np.r_[starts[1:], len(index)]
    mine = index[starts] == level
    longest = int(np.argmax(np.where(mine, ends - starts, -1)))
    stay = slice(starts[longest], ends[longest])
    drift = _drift(time_s[stay], resistance_ohm[stay])
    return Retention(level, watched, escapes, rate(escapes, watched), drift)


def _drift(time_s: Floats, resistance_ohm: Floats) -> Estimate:
    passed = time_s - time_s[0]
    later = passed > 0
    if later.sum() < 2 * BLOCKS:
        return Estimate(0.0, -inf, inf)
    x, y = np.log10(passed[later]), resistance_ohm[later]
    edges = np.linspace(x[0], x[-1] + 1e-12, BLOCKS + 1)
    block = np.digitize(x, edges) - 1
    filled = [b for b in range(BLOCKS) if (block == b).any()]
    bx = np.array([x[block == b].mean() for b in filled])
    by = np.array([y[block == b].mean() for b in filled])
    if len(bx) < 4:
        return Estimate(0.0, -inf, inf)
    centred = bx - bx.mean()
    square = float((centred**2).sum())
    slope = float((centred * by).sum()) / square
    residual = by - by.mean() - slope * centred
    error = sqrt(float((residual**2).sum()) / (len(bx) - 2) / square)
    return within(slope, student(len(bx) - 2) * error)
