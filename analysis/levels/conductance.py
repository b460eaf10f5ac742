"""Levels as conductances: G = 1/R, σ_G = σ_R/R², and the write noise σ_G/G.

First order in σ_R/R, which at one per cent is wrong by a hundredth of σ. Resistances are those at
the bias of the reading.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from ..estimate import Estimate
from .find import Level


@dataclass(frozen=True, slots=True)
class ConductanceLevel:
    """A level as a conductance (S), its standard deviation over all cycles, and their ratio."""

    conductance_S: Estimate
    sigma_S: Estimate
    write_noise: Estimate
    visits: int


def conductance_levels(levels: Sequence[Level]) -> tuple[ConductanceLevel, ...]:
    """Return the levels as conductances, in the order given."""
    return tuple(_conductance(level) for level in levels)


def _conductance(level: Level) -> ConductanceLevel:
    mean = level.resistance_ohm
    noise = _scaled(level.sigma_ohm, 1 / mean.value)
    inverse = Estimate(1 / mean.value, _inverse(mean.high), _inverse(mean.low))
    return ConductanceLevel(inverse, _scaled(noise, 1 / mean.value), noise, level.visits)


def _inverse(resistance_ohm: float) -> float:
    return 1 / resistance_ohm if resistance_ohm > 0 else float("inf")


def _scaled(estimate: Estimate, factor: float) -> Estimate:
    return Estimate(estimate.value * factor, estimate.low * factor, estimate.high * factor)
