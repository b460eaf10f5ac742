"""The minor loop: resistance against out-of-plane field, the way down and the way up."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from ...storage import Phase
from ..errors import AnalysisError
from ..loop_branches import branches_of
from ..minor_loop import measure_minor_loop
from ..run_points import unmarked
from .house import BLUE, ORANGE, label_axis, legend_below
from .panel import Panel


def minor_loop(points: pd.DataFrame) -> Panel:
    """Draw all loops of a run; columns `phase`, `field_T`, `resistance_ohm` and perhaps `cycle`.

    Raises AnalysisError for a run without a loop.
    """
    table = _with_ways(points)
    title = _title(points)

    def paint(axes: Axes) -> None:
        for way, colour, line in (("down", BLUE, "-"), ("up", ORANGE, "--")):
            label = f"field {way}"
            for _, part in table[table["way"] == way].groupby("branch"):
                field_mT = part["field_T"].to_numpy() * 1e3
                axes.plot(field_mT, part["resistance_ohm"], line, color=colour, label=label)
                label = "_"
        axes.set_xlabel("Out-of-plane field (mT)")
        label_axis(axes, "y", "Resistance", "Ω", table["resistance_ohm"])
        legend_below(axes, ncols=2, title=title)

    return Panel("minor-loop", "Minor loop", table, paint)


def _with_ways(points: pd.DataFrame) -> pd.DataFrame:
    """Return the loop with its way; a turning point belongs to both, so that lines close."""
    loop = unmarked(points)
    if not (loop["phase"] == Phase.LOOP).any():
        raise AnalysisError(
            "The run has no points of the phase loop; take the figure from a minor-loop run."
        )
    readings = loop[["field_T", "resistance_ohm"]].to_numpy(dtype=float)
    parts = [
        pd.DataFrame(
            {
                "cycle": branch.cycle,
                "branch": number,
                "way": branch.way,
                "field_T": branch.field_T,
                "resistance_ohm": branch.resistance_ohm,
            }
        )
        for number, branch in enumerate(branches_of(loop[np.isfinite(readings).all(axis=1)]))
    ]
    return pd.concat(parts)


def _title(points: pd.DataFrame) -> str:
    """Return the numbers of a whole loop, else nothing."""
    try:
        loop = measure_minor_loop(points)
    except AnalysisError:  # not a whole loop: it is drawn without numbers
        return ""
    if not np.isfinite(loop.offset_T):  # one branch alone
        return ""
    offset = f"offset {loop.offset_T * 1e3:.1f} mT".replace("-", "−")
    if np.isfinite(loop.tmr):
        return f"TMR {loop.tmr * 100:.1f} %, {offset}"
    return offset
