"""Rates at which settled walls of the reduced model escape under a current, counted.

The current rises so slowly that the walls follow it; then escapes are counted for a time, and the
rate is their number over the time that walls were still held. Counting covers what the formulas of
`escape` leave out: a barrier below a few k_BT, a cusp as its top, and the torque, which falls with
the angle of a moving wall. Its statistical error is 1/√(escapes).
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..constants import BOLTZMANN_J_per_K
from ..errors import MicromagneticsError
from .depinning import Start
from .escape import barrier_J
from .model import ReducedModel
from .walls import STEP_s, Walls

Floats = npt.NDArray[np.float64]
_EQUILIBRATION_s, _RISE_s, _SETTLING_s, _COUNTED_s, _EVERY_s = 2e-9, 3e-9, 3e-9, 16e-9, 0.5e-9
_BARRIERS = (7.0, 6.0, 5.0, 4.0, 3.0, 2.0, 1.2, 0.5)  # k_BT
_BEYOND_STATIC = (1.01, 1.04)
_FEWEST = 10
_CLEAR_m = 15e-9  # from where on no wall returns


@dataclass(frozen=True, slots=True)
class EscapeRates:
    """Rates under currents at which enough walls escaped."""

    current_A_per_m2: Floats
    rate_Hz: Floats
    escapes: npt.NDArray[np.int64]


def settled_escape_rates(
    model: ReducedModel, start: Start, temperature_K: float, walls: int, seed: int
) -> EscapeRates:
    """Count escapes of `walls` walls under each of ten currents about the static threshold.

    Raises MicromagneticsError for a notch whose barrier is low, and where hardly any wall escapes.
    """
    currents = _currents(model, start.position_m, temperature_K)
    ensemble = Walls(model, walls * len(currents), start.position_m, temperature_K, seed)
    each = np.repeat(currents, walls)
    ensemble.run(_EQUILIBRATION_s)
    steps = round(_RISE_s / STEP_s)
    ensemble.follow(each, ((np.arange(steps) + 0.5) / steps).astype(np.float32))
    ensemble.run(_SETTLING_s, each)
    out_m = np.repeat([_out_m(model, current) for current in currents], walls)
    gone = np.zeros(len(each), bool)
    held = []
    for _ in range(round(_COUNTED_s / _EVERY_s) + 1):
        gone |= ensemble.position_m > out_m
        held.append((~gone).reshape(-1, walls).sum(axis=1))
        ensemble.run(_EVERY_s, each)
    counts = np.array(held)
    escapes = counts[0] - counts[-1]
    held_s = _EVERY_s * (counts[1:] + counts[:-1]).sum(axis=0) / 2
    known = escapes >= _FEWEST
    if known.sum() < 4:
        raise MicromagneticsError(
            "Hardly any wall leaves the notch by itself under a current: the event model has no "
            "rates to go by. Give a higher temperature or more walls."
        )
    return EscapeRates(currents[known], escapes[known] / held_s[known], escapes[known])


def _out_m(model: ReducedModel, current_A_per_m2: float) -> float:
    """Return a position beyond the last place that holds a wall against a current."""
    field = model.pinning.field_A_per_m
    push = model.push_per_current_m * current_A_per_m2 - model.field_z_A_per_m
    holds = np.flatnonzero(field >= push)
    last = holds[-1] if len(holds) else int(np.argmax(field))
    return float(model.pinning.x_m[last]) + _CLEAR_m


def _currents(model: ReducedModel, rest_m: float, temperature_K: float) -> Floats:
    from scipy.optimize import brentq

    thermal_J = BOLTZMANN_J_per_K * temperature_K
    static = model.pinning.depinning_field_A_per_m / abs(model.push_per_current_m)
    if barrier_J(model, rest_m) <= _BARRIERS[0] * thermal_J:
        raise MicromagneticsError(
            f"The barrier of the notch is below {_BARRIERS[0]:g} k_BT at {temperature_K:g} K, "
            "where the event model does not hold: give a lower temperature."
        )

    def under(height: float) -> float:
        def excess_J(current: float) -> float:
            return barrier_J(model, rest_m, current) - height * thermal_J

        return float(brentq(excess_J, 0.0, static))

    return np.array([*map(under, _BARRIERS), *(part * static for part in _BEYOND_STATIC)])
