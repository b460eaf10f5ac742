"""The minor loop: resistance against out-of-plane field, the way down and the way up."""

from typing import Literal

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from ...storage import Phase
from ..errors import AnalysisError
from ..minor_loop import measure_minor_loop
from ..run_points import require, unmarked
from .panel import BLUE, ORANGE, Panel


def minor_loop(points: pd.DataFrame) -> Panel:
    """Draw all loops of a run; columns `phase`, `field_T`, `resistance_ohm` and perhaps `cycle`.

    Raises AnalysisError for a run without a loop.
    """
    require(points, ("phase", "field_T", "resistance_ohm"))
    loop = unmarked(points[points["phase"] == Phase.LOOP])
    read = np.isfinite(loop["field_T"]) & np.isfinite(loop["resistance_ohm"])
    if read.sum() < 2:
        raise AnalysisError(
            "The run has no points of the phase loop; take the figure from a minor-loop run."
        )
    table = _with_ways(loop[read])
    title, place = _legend(points)

    def paint(axes: Axes) -> None:
        for way, colour, line in (("down", BLUE, "-"), ("up", ORANGE, "--")):
            label = f"field {way}"
            for _, part in table[table["way"] == way].groupby("cycle"):
                field_mT = part["field_T"].to_numpy() * 1e3
                axes.plot(field_mT, part["resistance_ohm"], line, color=colour, label=label)
                label = "_"
        axes.set_xlabel("Out-of-plane field (mT)")
        axes.set_ylabel("Resistance (Ω)")
        legend = axes.legend(loc=place, title=title)
        legend.set_alignment("left")

    return Panel("minor-loop", "Minor loop", table, paint)


def _with_ways(loop: pd.DataFrame) -> pd.DataFrame:
    """Return the loop with its way; the point of return belongs to both, so that lines close."""
    parts = []
    cycles = loop["cycle"] if "cycle" in loop else pd.Series(0, loop.index)
    for cycle, part in loop.groupby(cycles):
        turn = int(part["field_T"].to_numpy().argmin())
        ways = (("down", part.iloc[: turn + 1]), ("up", part.iloc[turn:]))
        parts += [one.assign(cycle=cycle, way=way) for way, one in ways]
    return pd.concat(parts)[["cycle", "way", "field_T", "resistance_ohm"]]


def _legend(points: pd.DataFrame) -> tuple[str, Literal["center", "best"]]:
    """Return title and place of the legend: within the loop if that is wide enough."""
    try:
        loop = measure_minor_loop(points)
    except AnalysisError:  # not a whole loop: it is drawn without numbers
        return "", "best"
    offset = f"{loop.offset_T * 1e3:.1f} mT".replace("-", "−")
    largest_T = float(np.nanmax(np.abs(points["field_T"].to_numpy(dtype=float))))
    off_centre_T = abs(loop.offset_T) - loop.coercive_field_T
    is_wide = off_centre_T < -0.4 * largest_T
    return f"TMR {loop.tmr * 100:.1f} %, offset {offset}", "center" if is_wide else "best"
