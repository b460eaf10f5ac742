"""The figure of an application: the accuracy of every network, by what it is programmed on."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from ....analysis.figures.house import BLUE, GREY, ORANGE, kind_colours
from ....analysis.figures.panel import Panel
from .result import Applied, range_of

NAMES = {
    "likeliest": "likeliest device",
    "drawn": "drawn devices",
    "written": "drawn devices,\nwritten by ladders",
}


def networks_of(applied: Applied) -> dict[str, tuple[float, ...]]:
    """Return the accuracies of programmed networks, by what they are programmed on."""
    found = {"likeliest": applied.likeliest, "drawn": applied.drawn}
    return found if applied.written is None else {**found, "written": applied.written}


def applied_table(applied: Applied) -> pd.DataFrame:
    """Return a row for each network, its accuracy from 0 to 1."""
    rows = [("trained", 0, applied.trained), ("on levels", 0, applied.on_levels)]
    for kind, accuracies in networks_of(applied).items():
        rows += [(kind, draw, value) for draw, value in enumerate(accuracies)]
    return pd.DataFrame(rows, columns=["network", "draw", "accuracy"])


def applied_panel(applied: Applied, device: str) -> Panel:
    """Draw a point for each network, and bars over the range that one more is in."""

    def paint(axes: Axes) -> None:
        networks = networks_of(applied)
        axes.axvline(100 * applied.trained, color=GREY, linestyle="--", label="as trained")
        axes.axvline(100 * applied.on_levels, color=BLUE, linestyle=":", label="on the levels")
        colours = (ORANGE, *kind_colours(7)[2:])
        for row, (kind, accuracies) in enumerate(networks.items()):
            spread = np.linspace(-0.22, 0.22, len(accuracies))
            percent = 100 * np.array(accuracies)
            axes.plot(percent, row + spread, "o", color=colours[row], markersize=2, alpha=0.7)
            if kind != "likeliest":
                found = range_of(accuracies)
                axes.plot(
                    [100 * found.low, 100 * found.high],
                    [row + 0.33] * 2,
                    color=colours[row],
                    marker="|",
                )
        axes.set_yticks(range(len(networks)), [NAMES[kind] for kind in networks])
        axes.set_ylim(len(networks) - 0.5, -0.5)
        axes.set_xlabel("Test accuracy (%)")
        axes.legend(loc="lower center", bbox_to_anchor=(0.4, 1.0), ncols=2)

    name = f"{applied.task}-accuracy"
    return Panel(name, f"{applied.task} on {device}", applied_table(applied), paint)
