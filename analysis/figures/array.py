"""An array device by device: the map of what was written or read, and pulses per device."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from ..errors import AnalysisError
from ..writing.outcome import measure_write_outcome
from .house import GREY, ORANGE, Colour, colours, label_axis, map_colours
from .panel import Panel

BINS = 40


def array_map(points: pd.DataFrame) -> Panel:
    """Draw the conductance of every device where it sits, crosses on those that miss their target.

    Each device is drawn as it was last read. Raises AnalysisError if the points are of no array.
    """
    if "row" not in points or "column" not in points:
        raise AnalysisError("The run went to no array: take a write-verify or read-array run.")
    last = points.groupby(["row", "column"]).tail(1)
    row, column = (last[name].to_numpy(dtype=int) for name in ("row", "column"))
    conductance_S = np.full((row.max() + 1, column.max() + 1), np.nan)
    with np.errstate(divide="ignore"):
        conductance_S[row, column] = 1 / last["resistance_ohm"].to_numpy(dtype=float)
    has_target = last["target"].notna() if "target" in last else pd.Series(False, last.index)
    missed = last[has_target & (last["level"] != last["target"])] if any(has_target) else last[:0]

    def paint(axes: Axes) -> None:
        image = axes.imshow(
            conductance_S.T,
            aspect="auto",
            interpolation="nearest",
            cmap=map_colours(),
            origin="lower",
        )
        bar = axes.figure.colorbar(image, ax=axes)
        label_axis(bar.ax, "y", "Conductance", "S", conductance_S)
        axes.plot(missed["row"], missed["column"], "x", color=ORANGE, markersize=3)
        axes.set_xlabel("Row")
        axes.set_ylabel("Column")
        axes.yaxis.set_major_locator(MaxNLocator(integer=True))
        axes.spines[["top", "right"]].set_visible(True)

    columns = [
        name
        for name in ("row", "column", "target", "level", "resistance_ohm")
        if name in last.columns
    ]
    return Panel("array", "Conductance of every device", last[columns], paint)


def pulses_per_device(points: pd.DataFrame) -> Panel:
    """Draw how many pulses devices took, by their target, and how many were given up.

    Raises AnalysisError if no device was fired at.
    """
    writing = measure_write_outcome(points)
    if not writing.pulsed.any():
        raise AnalysisError("No pulse was fired: every device had its target already.")
    most = int(writing.pulses.max())
    edges = np.arange(0.5, most + 1.5, max(1, round(most / BINS)))
    edges = edges if edges[-1] > most else np.append(edges, edges[-1] + edges[-1] - edges[-2])
    targets = [int(t) for t in np.unique(writing.target[writing.pulsed & writing.written])]
    taken = [
        writing.pulses[writing.pulsed & writing.written & (writing.target == target)]
        for target in targets
    ]
    given_up = writing.pulses[writing.pulsed & ~writing.written]

    def paint(axes: Axes) -> None:
        shades: list[Colour | str] = [*colours(len(taken)), GREY]
        names = [*(f"level {target}" for target in targets), "given up"]
        for counted, shade, name in zip((*taken, given_up), shades, names, strict=True):
            if len(counted):
                axes.stairs(np.histogram(counted, edges)[0], edges, color=shade, label=name)
        axes.set_yscale("log")
        axes.set_xlabel("Pulses for a device")
        axes.set_ylabel("Devices")
        axes.set_ylim(bottom=0.7)
        axes.legend(loc="upper right", title="Target")

    data = pd.DataFrame(
        {
            "row": writing.row,
            "column": writing.column,
            "target": writing.target,
            "level": writing.level,
            "pulses": writing.pulses,
        }
    )
    return Panel("pulses", "Pulses for each device", data, paint)
