"""Pulses as Bernoulli trials: level, amplitude, width, and whether the wall moved."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from ...arrays import Floats
from ..errors import AnalysisError
from ..levels.find import Level, level_of_readings
from ..levels.visits import sequence_starts
from ..run_points import pulsed_points, require


@dataclass(frozen=True, slots=True)
class Trials:
    """Pulses (magnitude V, width s) fired at one level, whether each moved the wall, and in which
    visit; shape (n,) each, in order."""

    amplitude_V: Floats
    width_s: Floats
    switched: npt.NDArray[np.bool_]
    visit: npt.NDArray[np.int64]


def switching_trials(
    points: pd.DataFrame, levels: Sequence[Level], level: int, phase: str | None = None
) -> Trials:
    """Return every pulse fired while the wall was in `level`, with its outcome.

    Raises AnalysisError if none was, or if the run lacks pulse widths.
    """
    require(points, ("pulse_width_s",))
    pulsed = pulsed_points(points)
    index, first = level_of_readings(pulsed, levels), sequence_starts(pulsed)
    at = 1 + np.flatnonzero((index[:-1] == level) & ~first[1:])
    if phase is not None:
        at = at[(pulsed["phase"] == phase).to_numpy()[at]]
    if len(at) == 0:
        raise AnalysisError(
            f"No pulse of this run was fired at level {level}; choose a level it visits."
        )
    width = pulsed["pulse_width_s"].to_numpy(dtype=float)[at]
    if not (width > 0).all():
        raise AnalysisError("Some pulses have no width; a switching probability needs them all.")
    visit = np.cumsum(np.r_[True, first[1:] | (index[1:] != index[:-1])])[at - 1]
    amplitude = np.abs(pulsed["amplitude_V"].to_numpy(dtype=float)[at])
    return Trials(amplitude, width, index[at] != level, visit)
