"""The models of a series of ln R: white, 1/f and telegraph noise, and a drift.

Each fit has the likelihood of all readings, exact and of the same data, but with telegraph and 1/f
noise together that of readings and most likely states, which is smaller.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from math import expm1, log

import numpy as np

from ...arrays import Floats, Ints
from ..estimate import Estimate
from .gaussian import GaussianFit, fit_flicker, fit_white
from .telegraph import TelegraphFit, fit_telegraph

STATES_KNOWN = 1.35
"""Widens the interval of a step beside 1/f noise, whose states are taken for known."""

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
        if self.telegraph is None:
            return None
        if FLICKER not in self.parts:
            return self.telegraph.step
        step = self.fit.coefficient(-1)
        half_width = STATES_KNOWN * (step.high - step.value)
        return Estimate(step.value, step.value - half_width, step.value + half_width)


def fit_models(y: Floats, passed_s: Floats, interval_s: float) -> Iterator[NoiseModel]:
    """Yield the fit of every model to ln R (n,), the times (n,) counting from the last pulse."""
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
