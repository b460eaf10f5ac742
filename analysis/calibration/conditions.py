"""Conditions of a state model: pulse shape, field and read current."""

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd

from ...storage import Phase
from ..errors import AnalysisError
from .runs import CalibrationRun

FIELD_TOLERANCE_T = 1e-3


def shape_s(runs: Sequence[CalibrationRun]) -> tuple[float | None, float | None, float | None]:
    """Return width, rise and fall time of the pulses, s; None where unknown.

    Raises AnalysisError if they differ between pulses or runs.
    """
    widths = [value for run in runs for value in _pulsed(run)["pulse_width_s"].dropna().unique()]
    edges = (
        [run.parameters.get(key) for run in runs if key in run.parameters]
        for key in ("rise_s", "fall_s")
    )
    width = _one(widths, "pulse width", "s")
    rise, fall = (_one(values, "edges", "s") for values in edges)
    return width, rise, fall


def steady_field_T(runs: Sequence[CalibrationRun], polarity: int) -> float | None:
    """Return the field during pulses of a polarity, T; None where unknown.

    Raises AnalysisError if it varies by more than a millitesla.
    """
    fields = pd.concat([_pulsed(run) for run in runs])
    fields = fields[np.sign(fields["amplitude_V"]) == polarity]["field_T"].dropna()
    if fields.empty:
        return None
    if np.ptp(fields.to_numpy()) > FIELD_TOLERANCE_T:
        raise AnalysisError(
            f"The field during the pulses goes from {fields.min():g} T to {fields.max():g} T; "
            "calibrate runs at different fields apart."
        )
    return float(fields.median())


def saturation_field_T(runs: Sequence[CalibrationRun]) -> float | None:
    """Return the field that saturated the device before its ladders, T; None if none did."""
    fields = pd.concat([saturations(run) for run in runs])["field_T"].dropna()
    return None if fields.empty else float(fields.median())


def read_current_A(runs: Sequence[CalibrationRun]) -> float | None:
    """Return the current of the readings, A; None where it is unknown or differs."""
    currents = {run.parameters.get("read_current_A") for run in runs}
    (current,) = currents if len(currents) == 1 else (None,)
    return current if isinstance(current, float) else None


def saturations(run: CalibrationRun) -> pd.DataFrame:
    """Return the readings in the saturating field."""
    points = run.points
    return points[(points["phase"] == Phase.SATURATE) & points["resistance_ohm"].notna()]


def _pulsed(run: CalibrationRun) -> pd.DataFrame:
    return run.points[run.points["amplitude_V"].notna() & (run.points["amplitude_V"] != 0)]


def _one(values: Iterable[object], what: str, unit: str) -> float | None:
    distinct = sorted({float(value) for value in values if isinstance(value, int | float)})
    if not distinct:
        return None
    if distinct[-1] > distinct[0] * (1 + 1e-6):
        raise AnalysisError(
            f"The {what} of the pulses goes from {distinct[0]:g} {unit} to {distinct[-1]:g} "
            f"{unit}; calibrate runs with different pulses apart."
        )
    return distinct[0]
