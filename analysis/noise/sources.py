"""The sources of a series' fluctuations, chosen between models of the same readings.

y = ln R is fitted by white noise, by white with 1/f noise, by random telegraph noise and by
telegraph with 1/f noise, each without a drift, with one R ∝ (t/t0)^ν (so G ∝ (t/t0)^−ν), and with
one linear in time. Chosen is the
model of the smallest Bayesian information criterion, BIC = k ln n − 2 ln L; a model within
`UNDECIDED` of it is named beside it. L is the likelihood of all readings, but with telegraph and
1/f noise that of readings and most likely states together, which is smaller. A chosen model that a
test of `goodness` rejects does not fit, and its numbers are then no more than descriptions. Source:
Schwarz, Ann. Stat. 6, 461 (1978); Kass & Raftery, J. Am. Stat. Assoc. 90, 773 (1995).
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from ...arrays import Floats
from ...storage import Phase
from ..errors import AnalysisError
from ..run_points import readings_without_pulses, unmarked
from .goodness import Goodness, exponentiality, goodness
from .models import FLICKER, NoiseModel, fit_models

MIN_READINGS = 64
MOST_READINGS = 20_000  # analysed, from the first on
UNSTEADY = 0.2  # of the interval
UNDECIDED = 6.0  # in BIC: strong evidence begins there

LAST_PULSE = "the last pulse"


@dataclass(frozen=True)
class NoiseSources:
    """The models of a series from the smallest BIC on; the first one is chosen.

    `time_s` (n,) counts from `origin`, `resistance_ohm` (n,) are the readings analysed out of
    `readings`.
    """

    models: tuple[NoiseModel, ...]
    time_s: Floats
    resistance_ohm: Floats
    interval_s: float
    origin: str
    readings: int

    @property
    def chosen(self) -> NoiseModel:
        return self.models[0]

    @property
    def rivals(self) -> tuple[NoiseModel, ...]:
        """The other models that the readings do not decide against."""
        return tuple(m for m in self.models[1:] if m.bic - self.chosen.bic < UNDECIDED)

    @cached_property
    def goodness(self) -> Goodness:
        """The tests of the chosen model."""
        model, telegraph = self.chosen, self.chosen.telegraph
        correlations = 1 if FLICKER in model.parts else 0
        if telegraph is None:
            return goodness(model.fit.residual, correlations)
        lower = np.zeros(len(telegraph.state))  # dwell times are independent of it
        p = exponentiality(
            telegraph.state, lower, telegraph.step.value, telegraph.sigma, telegraph.leave
        )
        return goodness(model.fit.residual, correlations + 2, p)


def identify_noise(points: pd.DataFrame) -> NoiseSources:
    """Return the sources of the fluctuations in readings without pulses of one cycle.

    `points` has `time_s` and `resistance_ohm`. Raises AnalysisError for fewer than 64 readings, an
    unsteady rate, readings that are all the same, and resistances that are not positive.
    """
    time, resistance = readings_without_pulses(points)
    count = len(time)
    _check(time, resistance)
    origin, passed = _origin(points, time)
    time, resistance, passed = (each[:MOST_READINGS] for each in (time, resistance, passed))
    interval_s = float(np.median(np.diff(time)))
    y = np.log(resistance)
    models = sorted(fit_models(y, passed, interval_s), key=lambda model: model.bic)
    return NoiseSources(tuple(models), passed, resistance, interval_s, origin, count)


def first_series(points: pd.DataFrame) -> pd.DataFrame:
    """Return the points of the first cycle with readings of the phase read."""
    cycles = points.loc[points["phase"] == Phase.READ, "cycle"]
    first: pd.DataFrame = points[points["cycle"] == cycles.min()]
    return first


def is_steady(series: pd.DataFrame) -> bool:
    """Return True if the readings of the phase read come at a steady rate."""
    time = series.loc[series["phase"] == Phase.READ, "time_s"].to_numpy(dtype=float)
    gaps = np.diff(np.sort(time))
    interval = float(np.median(gaps)) if len(gaps) else 0.0
    return bool(interval > 0 and np.abs(gaps - interval).max() <= UNSTEADY * interval)


def _check(time_s: Floats, resistance_ohm: Floats) -> None:
    if len(time_s) < MIN_READINGS:
        raise AnalysisError(
            f"{len(time_s)} readings without pulses are too few to tell kinds of noise apart; take "
            f"at least {MIN_READINGS}."
        )
    wrong = int((resistance_ohm <= 0).sum())
    if wrong:
        raise AnalysisError(
            f"{wrong} of {len(time_s)} resistances are zero or less, which no junction has; check "
            "the wiring."
        )
    if np.ptp(resistance_ohm) == 0:
        raise AnalysisError("All readings are the same; the meter's resolution hides the noise.")
    gaps = np.diff(time_s)
    interval = float(np.median(gaps))
    if interval <= 0 or np.abs(gaps - interval).max() > UNSTEADY * interval:
        raise AnalysisError(
            "The readings do not come at a steady rate; kinds of noise are told apart in a series "
            "without breaks."
        )


def _origin(points: pd.DataFrame, time_s: Floats) -> tuple[str, Floats]:
    """Return what the time of a drift counts from, and the times since then (n,), positive."""
    interval_s = float(np.median(np.diff(time_s)))
    if "amplitude_V" in points:
        earlier = unmarked(points)[["time_s", "amplitude_V"]]
        fired = earlier.loc[earlier["amplitude_V"].notna(), "time_s"].to_numpy(dtype=float)
        fired = fired[fired < time_s[0]]
        if len(fired):
            return LAST_PULSE, time_s - fired.max()
    return "one interval before the first reading", time_s - time_s[0] + interval_s
