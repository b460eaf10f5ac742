"""The minor loop: TMR, resistance-area product, coercive fields and the stray field's offset.

The saturated resistances are those of the readings at the ends of the sweep; the fields are those
at which the resistance crosses the middle (see `loop_switching`). Half the sum and half the
difference of the two carry both uncertainties: of two flat ones, those of a single loop, a
triangular one, whose 95 % reach `OF_TWO` times half their hypotenuse. A way that was not swept, or
on which nothing switched, has no field (NaN). The loop is a minor one only if the reference layer
stays: both ends must be flat and come back to where they began. On a major loop both ends have one
resistance, and the free layer is the first to switch.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import hypot, inf, nan, sqrt

import numpy as np
import pandas as pd

from ..arrays import Floats
from .errors import AnalysisError
from .estimate import Estimate
from .intervals import mean_ci, ratio_ci, symmetric_interval
from .loop_branches import Branch, Way, branches_of
from .loop_switching import scatter_ohm, switching_field, switching_of
from .physical import cut_at_zero

EDGE_SHARE = 0.1  # of the sweep at either end, taken as saturated
OF_TWO = 1.155
HALF = 0.5
CLOSED = 0.8
SIGNIFICANT = 4.0
LEAST_HEIGHT = 4.0  # in σ of a reading; noise alone is 2.6 high
WAYS: tuple[Way, Way] = ("down", "up")
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
    is_major: bool = False

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
    """Return TMR and fields of loops: `phase`, `field_T`, `resistance_ohm`, perhaps `cycle`.

    Sweeps may start anywhere and make several loops, or a single branch (see `loop_branches`).
    Marked points are left out. Raises AnalysisError for points without a loop, missing readings,
    or a resistance that crosses the middle on no way.
    """
    branches = branches_of(points)
    field = np.concatenate([branch.field_T for branch in branches] or [np.empty(0)])
    ends = [_ends(branch, field) for branch in branches]
    top, bottom = (np.concatenate([both[side] for both in ends] or [field]) for side in (0, 1))
    resistance = np.concatenate([branch.resistance_ohm for branch in branches] or [field])
    if len(top) == 0 or len(bottom) == 0:
        raise AnalysisError("The field of this loop never changes; sweep it.")
    middle = _middle(top, bottom, resistance)
    is_major = (np.median(top) > middle) == (np.median(bottom) > middle)
    found = {way: switching_of(branches, way, middle, is_major) for way in WAYS}
    if not any(found.values()) or _is_noise(branches, resistance):
        raise AnalysisError(_no_switch(field))
    states = _both_states(top, bottom, resistance, middle) if is_major else (top, bottom)
    low, high = sorted(states, key=lambda part: float(np.median(part)))
    down, up = (switching_field(found[way]) for way in WAYS)
    loops = max(map(len, found.values()))
    half = hypot(down.high - down.value, up.high - up.value) / 2 * (OF_TWO if loops == 1 else 1)
    centre, coercive = (up.value + down.value) / 2, abs(up.value - down.value) / 2
    parallel, antiparallel = mean_ci(low), mean_ci(high)
    shift = _shift(ends, antiparallel.value - parallel.value, scatter_ohm(branches))
    if shift > CLOSED:
        raise AnalysisError(
            f"The resistance at one end of the loop differs by {shift * 100:.0f} % of its height "
            "from one way to the other: it is not closed; sweep to a larger field."
        )
    return MinorLoop(
        parallel,
        antiparallel,
        _tmr(low, high),
        down,
        up,
        offset=symmetric_interval(centre, half),
        coercive_field=cut_at_zero(symmetric_interval(coercive, half)),
        reference_layer_shift=shift,
        loops=loops,
        is_major=is_major,
    )


def _is_noise(branches: Sequence[Branch], resistance_ohm: Floats) -> bool:
    """Return True if the loop is hardly higher than its readings scatter."""
    low, high = np.quantile(resistance_ohm, [0.1, 0.9])
    return bool(high - low < LEAST_HEIGHT * scatter_ohm(branches))


def _ends(branch: Branch, field_T: Floats) -> tuple[Floats, Floats]:
    """Return the readings near the largest and near the smallest field of all."""
    edge = EDGE_SHARE * float(np.ptp(field_T))
    return (
        branch.resistance_ohm[branch.field_T > field_T.max() - edge],
        branch.resistance_ohm[branch.field_T < field_T.min() + edge],
    )


def _middle(top: Floats, bottom: Floats, resistance_ohm: Floats) -> float:
    """Return the resistance between the two states: of the ends, or of all where these agree."""
    ends = float(np.median(top)), float(np.median(bottom))
    low, high = np.quantile(resistance_ohm, [0.02, 0.98])
    if abs(ends[0] - ends[1]) > HALF * (high - low):
        return sum(ends) / 2
    return float(low + high) / 2


def _both_states(
    top: Floats, bottom: Floats, resistance_ohm: Floats, middle_ohm: float
) -> tuple[Floats, Floats]:
    """Return the saturated readings of a major loop, and those of the other state."""
    saturated = np.concatenate([top, bottom])
    above = resistance_ohm > middle_ohm
    other = resistance_ohm[above != (np.median(saturated) > middle_ohm)]
    near = np.abs(other - np.median(other)) <= HALF * abs(np.median(other) - middle_ohm)
    return saturated, other[near]


def _no_switch(field_T: Floats) -> str:
    if field_T.min() < 0 < field_T.max():
        return "The junction does not switch within this minor loop; sweep to a larger field."
    return (
        "The minor loop does not reach both signs of the field, nor does the junction switch; "
        "sweep through zero, or resume the run if it was aborted."
    )


def _tmr(low_ohm: Floats, high_ohm: Floats) -> Estimate:
    if low_ohm.mean() <= 0:  # a Hall resistance has no ratio
        return Estimate(nan, -inf, inf)
    counts = len(low_ohm), len(high_ohm)
    squares = [
        part.var(ddof=1) / len(part) if len(part) > 1 else np.inf for part in (high_ohm, low_ohm)
    ]
    whole = ratio_ci(
        float(high_ohm.mean()), float(low_ohm.mean()), np.diag(squares), min(counts) - 1
    )
    return Estimate(whole.value - 1, whole.low - 1, whole.high - 1)


def _shift(ends: Sequence[tuple[Floats, Floats]], height_ohm: float, scatter_ohm: float) -> float:
    """Return the largest change along either end or between branches, over the height.

    Changes within `SIGNIFICANT` standard errors of the readings' scatter do not count.
    """
    changes = [0.0]
    for side in (0, 1):
        parts = [both[side] for both in ends if len(both[side])]
        halves = [np.array_split(part, 2) for part in parts if len(part) > 1]
        for one, other in (*pairwise(parts), *halves):
            change = abs(float(one.mean() - other.mean()))
            error = scatter_ohm * sqrt(1 / len(one) + 1 / len(other))
            changes.append(change if change > SIGNIFICANT * error else 0.0)
    return max(changes) / height_ohm
