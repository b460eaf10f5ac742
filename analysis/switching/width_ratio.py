"""The metaplastic function of a measured device: depinning voltage against wall position.

The thresholds of the levels (see `thresholds`) are fitted with a line over the position of the wall
(see `metaplasticity`), from 0 where the junction begins to 1 where it ends. The position follows
from the level's share of the conductance range and from the width ratio, which the fit gives: both
are repeated until they agree. The range is that of the minor loop where one is given, else that of
the extreme levels, which is right for a junction that begins at the first and ends at the last.

The ratio is that of the voltages at both ends, V(0)/V(1). It is the ratio of widths w1/w2 for alike
notches and a line tension that is small, or taken off with `offset_V`. Level 0 holds no wall: it
ends with the injection at the contact, not with a notch. It counts only if fewer than three notches
were left, and then `with_injection` is True.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..errors import AnalysisError
from ..levels.find import Level
from .hopping import hopping_remarks
from .metaplasticity import Metaplasticity, fit_metaplasticity, wall_position
from .thresholds import Threshold, find_thresholds
from .voltages import find_switches

FEWEST = 3  # thresholds: two always lie on a line
ROUNDS = 50
NARROWEST, WIDEST = 0.01, 100.0


@dataclass(frozen=True, slots=True)
class DepinningVoltages:
    """Wall positions (0 to 1), depinning thresholds there, and the line through them."""

    position: tuple[float, ...]
    threshold: tuple[Threshold, ...]
    fit: Metaplasticity

    @property
    def with_injection(self) -> bool:
        """True if the injection at the contact stands in for a notch."""
        return self.threshold[0].level == 0


def depinning_voltages(
    points: pd.DataFrame,
    levels: Sequence[Level],
    *,
    extremes_ohm: tuple[float, float] | None = None,
    offset_V: float = 0.0,
) -> DepinningVoltages:
    """Return threshold and position of each level that positive pulses leave, with the line.

    `extremes_ohm` are the resistances without a wall, antiparallel and parallel. Raises
    AnalysisError unless at least three levels were left in two or more cycles, and if levels hop.
    """
    if hopping_remarks(find_switches(points, levels)):
        raise AnalysisError(
            "Levels change into each other both ways under pulses of one sign, so the amplitudes "
            "at which they are left say nothing of the track's width."
        )
    found = find_thresholds(points, levels)
    notches = tuple(threshold for threshold in found if threshold.level > 0)
    used = notches if len(notches) >= FEWEST else found
    if len(used) < FEWEST:
        raise AnalysisError(
            f"Levels that positive pulses left in two or more cycles: {len(used)}; a line needs at "
            f"least {FEWEST}: measure more cycles, or a device with more notches."
        )
    antiparallel_ohm, parallel_ohm = extremes_ohm or (levels[0].mean_ohm, levels[-1].mean_ohm)
    range_S = 1 / parallel_ohm - 1 / antiparallel_ohm
    shares = [
        (1 / levels[threshold.level].mean_ohm - 1 / antiparallel_ohm) / range_S
        for threshold in used
    ]
    position, fit = _self_consistent(shares, used, offset_V)
    return DepinningVoltages(position, used, fit)


def _self_consistent(
    shares: Sequence[float], thresholds: Sequence[Threshold], offset_V: float
) -> tuple[tuple[float, ...], Metaplasticity]:
    voltage_V = [threshold.voltage_V for threshold in thresholds]
    ratio = 1.0
    for _ in range(ROUNDS):
        position = tuple(wall_position(share, ratio) for share in shares)
        fit = fit_metaplasticity(position, voltage_V, offset_V)
        before, ratio = ratio, float(np.clip(fit.width_ratio.value, NARROWEST, WIDEST))
        if abs(ratio - before) < 1e-6:
            break
    return position, fit
