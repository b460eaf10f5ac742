"""The sources of a series' fluctuations, chosen between models of the same readings.

y = ln R is fitted by white noise, by white with 1/f noise, by random telegraph noise, each with and
without a drift R ∝ (t/t0)^ν (so G ∝ (t/t0)^−ν), and by telegraph with 1/f noise. Chosen is the
model of the smallest Bayesian information criterion, BIC = k ln n − 2 ln L; a model within
`UNDECIDED` of it is named beside it. L is the likelihood of all readings, but with telegraph and
1/f noise that of readings and most likely states together, which is smaller. A chosen model that a
test of `goodness` rejects does not fit, and its numbers are then no more than descriptions. Source:
Schwarz, Ann. Stat. 6, 461 (1978); Kass & Raftery, J. Am. Stat. Assoc. 90, 773 (1995).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from math import expm1, log

import numpy as np
import pandas as pd

from ...arrays import Floats, Ints
from ...storage import Phase
from ..errors import AnalysisError
from ..estimate import Estimate
from ..run_points import readings_without_pulses, unmarked
from .gaussian import GaussianFit, fit_flicker, fit_white
from .goodness import Goodness, exponentiality, goodness
from .telegraph import TelegraphFit, fit_telegraph

MIN_READINGS = 64
MOST_READINGS = 20_000  # analysed, from the first on
UNSTEADY = 0.2  # of the interval
UNDECIDED = 6.0  # in BIC: strong evidence begins there

LAST_PULSE = "the last pulse"

WHITE, FLICKER, TELEGRAPH, DRIFT = "white", "1/f", "telegraph", "drift"


@dataclass(frozen=True, slots=True)
class NoiseModel:
    """A fit of one model to ln R (n,).

    `parts` names its sources beyond white noise, `expected_ohm` (n,) is the resistance without
    noise but with its drift and steps. All noise is relative to R.
    """

    parts: tuple[str, ...]
    parameters: int
    bic: float
    fit: GaussianFit
    telegraph: TelegraphFit | None
    drift_at: int | None
    expected_ohm: Floats

    @property
    def name(self) -> str:
        """The sources in words."""
        return " + ".join(self.parts) or WHITE

    @property
    def drift_exponent(self) -> Estimate | None:
        """ν of G ∝ (t/t0)^−ν; None without a drift."""
        return None if self.drift_at is None else self.fit.coefficient(self.drift_at)

    @property
    def step(self) -> Estimate | None:
        """ΔR/R of telegraph noise; None without it."""
        found = self.log_step
        if found is None:
            return None
        return Estimate(expm1(found.value), expm1(found.low), expm1(found.high))

    @property
    def reading_std(self) -> float:
        """The relative standard deviation of a reading's white noise."""
        if self.telegraph is None or FLICKER in self.parts:
            return self.fit.white_std.value
        return self.telegraph.sigma

    @property
    def log_step(self) -> Estimate | None:
        """The step of ln R; None without telegraph noise."""
        if self.telegraph is None or FLICKER not in self.parts:
            return self.telegraph and self.telegraph.step
        return self.fit.coefficient(-1)


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
    models = sorted(_models(y, passed, interval_s), key=lambda model: model.bic)
    return NoiseSources(tuple(models), passed, resistance, interval_s, origin, count)


def first_series(points: pd.DataFrame) -> pd.DataFrame:
    """Return the points of the first cycle with readings of the phase read."""
    cycles = points.loc[points["phase"] == Phase.READ, "cycle"]
    return points[points["cycle"] == cycles.min()]


def is_steady(series: pd.DataFrame) -> bool:
    """Return True if the readings of the phase read come at a steady rate."""
    time = series.loc[series["phase"] == Phase.READ, "time_s"].to_numpy(dtype=float)
    gaps = np.diff(np.sort(time))
    interval = float(np.median(gaps)) if len(gaps) else 0.0
    return bool(interval > 0 and np.abs(gaps - interval).max() <= UNSTEADY * interval)


def _models(y: Floats, passed_s: Floats, interval_s: float) -> Iterator[NoiseModel]:
    ones, course = np.ones_like(y), np.log(passed_s / passed_s[0])
    plain, drifting = np.column_stack([ones]), np.column_stack([ones, course])
    for design, drift_at in ((plain, None), (drifting, 1)):
        parts = () if drift_at is None else (DRIFT,)
        yield _model(parts, fit_white(y, design), design, 2 + len(parts), drift_at)
        flicker = fit_flicker(y, design, passed_s)
        yield _model((FLICKER, *parts), flicker, design, 3 + len(parts), drift_at)
    both = [fit_telegraph(y, design, interval_s) for design in (plain, drifting)]
    for found, design, drift_at in zip(both, (plain, drifting), (None, 1), strict=True):
        parts = () if drift_at is None else (DRIFT,)
        if found is not None:
            stepped = np.column_stack([design, found.state])
            yield _of_telegraph((TELEGRAPH, *parts), found, fit_white(y, stepped), design, drift_at)
        mixed = [
            _with_flicker((TELEGRAPH, FLICKER, *parts), each, y, design, passed_s, drift_at)
            for each in both
            if each is not None
        ]
        if mixed:
            yield min(mixed, key=lambda model: model.bic)


def _with_flicker(
    parts: tuple[str, ...],
    found: TelegraphFit,
    y: Floats,
    design: Floats,
    passed_s: Floats,
    drift_at: int | None,
) -> NoiseModel:
    """Return the model of 1/f noise about the states that telegraph noise was found to have."""
    stepped = np.column_stack([design, found.state])
    fit = fit_flicker(y, stepped, passed_s)
    likelihood = fit.log_likelihood + _of_path(found.state, found.leave)
    return _model(parts, fit, stepped, 4 + design.shape[1] + 1, drift_at, found, likelihood)


def _model(
    parts: tuple[str, ...],
    fit: GaussianFit,
    design: Floats,
    parameters: int,
    drift_at: int | None,
    telegraph: TelegraphFit | None = None,
    likelihood: float | None = None,
) -> NoiseModel:
    likelihood = fit.log_likelihood if likelihood is None else likelihood
    bic = parameters * log(len(design)) - 2 * likelihood
    expected = np.exp(design @ fit.coefficients)
    return NoiseModel(parts, parameters, bic, fit, telegraph, drift_at, expected)


def _of_telegraph(
    parts: tuple[str, ...],
    found: TelegraphFit,
    fit: GaussianFit,
    design: Floats,
    drift_at: int | None,
) -> NoiseModel:
    """Return the model of telegraph and white noise, whose residuals are predictions'."""
    parameters = 4 + design.shape[1]
    bic = parameters * log(len(design)) - 2 * found.log_likelihood
    expected = np.exp(design @ found.coefficients + found.step.value * found.state)
    whitened = GaussianFit(
        fit.coefficients,
        fit.covariance,
        fit.white_std,
        fit.flicker,
        found.log_likelihood,
        found.residual,
    )
    return NoiseModel(parts, parameters, bic, whitened, found, drift_at, expected)


def _of_path(state: Ints, leave: Floats) -> float:
    """Return the log-probability of a course of states."""
    before, moved = state[:-1], np.diff(state) != 0
    chance = np.where(moved, leave[before], 1 - leave[before])
    first = leave[1 - state[0]] / leave.sum()
    return float(np.log(chance).sum() + np.log(first))


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
