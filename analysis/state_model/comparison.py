"""Comparison of two state models, number by number, within their intervals."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import hypot

from ..errors import AnalysisError
from .model import Quantity, StateModel
from .transitions import leaving_voltage


@dataclass(frozen=True, slots=True)
class Comparison:
    """One number of two models, in the unit that `what` names."""

    what: str
    first: Quantity
    second: Quantity

    @property
    def agrees(self) -> bool | None:
        """True if the difference is within both 95 % half-widths, added in quadrature.

        None if either interval is unbounded.
        """
        difference = self.second.value - self.first.value
        lower, upper = (self.first, self.second) if difference > 0 else (self.second, self.first)
        if lower.high is None or upper.low is None:
            return None
        return abs(difference) <= hypot(lower.high - lower.value, upper.value - upper.low)


def compare_models(first: StateModel, second: StateModel) -> tuple[Comparison, ...]:
    """Compare levels, their spreads and the voltages that leave them.

    Raises AnalysisError if the models have different numbers of levels.
    """
    if len(first.levels) != len(second.levels):
        raise AnalysisError(
            f"{first.name} has {len(first.levels)} levels and {second.name} has "
            f"{len(second.levels)}; only models with as many levels can be compared."
        )
    return (*_levels(first, second), *_voltages(first, second), *_noise(first, second))


def _levels(first: StateModel, second: StateModel) -> Iterator[Comparison]:
    for number, (one, other) in enumerate(zip(first.levels, second.levels, strict=True)):
        yield Comparison(f"level {number} (Ω)", one.resistance_ohm, other.resistance_ohm)
        if one.cycle_std_ohm and other.cycle_std_ohm:
            what = f"level {number}, σ from visit to visit (Ω)"
            yield Comparison(what, one.cycle_std_ohm, other.cycle_std_ohm)


def _voltages(first: StateModel, second: StateModel) -> Iterator[Comparison]:
    tables = {pulses.polarity: pulses for pulses in second.pulses}
    for pulses in first.pulses:
        other = tables.get(pulses.polarity)
        for level in range(len(first.levels)):
            left = leaving_voltage(pulses, level)
            left_too = leaving_voltage(other, level) if other else None
            if left and left_too:
                what = f"level {level} is left by {pulses.polarity} pulses at (V)"
                yield Comparison(what, left[0], left_too[0])


def _noise(first: StateModel, second: StateModel) -> Iterator[Comparison]:
    if first.read_noise and second.read_noise:
        noises = (first.read_noise.relative_std, second.read_noise.relative_std)
        yield Comparison("read noise (relative)", *noises)
