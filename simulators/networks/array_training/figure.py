"""The accuracy of a readout that is trained in the loop, step by step, and the pulses it took."""

from typing import TYPE_CHECKING

import pandas as pd
from matplotlib.axes import Axes

from ....analysis.figures.house import BLUE, ORANGE
from ....analysis.figures.panel import Panel

if TYPE_CHECKING:
    from .train import TrainingOutcome


def training_panel(points: pd.DataFrame, outcome: "TrainingOutcome") -> Panel:
    """Draw the accuracy on held-out images against the pulses so far, and the test accuracy."""
    measured = points.sort_values("point") if "point" in points else points
    pulses = measured["amplitude_V"].notna().cumsum()
    judged = measured["accuracy"].notna()
    table = pd.DataFrame(
        {
            "cycle": measured["cycle"][judged].to_numpy(),
            "pulses": pulses[judged].to_numpy(),
            "accuracy_held_out": measured["accuracy"][judged].to_numpy(dtype=float),
        }
    )
    low, high = outcome.interval

    def paint(axes: Axes) -> None:
        share = 100 * table["accuracy_held_out"]
        axes.plot(table["pulses"], share, color=BLUE, label="held-out training images")
        axes.errorbar(
            [table["pulses"].iloc[-1]],
            [100 * outcome.accuracy],
            [[100 * (outcome.accuracy - low)], [100 * (high - outcome.accuracy)]],
            fmt="o",
            color=ORANGE,
            capsize=2,
            label="test images, at the end",
        )
        axes.set_xlabel("Pulses")
        axes.set_ylabel("Accuracy (%)")
        axes.set_ylim(0, 100)
        axes.legend(loc="lower right")

    return Panel("training", "A readout trained with its own devices", table, paint)
