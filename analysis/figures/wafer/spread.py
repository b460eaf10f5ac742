"""Every device of a wafer, die by die: the scatter on a die beside that from die to die."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from ....arrays import Floats
from ....wafer_map import Die
from ...errors import AnalysisError
from ..house import BLUE, ORANGE, label_axis, legend_below
from ..panel import Panel


def devices_by_die(
    name: str,
    title: str,
    quantity: str,
    unit: str,
    dies: Sequence[Die],
    values_of_dies: Sequence[Floats],
) -> Panel:
    """Draw each device as a point and each die's mean as a bar, dies in the order of their means.

    `unit` is the SI unit. Raises AnalysisError without a value.
    """
    measured = [(die, v) for die, v in zip(dies, values_of_dies, strict=True) if len(v)]
    if not measured:
        raise AnalysisError("No device of the wafer has a value.")
    measured.sort(key=lambda one: float(one[1].mean()))
    places = np.concatenate([np.full(len(v), k) for k, (_, v) in enumerate(measured, start=1)])
    values = np.concatenate([v for _, v in measured])
    data = pd.DataFrame(
        {
            "column": np.concatenate([np.full(len(v), die.column) for die, v in measured]),
            "row": np.concatenate([np.full(len(v), die.row) for die, v in measured]),
            "value": values,
        }
    )

    def paint(axes: Axes) -> None:
        axes.plot(places, values, "o", color=BLUE, markersize=2.5, alpha=0.7, label="device")
        means = [float(v.mean()) for _, v in measured]
        numbers = np.arange(1, len(measured) + 1)
        axes.hlines(
            means, numbers - 0.4, numbers + 0.4, color=ORANGE, lw=1.5, label="mean of the die"
        )
        axes.set_xlabel("Dies, by their means")
        axes.set_xlim(0, len(measured) + 1)
        if unit in ("", "ratio"):
            axes.set_ylabel(quantity)
        else:
            label_axis(axes, "y", quantity, unit, values)
        legend_below(axes, ncols=2)

    return Panel(name, title, data, paint, lines_below=2)
