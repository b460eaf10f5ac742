"""The conductance histogram: every reading after a pulse, coloured by its level."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from ...arrays import Counts, Floats
from ..formatting import decimals_for
from ..levels.conductance import conductance_levels
from ..levels.find import Level, level_of_readings
from ..run_points import pulsed_points
from .house import colours, prefix_for
from .left_out import left_out_text, name_left_out
from .panel import Panel

BINS = 120
FEWEST = 0.7  # readings, at the foot of the logarithmic axis: one is still seen
COLUMNS = 2  # of the legend, which stands above the bars, a LINE of the height each row
LINE = 0.08
NAMED_UP_TO = 12  # levels; of more, the legend has the range alone


def conductance_histogram(points: pd.DataFrame, levels: Sequence[Level]) -> Panel:
    """Draw how often each conductance was read, with mean and σ of the levels.

    Raises AnalysisError if there are no readings after pulses.
    """
    pulsed = pulsed_points(points)
    conductance_S = 1 / pulsed["resistance_ohm"].to_numpy(dtype=float)
    index = level_of_readings(pulsed, levels)
    is_log = levels[0].scale == "log"
    edges = _edges(conductance_S, is_log)
    left_out = left_out_text(points)
    counts = [np.histogram(conductance_S[index == k], edges)[0] for k in range(len(levels))]
    found = conductance_levels(levels)
    power, prefix = prefix_for(edges)
    unit, per_S = f"{prefix}S", 10.0**-power
    named = len(levels) <= NAMED_UP_TO
    below = 0.96 - LINE * (1 + -(-len(levels) // COLUMNS) * named)

    def paint(axes: Axes) -> None:
        for level, count, colour in zip(found, counts, colours(len(levels)), strict=True):
            mean, sigma = level.conductance_S.value * per_S, level.sigma_S.value * per_S
            digits = decimals_for(sigma)
            known = f"{mean:.{digits}f} ± {sigma:.{digits}f}"
            label = known if level.visits > 1 else f"{mean:.4g}, one visit"
            axes.stairs(count, edges * per_S, fill=True, color=colour, label=label)
            axes.axvline(mean, below - 0.03, below, color=colour, linewidth=1.5)
        if is_log:
            axes.set_xscale("log")
        axes.set_yscale("log")
        axes.set_ylim(FEWEST, FEWEST * (np.max(counts) / FEWEST) ** (1 / (below - 0.05)))
        axes.set_xlabel(f"Conductance ({unit})")
        axes.set_ylabel("Readings")
        name_left_out(axes, left_out)
        if named:
            title = f"Levels, mean ± σ over all cycles ({unit})"
            axes.legend(loc="upper center", ncols=COLUMNS, title=title, columnspacing=1.0)
        else:
            where: dict[str, Any] = {"ha": "center", "va": "top", "transform": axes.transAxes}
            axes.text(0.5, 0.98, f"{len(found)} levels", size="small", **where)

    return Panel("conductance", "Conductance", _table(edges, counts), paint)


def _edges(conductance_S: Floats, is_log: bool) -> Floats:
    """Return the edges of the bins, even on the scale on which the levels were found."""
    values = np.log(conductance_S) if is_log else conductance_S
    edges = np.asarray(np.histogram_bin_edges(values, BINS), dtype=np.float64)
    return np.asarray(np.exp(edges)) if is_log else edges


def _table(edges_S: Floats, counts: Sequence[Counts]) -> pd.DataFrame:
    columns = {f"readings_level_{number}": count for number, count in enumerate(counts)}
    return pd.DataFrame(
        {
            "conductance_from_S": edges_S[:-1],
            "conductance_to_S": edges_S[1:],
            **columns,
        }
    )
