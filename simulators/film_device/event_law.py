"""The event model's law of depinning, with constants that the reduced model gives.

    P = 1 - exp(-f0 t exp[-(E_b/k_B T) (1 - J/J_c)^(3/2)])

J_c is the current that frees a wall if it is raised slowly. E_b and f0 are such that barrier and
rate (Langer's) under a constant current are those of the reduced model where 10 k_B T of the
barrier are left. The law knows no inertia and no time to leave: it holds where the wall follows
the current.
"""

from dataclasses import dataclass
from math import exp

import numpy as np
import numpy.typing as npt
from scipy.optimize import brentq

from ..device.depinning import barrier_height
from ..micromagnetics.constants import BOLTZMANN_J_per_K
from ..micromagnetics.errors import MicromagneticsError
from ..micromagnetics.reduced.escape import barrier_J, escape_rate_per_s
from ..micromagnetics.reduced.model import ReducedModel

Floats = npt.NDArray[np.float64]
_LEFT = 10.0  # k_B T, where f0 is taken


@dataclass(frozen=True, slots=True)
class EventLaw:
    """The constants of the law."""

    threshold_A_per_m2: float
    barrier_J: float
    attempt_rate_Hz: float
    temperature_K: float

    def probability(self, current_A_per_m2: Floats, width_s: float) -> Floats:
        """Return P of a square pulse at each current density."""
        barrier = self.barrier_J / (BOLTZMANN_J_per_K * self.temperature_K)
        heights = [
            barrier_height(current, self.threshold_A_per_m2, barrier)
            for current in current_A_per_m2
        ]
        rate_Hz = self.attempt_rate_Hz * np.exp(-np.array(heights))
        probability: Floats = -np.expm1(-rate_Hz * width_s)
        return probability


def event_law(model: ReducedModel, rest_m: float, temperature_K: float) -> EventLaw:
    """Return the law of a wall at rest near a position."""
    thermal_J = BOLTZMANN_J_per_K * temperature_K
    static = model.pinning.depinning_field_A_per_m / model.push_per_current_m
    if barrier_J(model, rest_m) <= _LEFT * thermal_J:
        raise MicromagneticsError(
            f"The barrier of the notch is below {_LEFT:g} k_BT at {temperature_K:g} K, where the "
            "event model does not hold: give a lower temperature."
        )

    def excess_J(current: float) -> float:
        return barrier_J(model, rest_m, current) - _LEFT * thermal_J

    current = float(brentq(excess_J, 0.0, static))
    rate = escape_rate_per_s(model, rest_m, temperature_K, current)
    return EventLaw(
        threshold_A_per_m2=static,
        barrier_J=_LEFT * thermal_J * (1 - current / static) ** -1.5,
        attempt_rate_Hz=rate * exp(_LEFT),
        temperature_K=temperature_K,
    )
