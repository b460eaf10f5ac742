"""Sweeps of the read current: voltage against current, and resistance against bias."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from ...storage import Phase
from ..errors import AnalysisError
from ..run_points import require, unmarked
from .amplitude import name_cycles
from .panel import Panel, colours

CURRENTS = (("A", 1.0), ("mA", 1e-3), ("µA", 1e-6), ("nA", 1e-9))
"""Each unit of the axis, with its size in A."""


def voltage_against_current(points: pd.DataFrame) -> Panel:
    """Draw all sweeps of an iv run; raises AnalysisError if there are none."""
    table = _sweeps(points)
    largest_A = float(table["current_A"].abs().max())
    unit, size_A = next((each for each in CURRENTS if each[1] <= largest_A), CURRENTS[-1])

    def paint(axes: Axes) -> None:
        _paint_sweeps(axes, table, table["current_A"] / size_A, table["voltage_V"] * 1e3)
        axes.set_xlabel(f"Current ({unit})")
        axes.set_ylabel("Voltage (mV)")

    return Panel("iv", "Voltage against current", table, paint)


def resistance_against_bias(points: pd.DataFrame) -> Panel:
    """Draw V/I against the voltage at the junction; raises AnalysisError if there is no sweep."""
    table = _sweeps(points)

    def paint(axes: Axes) -> None:
        _paint_sweeps(axes, table, table["voltage_V"] * 1e3, table["resistance_ohm"])
        axes.set_xlabel("Voltage at the junction (mV)")
        axes.set_ylabel("Resistance (Ω)")
        axes.ticklabel_format(axis="y", useOffset=False)

    return Panel("bias", "Resistance against bias", table, paint)


def _paint_sweeps(axes: Axes, table: pd.DataFrame, x: pd.Series, y: pd.Series) -> None:
    groups = [index for _, index in table.groupby("cycle", sort=True).groups.items()]
    for rows, colour in zip(groups, colours(len(groups)), strict=True):
        axes.plot(x[rows], y[rows], ".-", color=colour, markersize=3, linewidth=0.6)
    if len(groups) > 1:
        name_cycles(axes, len(groups))


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
