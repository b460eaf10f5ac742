"""The minor loop: TMR, resistance-area product, coercive fields and the stray field's offset."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.errors import AnalysisError

EDGE_SHARE = 0.1  # of the sweep at either end, taken as saturated


@dataclass(frozen=True, slots=True)
class MinorLoop:
    """What a minor loop says of a junction; fields in tesla, resistances in ohm."""

    parallel_ohm: float
    antiparallel_ohm: float
    switching_down_T: float
    switching_up_T: float

    @property
    def tmr(self) -> float:
        """(R_max − R_min) / R_min."""
        return self.range_ohm / self.parallel_ohm

    @property
    def range_ohm(self) -> float:
        return self.antiparallel_ohm - self.parallel_ohm

    @property
    def offset_T(self) -> float:
        """Centre of the loop: minus the stray field of the pinned layers."""
        return (self.switching_up_T + self.switching_down_T) / 2

    @property
    def coercive_field_T(self) -> float:
        return abs(self.switching_up_T - self.switching_down_T) / 2

    def resistance_area_ohm_m2(self, junction_area_m2: float) -> float:
        """R_min · area."""
        return self.parallel_ohm * junction_area_m2


def measure_minor_loop(points: pd.DataFrame) -> MinorLoop:
    """Return TMR and fields of a minor loop with columns `field_T`, `resistance_ohm`.

    The first half of the sweep goes down, the second up; a switching field is where the
    resistance crosses the middle. Raises AnalysisError if it doesn't cross it both ways.
    """
    loop = points[points["phase"] == "loop"]
    field, resistance = (loop[name].to_numpy(dtype=float) for name in ("field_T", "resistance_ohm"))
    if len(field) < 10:
        raise AnalysisError("A minor loop needs at least 10 points; sweep with a smaller step.")
    largest = np.abs(field).max()
    ends = [
        float(np.median(resistance[sign * field > (1 - 2 * EDGE_SHARE) * largest]))
        for sign in (1, -1)
    ]
    low, high = sorted(ends)
    turn = int(field.argmin())
    down = _crossing(field[: turn + 1], resistance[: turn + 1], (low + high) / 2)
    up = _crossing(field[turn:], resistance[turn:], (low + high) / 2)
    return MinorLoop(low, high, switching_down_T=down, switching_up_T=up)


def _crossing(field_T: np.ndarray, resistance_ohm: np.ndarray, middle_ohm: float) -> float:
    crossings = np.flatnonzero(np.diff(resistance_ohm > middle_ohm))
    if len(crossings) == 0:
        raise AnalysisError(
            "The junction does not switch within this minor loop; sweep to a larger field."
        )
    at = crossings[0]
    return float((field_T[at] + field_T[at + 1]) / 2)
