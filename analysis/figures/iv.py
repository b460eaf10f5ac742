"""Sweeps of the read current: voltage against current, and resistance against bias."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from ...storage import Phase
from ..errors import AnalysisError
from ..run_points import require, unmarked
from .house import colours, label_axis, name_cycles
from .panel import Panel


def voltage_against_current(points: pd.DataFrame) -> Panel:
    """Draw all sweeps of an iv run; raises AnalysisError if there are none."""
    table = _sweeps(points)

    def paint(axes: Axes) -> None:
        _paint_sweeps(axes, table, "current_A", "voltage_V")
        label_axis(axes, "x", "Current", "A", table["current_A"])
        label_axis(axes, "y", "Voltage", "V", table["voltage_V"])

    return Panel("iv", "Voltage against current", table, paint)


def resistance_against_bias(points: pd.DataFrame) -> Panel:
    """Draw V/I against the voltage at the junction; raises AnalysisError if there is no sweep."""
    table = _sweeps(points)

    def paint(axes: Axes) -> None:
        _paint_sweeps(axes, table, "voltage_V", "resistance_ohm")
        label_axis(axes, "x", "Voltage at the junction", "V", table["voltage_V"])
        label_axis(axes, "y", "Resistance", "Ω", table["resistance_ohm"])

    return Panel("bias", "Resistance against bias", table, paint)


def _paint_sweeps(axes: Axes, table: pd.DataFrame, x: str, y: str) -> None:
    sweeps = [sweep for _, sweep in table.groupby("cycle", sort=True)]
    for sweep, colour in zip(sweeps, colours(len(sweeps)), strict=True):
        axes.plot(sweep[x], sweep[y], ".-", color=colour, markersize=3, linewidth=0.6)
    if len(sweeps) > 1:
        name_cycles(axes, len(sweeps))


def _sweeps(points: pd.DataFrame) -> pd.DataFrame:
    require(points, ("cycle", "phase", "voltage_V", "current_A", "resistance_ohm"))
    swept = unmarked(points[points["phase"] == Phase.IV])
    columns = ["cycle", "current_A", "voltage_V", "resistance_ohm"]
    table: pd.DataFrame = swept[columns].reset_index(drop=True)
    table = table[np.isfinite(table[columns[1:]].to_numpy(dtype=float)).all(axis=1)]
    if len(table) < 2:
        raise AnalysisError(
            "The run has no points of the phase iv; take the figure from an iv run."
        )
    return table
