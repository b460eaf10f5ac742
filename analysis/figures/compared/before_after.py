"""What changed between two runs: differences with intervals, and both runs in one drawing."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from ....storage import Phase
from ...compared.before_after import BeforeAfter
from ..house import BLUE, GREY, ORANGE, label_axis, legend_below
from ..panel import Panel

CYCLES_SHOWN = 30  # of each run, from the first
LINES_FROM = 6  # rows of differences that fit at the usual height


def differences(found: BeforeAfter) -> Panel:
    """Draw each change relative to its value before, with its 95 % interval, beside zero."""
    changes = found.changes
    size = np.array([abs(change.before.estimate.value) for change in changes])
    value, low, high = (
        100 * np.array([getattr(change.difference, end) for change in changes]) / size
        for end in ("value", "low", "high")
    )
    bounded = np.isfinite(high - low)

    def paint(axes: Axes) -> None:
        axes.axvline(0, color=GREY, linewidth=0.8)
        for place, change in enumerate(changes):
            colour = ORANGE if change.differs else BLUE
            error = [[value[place] - low[place]], [high[place] - value[place]]]
            axes.errorbar(
                [value[place]],
                [place],
                xerr=error if bounded[place] else None,
                fmt="o" if bounded[place] else "x",
                color=colour if bounded[place] else GREY,
                capsize=2,
            )
        axes.set_yticks(range(len(changes)), [change.name for change in changes])
        axes.set_ylim(len(changes) - 0.5, -0.5)
        axes.set_xlabel("Change, after − before (%)")
        for colour, mark, label in (
            (ORANGE, "o", "different"),
            (BLUE, "o", "not different within the interval"),
            (GREY, "x", "no interval"),
        ):
            axes.plot([], [], mark, color=colour, label=label)
        legend_below(axes, bbox_to_anchor=(0.3, 0.0))

    data = pd.DataFrame(
        {
            "quantity": [change.name for change in changes],
            "unit": [change.before.unit for change in changes],
            "before": [change.before.estimate.value for change in changes],
            "after": [change.after.estimate.value for change in changes],
            "difference": [change.difference.value for change in changes],
            "low_95": [change.difference.low for change in changes],
            "high_95": [change.difference.high for change in changes],
            "differs": [change.differs if change.known else None for change in changes],
        }
    )
    lines = 3 + max(0, len(changes) - LINES_FROM)
    return Panel("differences", "Changes", data, paint, lines_below=lines)


def both_runs(found: BeforeAfter) -> Panel:
    """Draw the loops or ladders of both runs, before and after."""
    sides = (("before", found.before, BLUE, "-"), ("after", found.after, ORANGE, "--"))
    x, label = "amplitude_V", "Pulse amplitude (V)"
    if (found.before.points["phase"] == Phase.LOOP).any():
        x, label = "field_T", "Out-of-plane field"
    tables = [
        run.points[["cycle", "phase", x, "resistance_ohm"]]
        .dropna()
        .query("resistance_ohm > 0")
        .assign(when=name, run=run.run)
        for name, run, _, _ in sides
    ]
    data = pd.concat(tables, ignore_index=True)

    def paint(axes: Axes) -> None:
        for table, (name, run, colour, line) in zip(tables, sides, strict=True):
            text = f"{name} (run {run.run})"
            shown = table["cycle"].unique()[:CYCLES_SHOWN]
            drawn = table[table["cycle"].isin(shown)]
            for _, part in drawn.groupby(["cycle", "phase"], sort=False):
                axes.plot(
                    part[x],
                    part["resistance_ohm"],
                    line,
                    color=colour,
                    alpha=0.7,
                    linewidth=0.6,
                    label=text,
                    rasterized=len(data) > 20_000,
                )
                text = "_"
        if x == "field_T":
            label_axis(axes, "x", label, "T", data[x])
        else:
            axes.set_xlabel(label)
        label_axis(axes, "y", "Resistance", "Ω", data["resistance_ohm"])
        legend_below(axes, ncols=2)

    return Panel("runs", "Before and after", data, paint, lines_below=1)
