"""Metaplasticity, retention and frozen share, added to a state model from other measurements."""

from collections.abc import Sequence
from dataclasses import replace
from math import isfinite, isnan

from ..estimate import Estimate
from ..retention import Retention
from ..switching.frozen_share import FrozenShare
from ..switching.metaplasticity import DOES_NOT_FIT, Metaplasticity
from .model import (
    ModelFrozenShare,
    ModelMetaplasticity,
    ModelRetention,
    Quantity,
    Source,
    StateModel,
)


def with_metaplasticity(model: StateModel, fit: Metaplasticity, source: Source) -> StateModel:
    """Return the model with the metaplastic function of a fit to the data that `source` names."""
    quality = f"{fit.notches} thresholds, χ² {fit.excess:.2g} a degree of freedom"
    if fit.problem == DOES_NOT_FIT:
        quality += f": the line {fit.problem}"
    added = ModelMetaplasticity(_quantity(fit.width_ratio), replace(source, quality=quality))
    return replace(model, metaplasticity=added)


def with_frozen_share(model: StateModel, found: FrozenShare, source: Source) -> StateModel:
    """Return the model with the frozen share of trains of equal pulses that `source` names."""
    number = sum(one.trains for one in found.trains)
    tested = "too few to test the law" if isnan(found.p_value) else f"χ² p = {found.p_value:.2g}"
    quality = f"{number} trains of {found.trains[0].pulses} pulses, {tested}"
    added = ModelFrozenShare(_quantity(found.share), replace(source, quality=quality))
    return replace(model, frozen_share=added)


def with_retention(
    model: StateModel,
    retention: Sequence[Retention],
    source: Source,
    temperature_K: float | None = None,
) -> StateModel:
    """Return the model with the retention of its levels, from the data that `source` names.

    A level without an observed escape has the lower end of its interval for a value.
    """
    entries = [
        ModelRetention(
            one.level,
            _lifetime(one.mean_lifetime_s),
            temperature_K,
            replace(source, quality=f"{one.escapes} escapes in {one.observation_time_s:g} s"),
        )
        for one in retention
    ]
    return replace(model, retention=tuple(entries))


def _lifetime(estimate: Estimate) -> Quantity:
    if isfinite(estimate.value):
        return _quantity(estimate)
    return Quantity(estimate.low, estimate.low, None)


def _quantity(estimate: Estimate) -> Quantity:
    low, high = (end if isfinite(end) else None for end in (estimate.low, estimate.high))
    return Quantity(estimate.value, low, high)
