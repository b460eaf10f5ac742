"""Test accuracy of a network at every stage of bringing its readout layer onto an array."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from ....analysis.figures.house import BLUE
from ....analysis.figures.panel import Panel
from .readout_result import Stage


def accuracy_panel(stages: Sequence[Stage]) -> Panel:
    """Draw the accuracy of each stage with its 95 % interval."""
    table = pd.DataFrame([stage.document() for stage in stages])
    value, low, high = (
        100 * table[name].to_numpy(dtype=float) for name in ("accuracy", "low", "high")
    )
    place = np.arange(len(stages))

    def paint(axes: Axes) -> None:
        axes.errorbar(place, value, [value - low, high - value], fmt="o", color=BLUE, capsize=2)
        axes.set_xticks(place, [stage.name.replace(", ", ",\n") for stage in stages])
        axes.set_xlim(-0.5, len(stages) - 0.5)
        axes.set_ylabel("Test accuracy (%)")

    return Panel("accuracy", "Accuracy with the readout layer on an array", table, paint)
