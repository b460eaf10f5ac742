"""Resistance against the number of the pulse: trains of equal pulses, a colour an amplitude."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.lines import Line2D

from ..errors import AnalysisError
from ..run_points import pulsed_points
from ..switching.probability import has_trials
from .amplitude import VECTORS_UP_TO
from .house import colours, label_axis
from .left_out import left_out_text, name_left_out
from .panel import Panel

NAMED_UP_TO = 8  # amplitudes in the legend; of more, a few


def resistance_against_pulse(points: pd.DataFrame) -> Panel:
    """Draw R after each pulse of a train against the pulse's number, from 1.

    Raises AnalysisError unless the run has trains of two equal pulses or more at two amplitudes.
    """
    pulsed = pulsed_points(points)
    pulsed = pulsed[pulsed["amplitude_V"] > 0]
    number = pulsed.groupby("cycle").cumcount() + 1
    if not has_trials(points) or number.max() < 2:
        raise AnalysisError(
            "The run has no trains of equal pulses; take the figure from a pulse-train run."
        )
    table = pulsed[["cycle", "amplitude_V", "resistance_ohm"]].assign(pulse=number)
    amplitudes_V = np.unique(table["amplitude_V"])
    left_out = left_out_text(points)

    def paint(axes: Axes) -> None:
        shades = dict(zip(amplitudes_V.tolist(), colours(len(amplitudes_V)), strict=True))
        trains = [train for _, train in table.groupby("cycle", sort=True)]
        lines = [train[["pulse", "resistance_ohm"]].to_numpy(dtype=float) for train in trains]
        axes.add_collection(
            LineCollection(
                lines,
                colors=[shades[float(train["amplitude_V"].iloc[0])] for train in trains],
                linewidths=0.8,
                rasterized=len(table) > VECTORS_UP_TO,
            ),
            autolim=False,
        )
        axes.update_datalim(np.concatenate(lines))
        axes.autoscale_view()
        axes.set_xlabel("Pulse number (1)")
        label_axis(axes, "y", "Resistance", "Ω", table["resistance_ohm"])
        name_left_out(axes, left_out)
        every = int(np.ceil(len(amplitudes_V) / NAMED_UP_TO))
        axes.legend(
            handles=[
                Line2D([], [], color=shades[V], label=f"{V:g}") for V in amplitudes_V[::every]
            ],
            loc="upper left",
            bbox_to_anchor=(1.0, 1.02),
            title="Pulse (V)",
        )

    return Panel("pulse-train", "Trains of equal pulses", table, paint)
