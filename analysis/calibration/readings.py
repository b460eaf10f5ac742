"""Retention of the levels and read noise, from runs that only read.

Readings without pulses show what ladders cannot: spontaneous escapes from a level, and the scatter
of readings without creep under pulses.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ...storage import Phase
from ..errors import AnalysisError
from ..levels.find import Level, level_of_readings, means_and_sigmas
from ..levels.scale import coordinate
from ..read_noise import measure_read_noise
from ..retention import Retention, longest_stay, measure_retention, pool_retention
from ..run_points import readings_without_pulses
from ..state_model.model import Quantity
from .conditions import FIELD_TOLERANCE_T
from .runs import CalibrationRun

OUTLIER_SIGMA = 7.0
LEVEL_TOLERANCE = 0.25


@dataclass(frozen=True, slots=True)
class RetentionData:
    """Retention and read noise of one device, from its reading runs.

    `noise` is the relative standard deviation of a reading, None where no series is long and steady
    enough; `description` is how it was measured, or the reason why it was not.
    """

    retention: tuple[Retention, ...]
    noise: Quantity | None
    description: str


def only_reads(run: CalibrationRun) -> bool:
    """Return True for a run of readings, whether or not pulses wrote the device before them."""
    return "phase" in run.points and bool((run.points["phase"] == Phase.READ).any())


def analyse_reads(runs: Sequence[CalibrationRun], levels: Sequence[Level]) -> RetentionData:
    """Return retention and read noise of one device from its reading runs and its levels.

    Raises AnalysisError, naming the run, for gaps in a series and for readings of no level.
    """
    analysed = [_analysed(run, levels) for run in runs]
    retention = pool_retention([one for found, _ in analysed for one in found])
    try:
        noise = measure_read_noise(max((stay for _, stay in analysed), key=len))
    except AnalysisError as error:
        return RetentionData(retention, None, str(error).rstrip("."))
    std = noise.relative_std_ci
    description = (
        f"{noise.readings} readings every {noise.interval_s:.3g} s, white "
        f"{noise.white_per_Hz.value:.2g}/Hz, flicker {noise.flicker.value:.2g}"
        f"{'' if noise.fits else f', which do not fit (p = {noise.significance:.1g})'}"
    )
    return RetentionData(retention, Quantity(std.value, std.low, std.high), description)


def reading_field_T(runs: Sequence[CalibrationRun]) -> float | None:
    """Return the field of the readings, T; None where unknown.

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


def _analysed(
    run: CalibrationRun, levels: Sequence[Level]
) -> tuple[tuple[Retention, ...], pd.DataFrame]:
    try:
        check_near(run.points, levels)
        return measure_retention(run.points, levels), longest_stay(run.points, levels)
    except AnalysisError as error:
        raise AnalysisError(f"{run.where}: {lower_first(str(error))}") from error


def lower_first(sentence: str) -> str:
    """Return the sentence with a small first letter, to stand behind a colon."""
    return sentence[:1].lower() + sentence[1:]


def check_near(points: pd.DataFrame, levels: Sequence[Level]) -> None:
    """Raise AnalysisError unless most readings without pulses are of these levels."""
    _, resistance = readings_without_pulses(points)
    mean, sigma = means_and_sigmas(levels)
    readings = pd.DataFrame({"resistance_ohm": resistance, "sequence": 0})
    label = level_of_readings(readings, levels)
    near = np.maximum(OUTLIER_SIGMA * sigma, LEVEL_TOLERANCE * float(np.abs(np.diff(mean)).min()))
    away = np.abs(coordinate(resistance, levels[0].scale) - mean[label])
    if (away > near[label]).mean() > 0.5:
        shown = ", ".join(f"{level.mean_ohm:.4g}" for level in levels)
        raise AnalysisError(
            f"Most readings (around {np.median(resistance):.4g} Ω) are of none of the levels of "
            f"the pulsed runs ({shown} Ω); read at their field and with their current."
        )
