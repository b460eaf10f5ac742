"""Resistance against pulse amplitude: one line a cycle, writes, resets and ramps alike."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection

from ...arrays import Floats
from ...storage import Phase
from ..run_points import ImpossibleResistanceError, pulsed_points, pulses_as_read
from .house import colours, label_axis, name_cycles
from .left_out import left_out_text, name_left_out
from .panel import Panel

VECTORS_UP_TO = 20_000  # points; more are painted as pixels within the SVG

KINDS: Mapping[frozenset[str], tuple[str, str]] = {
    frozenset({Phase.WRITE}): ("write", "Write"),
    frozenset({Phase.RESET}): ("reset", "Reset"),
    frozenset({Phase.WRITE, Phase.RESET}): ("write-and-reset", "Write and reset"),
    frozenset({Phase.RAMP}): ("ramps", "Ramps"),
}


def resistance_against_amplitude(points: pd.DataFrame) -> Panel:
    """Draw R after each pulse against its amplitude; resets (negative) share the axis.

    Points have columns `cycle`, `phase`, `amplitude_V`, `resistance_ohm`. Where many resistances
    are zero or less, all are drawn as they were read, and the reason is written below. Raises
    AnalysisError if there are no readings after pulses.
    """
    try:
        pulsed, left_out = pulsed_points(points), left_out_text(points)
    except ImpossibleResistanceError as error:
        pulsed, left_out = pulses_as_read(points), f"As read: {error}"
    table = pulsed[["cycle", "phase", "sequence", "amplitude_V", "resistance_ohm"]]
    name, title = KINDS.get(frozenset(table["phase"]), ("pulses", "Pulses"))
    cycles = np.unique(table["cycle"])

    def paint(axes: Axes) -> None:
        shades = dict(zip(cycles.tolist(), colours(len(cycles)), strict=True))
        lines, numbers = _lines(table)
        each = [shades[number] for number in numbers]
        few = len(table) <= VECTORS_UP_TO
        stairs = [_stairs(line) for line in lines]
        axes.add_collection(LineCollection(stairs, colors=each, rasterized=not few), autolim=False)
        for line, shade in zip(lines, each, strict=True):
            if len(line) == 1:
                axes.plot(*line[0], ".", color=shade)
        axes.update_datalim(np.concatenate(lines))
        axes.autoscale_view()
        axes.set_xlabel("Pulse amplitude (V)")
        label_axis(axes, "y", "Resistance", "Ω", table["resistance_ohm"])
        name_left_out(axes, left_out)
        if len(cycles) > 1:
            name_cycles(axes, len(cycles))

    return Panel(name, title, table.drop(columns="sequence"), paint)


def _lines(table: pd.DataFrame) -> tuple[list[Floats], list[int]]:
    """Return the lines (n, 2) of amplitude and R, each of one cycle, and its number.

    Where a series of pulses goes on from one cycle to the next, the line begins at the last point.
    """
    pulses = table[["amplitude_V", "resistance_ohm"]].to_numpy(dtype=float)
    cycle, sequence = table["cycle"].to_numpy(), table["sequence"].to_numpy()
    begins = np.diff(sequence, prepend=-1) != 0
    starts = np.flatnonzero(begins | (np.diff(cycle, prepend=-1) != 0))
    firsts = np.where(begins[starts], starts, starts - 1)
    ends = [*starts[1:], len(table)]
    lines = [pulses[first:end] for first, end in zip(firsts, ends, strict=True)]
    return lines, cycle[starts].tolist()


def _stairs(line: Floats) -> Floats:
    """Return the line as steps: a resistance lasts until the next pulse."""
    corners = np.repeat(line, 2, axis=0)
    return np.column_stack([corners[1:, 0], corners[:-1, 1]])
