"""The models of a series of ln R: white, 1/f and telegraph noise, and a drift of either law.

R ∝ (t/t0)^ν is the drift of a state after its pulse; R ∝ exp(α t), linear in the small, that of a
stage whose temperature changes.

Each fit has the likelihood of all readings, exact and of the same data, but with telegraph and 1/f
noise together that of readings and most likely states, which is smaller.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import expm1, log

import numpy as np

from ...arrays import Floats, Ints
from ..estimate import Estimate
from .gaussian import GaussianFit, fit_flicker, fit_white
from .telegraph import TelegraphFit, fit_telegraph

STATES_KNOWN = 1.35
"""Widens the interval of a step beside 1/f noise, whose states are taken for known."""

WHITE, FLICKER, TELEGRAPH = "white", "1/f", "telegraph"
DRIFT, LINEAR = "drift", "linear drift"


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
    expected_ohm: Floats

    @property
    def name(self) -> str:
        """The sources in words."""
        return " + ".join(self.parts) or WHITE

    @property
    def drift_exponent(self) -> Estimate | None:
        """ν of G ∝ (t/t0)^−ν; None without such a drift."""
        return self.fit.coefficient(1) if DRIFT in self.parts else None

    @property
    def linear_drift(self) -> Estimate | None:
        """The change of ln R from the first reading to the last; None without a linear drift."""
        return self.fit.coefficient(1) if LINEAR in self.parts else None

    @property
    def drifts(self) -> bool:
        return DRIFT in self.parts or LINEAR in self.parts

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
    designs = _designs(passed_s)
    for drift, design in designs.items():
        yield _model(drift, fit_white(y, design), design, 1 + design.shape[1])
        flicker = fit_flicker(y, design, passed_s)
        yield _model((FLICKER, *drift), flicker, design, 2 + design.shape[1])
    found = {drift: fit_telegraph(y, design, interval_s) for drift, design in designs.items()}
    for drift, design in designs.items():
        steps = found[drift]
        if steps is not None:
            fit = fit_white(y, np.column_stack([design, steps.state]))
            yield _of_telegraph((TELEGRAPH, *drift), steps, fit, design)
        mixed = [
            _with_flicker((TELEGRAPH, FLICKER, *drift), each, y, design, passed_s)
            for each in _different(found.values())
        ]
        if mixed:
            yield min(mixed, key=lambda model: model.bic)


def _designs(passed_s: Floats) -> dict[tuple[str, ...], Floats]:
    """Return the columns (n, 1 or 2) of ln R's mean without a drift, and with one of each law."""
    ones, since_s = np.ones_like(passed_s), passed_s - passed_s[0]
    courses = {DRIFT: np.log(passed_s / passed_s[0]), LINEAR: since_s / since_s[-1]}
    drifting: dict[tuple[str, ...], Floats] = {
        (name,): np.column_stack([ones, each]) for name, each in courses.items()
    }
    return {(): np.column_stack([ones]), **drifting}


def _different(found: Iterable[TelegraphFit | None]) -> list[TelegraphFit]:
    """Return the telegraph fits whose states differ, the first of each."""
    kept: list[TelegraphFit] = []
    for fit in found:
        if fit is not None and not any(np.array_equal(fit.state, one.state) for one in kept):
            kept.append(fit)
    return kept


def _with_flicker(
    parts: tuple[str, ...],
    found: TelegraphFit,
    y: Floats,
    design: Floats,
    passed_s: Floats,
) -> NoiseModel:
    """Return the model of 1/f noise about the states that telegraph noise was found to have."""
    stepped = np.column_stack([design, found.state])
    fit = fit_flicker(y, stepped, passed_s)
    likelihood = fit.log_likelihood + _of_path(found.state, found.leave)
    return _model(parts, fit, stepped, 4 + design.shape[1] + 1, found, likelihood)


def _model(
    parts: tuple[str, ...],
    fit: GaussianFit,
    design: Floats,
    parameters: int,
    telegraph: TelegraphFit | None = None,
    likelihood: float | None = None,
) -> NoiseModel:
    likelihood = fit.log_likelihood if likelihood is None else likelihood
    bic = parameters * log(len(design)) - 2 * likelihood
    expected = np.exp(design @ fit.coefficients)
    return NoiseModel(parts, parameters, bic, fit, telegraph, expected)


def _of_telegraph(
    parts: tuple[str, ...],
    found: TelegraphFit,
    fit: GaussianFit,
    design: Floats,
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
    return NoiseModel(parts, parameters, bic, whitened, found, expected)


def _of_path(state: Ints, leave: Floats) -> float:
    """Return the log-probability of a course of states."""
    before, moved = state[:-1], np.diff(state) != 0
    chance = np.where(moved, leave[before], 1 - leave[before])
    first = leave[1 - state[0]] / leave.sum()
    return float(np.log(chance).sum() + np.log(first))
