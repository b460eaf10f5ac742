"""What a panel leaves out, written into it: a figure must not lose readings silently."""

from collections.abc import Sequence
from textwrap import fill

import pandas as pd
from matplotlib.axes import Axes

from ..outlier_summary import Outliers
from ..run_points import missing_readings, screened_points
from .house import GREY

WIDTH = 62  # characters of a line


def left_out_text(points: pd.DataFrame) -> str:
    """Return what `pulsed_points` leaves out of a run: "3 readings outside the axis: …"; or ""."""
    said = [*_kinds(screened_points(points)[1])]
    if missing := missing_readings(points):
        said.append(f"{missing} pulse{'s' * (missing > 1)} without a reading")
    return "; ".join(said)


def name_left_out(axes: Axes, text: str) -> None:
    """Write the text, if there is one, below the axis."""
    if text:
        axes.annotate(
            fill(text, WIDTH),
            (0.0, 0.0),
            (0, -30),
            xycoords="axes fraction",
            textcoords="offset points",
            va="top",
            fontsize=6,
            color=GREY,
        )


def _kinds(outliers: Sequence[Outliers]) -> list[str]:
    if not outliers:
        return []
    count = sum(kind.readings for kind in outliers)
    kinds = ", ".join(
        kind.kind if len(outliers) == 1 else f"{kind.readings} {kind.kind}" for kind in outliers
    )
    return [f"{count} reading{'s' * (count > 1)} outside the axis: {kinds}"]
