"""The outcome of writing an array: devices on their targets, pulses, time and energy.

A device is written if the last reading of its cycle is of its target level. The time is the bench's
from the beginning of each attempt to its last reading, connecting and reading included. The pulses'
energy is ∫V²/R dt with the track's resistance R, for pulses as long as they are wide.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from ...arrays import Counts, Floats
from ..errors import AnalysisError
from ..estimate import Estimate
from ..intervals import proportion_ci
from ..run_points import require

NO_LEVEL = -1


@dataclass(frozen=True, slots=True)
class WriteOutcome:
    """Outcome for each device, in the order of writing; arrays of shape (devices,).

    `level` is that of the last reading, NO_LEVEL where it was of none; `resistance_ohm` is NaN
    where the junction was open; `squares_V2s` is the sum of V² times the pulses' width.
    """

    row: Counts
    column: Counts
    target: Counts
    level: Counts
    resistance_ohm: Floats
    pulses: Counts
    squares_V2s: Floats
    time_s: float
    pulse_width_s: float

    @property
    def written(self) -> npt.NDArray[np.bool_]:
        return np.asarray(self.level == self.target)

    @property
    def yield_(self) -> Estimate:
        """The fraction of devices on their targets, with its interval."""
        return proportion_ci(int(self.written.sum()), len(self.target))

    @property
    def pulsed(self) -> npt.NDArray[np.bool_]:
        """Devices that received pulses: the others were on target, or read as no level."""
        return np.asarray(self.pulses > 0)

    def energy_J(self, track_resistance_ohm: float) -> float:
        """Return the energy of all pulses."""
        return float(self.squares_V2s.sum()) / track_resistance_ohm


def measure_write_outcome(points: pd.DataFrame) -> WriteOutcome:
    """Return the outcome of a write-verify run; raises AnalysisError for another run.

    `points` are those of all attempts: an interrupted cycle has fired pulses, too.
    """
    require(points, ("cycle", "amplitude_V", "pulse_width_s", "resistance_ohm", "time_s"))
    if not {"row", "column", "target", "level"} <= set(points.columns) or points.empty:
        raise AnalysisError(
            "The run wrote no array: choose one that `dwmtj network program` started."
        )
    if (points.groupby("cycle")[["row", "column"]].nunique() > 1).any(axis=None):
        raise AnalysisError(
            "The run trained an array: it went to devices step by step, and gave them no targets "
            "that stay."
        )
    last = points.groupby("cycle").tail(1).sort_values("cycle")
    fired = points[points["amplitude_V"].notna()]
    devices = last["cycle"]
    squares = fired["amplitude_V"] ** 2 * fired["pulse_width_s"]
    widths = fired["pulse_width_s"]
    attempts = points["attempt"] if "attempt" in points else pd.Series(1, points.index)
    return WriteOutcome(
        row=_integers(last["row"]),
        column=_integers(last["column"]),
        target=_integers(last["target"]),
        level=_integers(last["level"].fillna(NO_LEVEL)),
        resistance_ohm=last["resistance_ohm"].to_numpy(dtype=float),
        pulses=_integers(fired.groupby("cycle").size().reindex(devices, fill_value=0)),
        squares_V2s=squares.groupby(fired["cycle"])
        .sum()
        .reindex(devices, fill_value=0.0)
        .to_numpy(dtype=float),
        time_s=float(points["time_s"].groupby(attempts).max().sum()),
        pulse_width_s=float(widths.iloc[0]) if len(widths) else 0.0,
    )


def _integers(values: "pd.Series[float] | pd.Series[int]") -> Counts:
    return values.to_numpy(dtype=float).astype(np.int64)
