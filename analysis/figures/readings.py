"""Resistance against time: a series of readings without pulses, one line a cycle."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from ...storage import Phase
from ..errors import AnalysisError
from ..run_points import series_without_pulses
from .amplitude import VECTORS_UP_TO
from .house import colours, label_axis, name_cycles
from .panel import Panel

UNITS = (("s", 1.0, 600.0), ("min", 60.0, 36e3), ("h", 3600.0, np.inf))
"""Each unit of time, its length in s, and up to which length of a series it is used."""


def readings_against_time(points: pd.DataFrame) -> Panel:
    """Draw R against the time since the first reading of each cycle of a read-series.

    Raises AnalysisError if the run has none, or if readings are missing.
    """
    if not (points["phase"] == Phase.READ).any():
        raise AnalysisError(
            "The run has no points of the phase read; take the figure from a read-series run."
        )
    series = [(time - time[0], resistance) for time, resistance in series_without_pulses(points)]
    unit, length_s = unit_of_time(max(float(time[-1]) for time, _ in series))
    few = sum(len(time) for time, _ in series) <= VECTORS_UP_TO

    def paint(axes: Axes) -> None:
        for (time, resistance), colour in zip(series, colours(len(series)), strict=True):
            axes.plot(time / length_s, resistance, color=colour, linewidth=0.6, rasterized=not few)
        axes.set_xlabel(f"Time ({unit})")
        every = np.concatenate([resistance for _, resistance in series])
        label_axis(axes, "y", "Resistance", "Ω", every)
        if len(series) > 1:
            name_cycles(axes, len(series))

    table = pd.concat(
        [
            pd.DataFrame({"cycle": number, "time_s": time, "resistance_ohm": resistance})
            for number, (time, resistance) in enumerate(series)
        ]
    )
    return Panel("readings", "Readings", table, paint)


def unit_of_time(longest_s: float) -> tuple[str, float]:
    """Return the unit in which a series of that length is drawn, and its length in s."""
    return next((name, length_s) for name, length_s, most_s in UNITS if longest_s <= most_s)
