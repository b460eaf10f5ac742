"""Potentiation and depression: conductance against pulse number, with NeuroSim's curve."""

from collections.abc import Sequence
from textwrap import fill

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from ...formatting import format_interval
from ...weight.curves import WeightUpdate, asymmetry_of, measure_updates
from ..house import BLUE, ORANGE, Colour, colours, label_axis, legend_below
from ..panel import Panel

NAMED_UP_TO = 6  # amplitudes of each direction in the legend
DOTS_UP_TO = 100  # pulses of a ramp
LEGEND_WIDTH = 53  # characters


def update_curves(points: pd.DataFrame) -> Panel:
    """Draw the mean over the ramps of each direction, single ramps behind it, and the curves.

    Depression follows potentiation. The legend has the nonlinearity with its 95 % interval, or why
    there is none. Raises AnalysisError as `measure_updates` does.
    """
    updates = measure_updates(points)
    up = [each for each in updates if each.ramps.potentiates]
    down = [each for each in updates if not each.ramps.potentiates]
    turn = max((len(each.ramps.amplitudes_V) for each in up), default=0)
    difference = asymmetry_of(updates)

    def paint(axes: Axes) -> None:
        for found, first, single in ((up, 0, BLUE), (down, turn, ORANGE)):
            shades: list[Colour | str] = [*colours(len(found))] if len(found) > 1 else [single]
            every = -(-len(found) // NAMED_UP_TO)
            for number, (each, shade) in enumerate(zip(found, shades, strict=False)):
                _paint(axes, each, first, shade, named=number % every == 0)
        if up and down:
            axes.axvline(turn, color="#BBBBBB", linewidth=0.6, zorder=0)
        axes.set_xlabel("Pulse number (1)")
        means = np.concatenate([each.ramps.conductance_S.ravel() for each in updates])
        label_axis(axes, "y", "Conductance", "S", means)
        title = None
        if difference is not None and all(each.describes for each in updates):
            ends = difference.value, difference.low, difference.high
            title = f"asymmetry {format_interval(*ends)}"
        legend_below(axes, title=title)

    named = [each for found in (up, down) for each in found[:: -(-len(found) // NAMED_UP_TO) or 1]]
    lines = sum(max(2, _label(each).count("\n") + 1) for each in named)
    title = "Potentiation and depression"
    return Panel("update", title, _table(updates), paint, lines_below=lines)


def _paint(
    axes: Axes, update: WeightUpdate, first: int, colour: Colour | str, *, named: bool
) -> None:
    ramps = update.ramps
    pulse = first + np.arange(len(ramps.mean_S))
    if len(ramps.conductance_S) > 1:
        some = ramps.conductance_S[:: -(-len(ramps.conductance_S) // 20)]
        axes.plot(pulse, some.T, color=colour, alpha=0.2, linewidth=0.5, zorder=1)
    few = len(pulse) <= DOTS_UP_TO
    dots = "o" if ramps.potentiates else "s"
    axes.plot(
        pulse,
        ramps.mean_S,
        dots if few else "-",
        color=colour,
        markersize=2.5,
        markerfacecolor="white",
        markeredgewidth=0.7,
        rasterized=len(pulse) > 20_000,
    )
    line = "-" if update.describes else ":"
    axes.plot(pulse, update.fitted_S(), line, color=colour, label=_label(update) if named else "_")


def _label(update: WeightUpdate) -> str:
    what = f"{update.ramps.direction}, {update.ramps.pulses_text}"
    if update.problem:
        return f"{what}: no nonlinearity, for\n{fill(update.problem, LEGEND_WIDTH)}"
    label = update.curve.nonlinearity
    return f"{what}: NL {format_interval(label.value, label.low, label.high)}"


def _table(updates: Sequence[WeightUpdate]) -> pd.DataFrame:
    return pd.concat(
        [
            pd.DataFrame(
                {
                    "direction": update.ramps.direction,
                    "amplitude_V": np.r_[np.nan, update.ramps.amplitudes_V],
                    "pulse": np.arange(len(update.ramps.mean_S)),
                    "ramps": np.isfinite(update.ramps.conductance_S).sum(axis=0),
                    "conductance_S": update.ramps.mean_S,
                    "fitted_S": update.fitted_S(),
                    "nonlinearity": update.curve.nonlinearity.value,
                    "low_95": update.curve.nonlinearity.low,
                    "high_95": update.curve.nonlinearity.high,
                    "residual": update.curve.residual,
                }
            )
            for update in updates
        ],
        ignore_index=True,
    )
