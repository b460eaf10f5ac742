"""Depinning in the reduced model: thresholds at T = 0, and how many walls a pulse frees.

A wall is free that is beyond a position after the pulse and a rest.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..errors import MicromagneticsError
from .model import ReducedModel
from .walls import Pulse, STEP_s, Walls

Floats = npt.NDArray[np.float64]
_CURRENTS, _ROUNDS = 128, 2
_EQUILIBRATION_s = 2e-9  # several times the relaxation time of walls at rest


@dataclass(frozen=True, slots=True)
class Start:
    """Where walls start and where they count as free."""

    position_m: float
    beyond_m: float
    rest_s: float = 5e-9
    """Time without current after a pulse."""


def pulse_threshold_A_per_m2(
    model: ReducedModel, start: Start, pulse: Pulse, within_A_per_m2: tuple[float, float]
) -> float:
    """Return the smallest current density of a pulse that frees a wall at T = 0.

    All densities below it hold the wall, within 1 part in 16,000 of the range. Raises
    MicromagneticsError if the threshold does not lie in the range.
    """

    def freed(currents: Floats) -> npt.NDArray[np.bool_]:
        walls = Walls(model, len(currents), start.position_m, 0.0, 0)
        walls.pulse(currents, pulse)
        walls.run(start.rest_s)
        return walls.position_m > start.beyond_m

    low, high = within_A_per_m2
    for _ in range(_ROUNDS):
        currents = np.linspace(low, high, _CURRENTS)
        free = freed(currents)
        if free[0] or not free.any():
            raise MicromagneticsError(
                f"The threshold of the reduced model does not lie between {low:g} and {high:g} "
                f"A/m² ({'below' if free[0] else 'above'}): search in a larger range."
            )
        first = int(np.argmax(free))
        low, high = currents[first - 1], currents[first]
    return float((low + high) / 2)


def freed_walls(
    model: ReducedModel,
    start: Start,
    pulse: Pulse,
    currents_A_per_m2: Floats,
    temperature_K: float,
    walls: int,
    seed: int,
) -> npt.NDArray[np.int64]:
    """Return how many of `walls` walls each current density frees, shape of the currents."""
    ensemble = Walls(
        model, walls * len(currents_A_per_m2), start.position_m, temperature_K, seed, STEP_s
    )
    ensemble.run(_EQUILIBRATION_s)
    ensemble.pulse(np.repeat(currents_A_per_m2, walls), pulse)
    ensemble.run(start.rest_s)
    free = ensemble.position_m > start.beyond_m
    counts: npt.NDArray[np.int64] = free.reshape(-1, walls).sum(axis=1)
    return counts
