"""What runs that only read add to a calibration: retention of the levels, and read noise.

Readings without pulses tell what ladders cannot: whether a level is left by itself, and how much a
reading varies when nothing creeps under pulses.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ...storage import Phase
from ..errors import AnalysisError
from ..levels.find import Level, level_of_readings, widths
from ..read_noise import measure_read_noise
from ..retention import Retention, longest_stay, measure_retention, pooled
from ..run_points import quiet_readings
from ..state_model.model import Quantity
from .conditions import FIELD_TOLERANCE_T
from .runs import CalibrationRun

ASTRAY = 7.0
NEAR = 0.25


@dataclass(frozen=True, slots=True)
class Watched:
    """What the reading runs of one device tell.

    `noise` is the relative standard deviation of a reading, None where no series is long and steady
    enough; `told` says how it was measured, or why it was not.
    """

    kept: tuple[Retention, ...]
    noise: Quantity | None
    told: str


def reads_only(run: CalibrationRun) -> bool:
    """Whether the run is a series of readings; pulses that wrote before it are not counted."""
    return "phase" in run.points and bool((run.points["phase"] == Phase.READ).any())


def watch(runs: Sequence[CalibrationRun], levels: Sequence[Level]) -> Watched:
    """Return what reading runs of one device tell, given its levels.

    Raises AnalysisError, naming the run, for gaps in a series and for readings of no level.
    """
    seen = [_seen(run, levels) for run in runs]
    kept = pooled([one for found, _ in seen for one in found])
    try:
        noise = measure_read_noise(max((stay for _, stay in seen), key=len))
    except AnalysisError as error:
        return Watched(kept, None, str(error).rstrip("."))
    std = noise.relative_std
    told = (
        f"{noise.readings} readings every {noise.interval_s:.3g} s, white "
        f"{noise.white_per_Hz.value:.2g}/Hz, flicker {noise.flicker.value:.2g}"
    )
    return Watched(kept, Quantity(std.value, std.low, std.high), told)


def reading_field_T(runs: Sequence[CalibrationRun]) -> float | None:
    """Return the field of the readings, T; None where no run tells.

    Raises AnalysisError if it varies by more than a millitesla.
    """
    read = pd.concat([run.points[run.points["phase"] == Phase.READ] for run in runs])
    fields = read["field_T"].dropna() if "field_T" in read else read["phase"][:0]
    if fields.empty:
        return None
    if np.ptp(fields.to_numpy()) > FIELD_TOLERANCE_T:
        raise AnalysisError(
            f"The field during the readings goes from {fields.min():g} T to {fields.max():g} T; "
            "how long a level lasts depends on it: calibrate with readings at one field."
        )
    return float(fields.median())


def _seen(
    run: CalibrationRun, levels: Sequence[Level]
) -> tuple[tuple[Retention, ...], pd.DataFrame]:
    try:
        _check_near(run.points, levels)
        return measure_retention(run.points, levels), longest_stay(run.points, levels)
    except AnalysisError as error:
        message = str(error)
        raise AnalysisError(f"{run.where}: {message[:1].lower()}{message[1:]}") from error


def _check_near(points: pd.DataFrame, levels: Sequence[Level]) -> None:
    _, resistance = quiet_readings(points)
    mean, sigma = widths(levels)
    readings = pd.DataFrame({"resistance_ohm": resistance, "sequence": 0})
    label = level_of_readings(readings, levels)
    near = np.maximum(ASTRAY * sigma, NEAR * float(np.abs(np.diff(mean)).min()))
    if (np.abs(resistance - mean[label]) > near[label]).mean() > 0.5:
        shown = ", ".join(f"{value:.4g}" for value in mean)
        raise AnalysisError(
            f"Most readings (around {np.median(resistance):.4g} Ω) are of none of the levels of "
            f"the pulsed runs ({shown} Ω); read at their field and with their current."
        )
