"""The figure of a residual network's training: loss and test accuracy of every epoch."""

from collections.abc import Sequence

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from ....analysis.figures.house import BLUE, ORANGE
from ....analysis.figures.panel import Panel
from .training import Epoch


def training_panel(name: str, epochs: Sequence[Epoch]) -> Panel:
    """Draw the test accuracy, and the loss on the training images on an axis of its own."""
    table = pd.DataFrame(
        {
            "epoch": range(1, len(epochs) + 1),
            "training_loss": [epoch.loss for epoch in epochs],
            "test_accuracy": [epoch.test_accuracy for epoch in epochs],
        }
    )

    def paint(axes: Axes) -> None:
        axes.plot(table["epoch"], 100 * table["test_accuracy"], color=BLUE, marker=".")
        axes.set_xlabel("Epoch")
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes.set_ylabel("Test accuracy (%)", color=BLUE)
        loss = axes.twinx()
        loss.plot(table["epoch"], table["training_loss"], color=ORANGE, linestyle="--")
        loss.set_ylabel("Training loss", color=ORANGE)
        loss.set_ylim(bottom=0)
        loss.spines["right"].set_visible(True)

    return Panel(f"{name}-training", f"Training of {name}", table, paint)
