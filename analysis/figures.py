"""The figures of the synapse paper, drawn from a run's points in one house style."""

from collections.abc import Callable, Sequence
from pathlib import Path

import matplotlib as mpl
import matplotlib.style
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from analysis.levels import Level
from analysis.switching import state_distribution

COLUMN_WIDTH_IN = 3.5
STYLE = Path(__file__).parent / "house.mplstyle"
COLOUR_MAP = "viridis"  # readable without colour vision
DOWN, UP = "#0072B2", "#D55E00"  # Okabe and Ito


def draw(
    path: Path,
    panels: Sequence[Callable[[Axes], None]],
    titles: Sequence[str] = (),
) -> Path:
    """Draw the panels side by side into a PNG at `path` and return it."""
    with mpl.style.context(STYLE):
        figure = Figure(figsize=(COLUMN_WIDTH_IN * len(panels), 2.6))
        FigureCanvasAgg(figure)
        for number, panel in enumerate(panels, start=1):
            axes = figure.add_subplot(1, len(panels), number)
            panel(axes)
            if titles:
                axes.set_title(titles[number - 1])
        figure.savefig(path)
    return path


def resistance_against_amplitude(points: pd.DataFrame) -> Callable[[Axes], None]:
    """R against pulse amplitude, one colour a cycle; resets (negative) share the axis."""
    pulsed = points[points["amplitude_V"].notna()]

    def panel(axes: Axes) -> None:
        cycles = sorted(pulsed["cycle"].unique())
        colours = mpl.colormaps[COLOUR_MAP](np.linspace(0, 0.9, len(cycles)))
        for colour, cycle in zip(colours, cycles, strict=True):
            for _, part in pulsed[pulsed["cycle"] == cycle].groupby("phase", sort=False):
                axes.plot(part["amplitude_V"], part["resistance_ohm"], color=colour)
        axes.set_xlabel("Pulse amplitude (V)")
        axes.set_ylabel("Resistance (Ω)")
        axes.text(
            0.98, 0.98, f"{len(cycles)} cycles", transform=axes.transAxes, ha="right", va="top"
        )

    return panel


def minor_loop(points: pd.DataFrame) -> Callable[[Axes], None]:
    """R against out-of-plane field, the way down and the way up."""
    loop = points[points["phase"] == "loop"]

    def panel(axes: Axes) -> None:
        field_mT = loop["field_T"].to_numpy(dtype=float) * 1e3
        resistance = loop["resistance_ohm"].to_numpy(dtype=float)
        turn = int(field_mT.argmin())
        axes.plot(field_mT[: turn + 1], resistance[: turn + 1], color=DOWN, label="down")
        axes.plot(field_mT[turn:], resistance[turn:], "--", color=UP, label="up")
        axes.set_xlabel("Field (mT)")
        axes.set_ylabel("Resistance (Ω)")
        axes.legend()

    return panel


def distribution_map(points: pd.DataFrame, levels: Sequence[Level]) -> Callable[[Axes], None]:
    """The state-distribution map: share of cycles in each level against amplitude."""
    share = state_distribution(points, levels)

    def panel(axes: Axes) -> None:
        colours = mpl.colormaps[COLOUR_MAP](np.linspace(0, 1, len(levels)))
        axes.stackplot(
            share.index.to_numpy(dtype=float),
            share.to_numpy().T,
            colors=colours,
            labels=[f"{level.mean_ohm:.0f} Ω" for level in levels],
            step="post",
            linewidth=0,
        )
        axes.set_xlim(share.index.min(), share.index.max())
        axes.set_ylim(0, 1)
        axes.set_xlabel("Pulse amplitude (V)")
        axes.set_ylabel("Share of cycles")
        axes.legend(loc="lower left", framealpha=0.85, frameon=True, edgecolor="none")

    return panel
