"""The minor loop: TMR, resistance-area product, coercive fields and the stray field's offset.

The saturated resistances are those of the readings at the ends of the sweep. A switching field lies
somewhere between the two fields between which the resistance crosses the middle: 0.95 of that step
is its 95 % interval, widened by Student's t where several loops scatter. Half the sum and half the
difference of the two fields carry both uncertainties: of two flat ones a triangular one, whose 95 %
reach `OF_TWO` times half their hypotenuse. The loop is a minor one only if the reference layer
stays: both ends must be flat and come back to where they began.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import hypot, sqrt

import numpy as np
import pandas as pd

from ..arrays import Floats
from ..storage import Phase
from .errors import AnalysisError
from .estimate import Estimate
from .intervals import mean_ci, ratio_ci, symmetric_interval, t_quantile
from .run_points import require, unmarked

EDGE_SHARE = 0.1  # of the sweep at either end, taken as saturated
OF_TWO = 1.155
FLAT_SHARE = 0.05  # of the loop's height, by which the ends may differ or slope


@dataclass(frozen=True, slots=True)
class MinorLoop:
    """Results of minor loops; fields in tesla, resistances in ohm.

    `reference_layer_shift` is the largest change of the saturated ends along themselves or between
    the ways, over the height of the loop: about 0 for a fixed reference layer.
    """

    parallel: Estimate
    antiparallel: Estimate
    tmr_ratio: Estimate
    down_T: Estimate
    up_T: Estimate
    offset: Estimate
    coercive_field: Estimate
    reference_layer_shift: float
    loops: int

    @property
    def reference_layer_stays(self) -> bool:
        return self.reference_layer_shift <= FLAT_SHARE

    @property
    def parallel_ohm(self) -> float:
        return self.parallel.value

    @property
    def antiparallel_ohm(self) -> float:
        return self.antiparallel.value

    @property
    def tmr(self) -> float:
        """(R_max − R_min) / R_min."""
        return self.tmr_ratio.value

    @property
    def range_ohm(self) -> float:
        return self.antiparallel_ohm - self.parallel_ohm

    @property
    def offset_T(self) -> float:
        """Centre of the loop: minus the stray field of the pinned layers."""
        return self.offset.value

    @property
    def coercive_field_T(self) -> float:
        return self.coercive_field.value

    def resistance_area_ohm_m2(self, junction_area_m2: float) -> float:
        """R_min · area."""
        return self.parallel_ohm * junction_area_m2


def measure_minor_loop(points: pd.DataFrame) -> MinorLoop:
    """Return TMR and fields of minor loops: `phase`, `cycle`, `field_T`, `resistance_ohm`.

    The first half of each sweep goes down, the second up; a switching field is where the resistance
    crosses the middle. Marked points are left out. Raises AnalysisError for points
    without a loop, missing readings, or a resistance that does not cross the middle both ways.
    """
    require(points, ("phase", "field_T", "resistance_ohm"))
    loops = _loops(unmarked(points))
    ends = [_ends(field, resistance) for field, resistance in loops]
    high_field, low_field = (np.concatenate([both[side] for both in ends]) for side in (0, 1))
    low, high = sorted((high_field, low_field), key=lambda part: float(np.median(part)))
    middle = float(np.median(low) + np.median(high)) / 2
    down = _field(loops, middle, lambda turn: slice(0, turn + 1))
    up = _field(loops, middle, lambda turn: slice(turn, None))
    parallel, antiparallel = mean_ci(low), mean_ci(high)
    half = OF_TWO * hypot(down.high - down.value, up.high - up.value) / 2
    return MinorLoop(
        parallel,
        antiparallel,
        _tmr(low, high),
        down,
        up,
        offset=symmetric_interval((up.value + down.value) / 2, half),
        coercive_field=symmetric_interval(abs(up.value - down.value) / 2, half),
        reference_layer_shift=_shift(ends, antiparallel.value - parallel.value),
        loops=len(loops),
    )


def _loops(points: pd.DataFrame) -> list[tuple[Floats, Floats]]:
    loop = points[points["phase"] == Phase.LOOP]
    if loop.empty:
        raise AnalysisError(
            "The run has no points of the phase loop; analyse a minor-loop run, not another one."
        )
    cycles = [part for _, part in loop.groupby("cycle")] if "cycle" in loop else [loop]
    pairs = [
        (part["field_T"].to_numpy(dtype=float), part["resistance_ohm"].to_numpy(dtype=float))
        for part in cycles
    ]
    longest = max(len(field) for field, _ in pairs)
    if longest < 10:
        raise AnalysisError("A minor loop needs at least 10 points; sweep with a smaller step.")
    for field, resistance in pairs:
        if not (np.isfinite(field).all() and np.isfinite(resistance).all()):
            raise AnalysisError(
                "The minor loop has readings that are not numbers; measure it again."
            )
    return [pair for pair in pairs if len(pair[0]) == longest]


def _ends(field_T: Floats, resistance_ohm: Floats) -> tuple[Floats, Floats]:
    """Return the readings near the largest positive and the largest negative field."""
    largest = np.abs(field_T).max()
    near = [sign * field_T > (1 - 2 * EDGE_SHARE) * largest for sign in (1, -1)]
    if not (near[0].any() and near[1].any()):
        raise AnalysisError(
            "The minor loop does not reach both signs of the field; sweep through zero, or resume "
            "the run if it was aborted."
        )
    return resistance_ohm[near[0]], resistance_ohm[near[1]]


def _field(
    loops: list[tuple[Floats, Floats]], middle_ohm: float, way: Callable[[int], slice]
) -> Estimate:
    found, steps = [], []
    for field, resistance in loops:
        part = way(int(field.argmin()))
        value, step = _crossing(field[part], resistance[part], middle_ohm)
        found.append(value)
        steps.append(step)
    values = np.array(found)
    scatter = t_quantile(len(values) - 1) * float(values.std(ddof=1)) if len(values) > 1 else 0.0
    return symmetric_interval(
        float(values.mean()), hypot(0.475 * max(steps), scatter / sqrt(len(values)))
    )


def _crossing(field_T: Floats, resistance_ohm: Floats, middle_ohm: float) -> tuple[float, float]:
    crossings = np.flatnonzero(np.diff(resistance_ohm > middle_ohm))
    if len(crossings) == 0:
        raise AnalysisError(
            "The junction does not switch within this minor loop; sweep to a larger field."
        )
    before, after = field_T[crossings[0]], field_T[crossings[0] + 1]
    return float(before + after) / 2, abs(float(after - before))


def _tmr(low_ohm: Floats, high_ohm: Floats) -> Estimate:
    counts = len(low_ohm), len(high_ohm)
    squares = [
        part.var(ddof=1) / len(part) if len(part) > 1 else np.inf for part in (high_ohm, low_ohm)
    ]
    whole = ratio_ci(
        float(high_ohm.mean()), float(low_ohm.mean()), np.diag(squares), min(counts) - 1
    )
    return Estimate(whole.value - 1, whole.low - 1, whole.high - 1)


def _shift(ends: list[tuple[Floats, Floats]], height_ohm: float) -> float:
    """Return the largest change along or between the halves of either end, over the height."""
    changes = []
    for both in ends:
        for part in both:
            halves = np.array_split(part, 2)
            if len(halves[1]):
                changes.append(abs(float(halves[0].mean() - halves[1].mean())))
    return max(changes, default=0.0) / height_ohm
