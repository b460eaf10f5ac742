"""Branches of field sweeps: stretches in which the field only rises or only falls.

The order of the fields decides, wherever a sweep starts and however many loops it makes. A sweep
turns where the field goes back by more than `TURN` of its whole range; steps back within that are
noise of the field.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from ..arrays import Flags, Floats
from ..storage import Phase
from .errors import AnalysisError
from .run_points import require, unmarked

TURN = 0.1
MIN_POINTS = 10
STRAY = 1.0

Way = Literal["down", "up"]


@dataclass(frozen=True, slots=True)
class Branch:
    """Field (T) and resistance (ohm) of one way, in order of time, shape (n,)."""

    way: Way
    cycle: int
    field_T: Floats
    resistance_ohm: Floats


def branches_of(points: pd.DataFrame) -> tuple[Branch, ...]:
    """Return the branches of all loops of a run, in order; the turning points belong to both ways.

    Marked points and spikes are left out. Raises AnalysisError for points without a loop, too few
    of them, or missing readings.
    """
    require(points, ("phase", "field_T", "resistance_ohm"))
    loop = unmarked(points)
    loop = loop[loop["phase"] == Phase.LOOP]
    if loop.empty:
        raise AnalysisError(
            "The run has no points of the phase loop; analyse a minor-loop run, not another one."
        )
    values = loop[["field_T", "resistance_ohm"]].to_numpy(dtype=float)
    if len(loop) < MIN_POINTS:
        raise AnalysisError(
            f"A minor loop needs at least {MIN_POINTS} points; sweep with a smaller step."
        )
    if not np.isfinite(values).all():
        raise AnalysisError("The minor loop has readings that are not numbers; measure it again.")
    cycle = loop["cycle"].to_numpy() if "cycle" in loop else np.zeros(len(loop), dtype=int)
    sound = _without_spikes(values[:, 1])
    values, cycle = values[sound], cycle[sound]
    turn = TURN * float(np.ptp(values[:, 0]))
    return tuple(
        Branch(way, int(number), *values[cycle == number][part].T)
        for number in dict.fromkeys(cycle.tolist())
        for way, part in _monotone(values[cycle == number, 0], turn)
    )


def _monotone(field_T: Floats, turn_T: float) -> Iterator[tuple[Way, slice]]:
    """Yield the ways of a sweep and their stretches, of which neighbours share a turning point."""
    start = extreme = 0
    rising: bool | None = None
    for i, here in enumerate(field_T.tolist()):
        if rising is None:
            if abs(here - field_T[start]) > turn_T:
                rising, extreme = here > field_T[start], i
        elif (here >= field_T[extreme]) == rising or here == field_T[extreme]:
            extreme = i
        elif abs(here - field_T[extreme]) > turn_T:
            yield "up" if rising else "down", slice(start, extreme + 1)
            start, extreme, rising = extreme, i, not rising
    if rising is not None:
        yield "up" if rising else "down", slice(start, len(field_T))


def _without_spikes(resistance_ohm: Floats) -> Flags:
    """Return False for readings further from the loop than it is high."""
    low, high = np.quantile(resistance_ohm, [0.05, 0.95])
    reach = STRAY * (high - low)
    if reach == 0:
        return np.ones(len(resistance_ohm), dtype=bool)
    return np.asarray((resistance_ohm >= low - reach) & (resistance_ohm <= high + reach))
