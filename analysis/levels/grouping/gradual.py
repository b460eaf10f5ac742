"""Devices whose resistance changes gradually, without separate levels.

Two criteria, in the coordinate of grouping (see `scale`). Where groups were found: of the way that
each sequence of pulses from one group to another goes, from one end of its readings to the other,
at least `INSIDE_SHARE` lies within stays in one group, not in the steps between groups, and it is
made of more than a `FEW_STEPS` of the pulses (levels too close to be resolved are passed in few
steps). Where a single group was found: the readings of a sequence follow a rising or falling curve
(isotonic regression) that explains at least `EXPLAINED` of their variance. Walls that creep in a
notch do neither: their readings wander back and forth.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from ....arrays import Floats, Ints
from ...errors import AnalysisError
from ...formatting import si_range
from ..visits import visits_of

INSIDE_SHARE = 0.3
EXPLAINED = 0.8
FEW_STEPS = 0.125
MIN_READINGS = 8
MOST_SEQUENCES = 200


class GradualDeviceError(AnalysisError):
    """The resistance changes gradually: there are no separate levels between its two ends."""

    def __init__(self, lowest_ohm: float, highest_ohm: float) -> None:
        self.lowest_ohm, self.highest_ohm = lowest_ohm, highest_ohm
        super().__init__(
            f"The run shows no separate levels ({si_range(lowest_ohm, highest_ohm, 'Ω')}, "
            "gradual): the resistance changes little by little from pulse to pulse."
        )


def is_gradual(readings: pd.DataFrame, label: Ints | None) -> bool:
    """Return True if the way of the readings lies within groups; None for a single group."""
    value = readings["resistance_ohm"].to_numpy(dtype=float)
    sequence = readings["sequence"].to_numpy()
    if label is None:
        return _follows_a_curve(value, sequence)
    starts = np.flatnonzero(np.r_[True, sequence[1:] != sequence[:-1]])
    ends = np.r_[starts[1:], len(value)] - 1
    way = np.sign(value[ends] - value[starts]) * (label[ends] != label[starts])
    travel = np.maximum.reduceat(value, starts) - np.minimum.reduceat(value, starts)
    stays = visits_of(readings, label)
    first = stays["first"].to_numpy()
    last = np.r_[first[1:], len(value)] - 1
    here = np.searchsorted(starts, first, side="right") - 1
    inside = float((way[here] * (value[last] - value[first])).sum())
    whole = float(travel[way != 0].sum())
    return inside > INSIDE_SHARE * whole and not _steps_are_few(value, starts)


def ends_ohm(resistance_ohm: Floats) -> tuple[float, float]:
    """Return the lowest and highest resistance, ohm."""
    return float(resistance_ohm.min()), float(resistance_ohm.max())


def _steps_are_few(value: Floats, starts: Ints) -> bool:
    """Return True if the monotone curves through the sequences rise or fall at few pulses only."""
    from sklearn.isotonic import isotonic_regression

    shares = []
    for part in np.split(value, starts[1:])[:MOST_SEQUENCES]:
        if len(part) < MIN_READINGS:
            continue
        curve = isotonic_regression(part, increasing=bool(part[-1] > part[0]))
        step = np.abs(np.diff(curve))
        if step.any():
            shares.append(float(step.sum() ** 2 / (step**2).sum()) / len(part))
    return bool(shares) and float(np.mean(shares)) < FEW_STEPS


def _follows_a_curve(value: Floats, sequence: npt.NDArray[np.int64]) -> bool:
    from sklearn.isotonic import isotonic_regression

    starts = np.flatnonzero(np.r_[True, sequence[1:] != sequence[:-1]])
    parts: Sequence[Floats] = np.split(value, starts[1:])
    long = [part for part in parts if len(part) >= MIN_READINGS][:MOST_SEQUENCES]
    total = sum(float(((part - part.mean()) ** 2).sum()) for part in long)
    if total == 0:
        return False
    left = 0.0
    for part in long:
        rising = bool(np.corrcoef(np.arange(len(part)), part)[0, 1] > 0) if np.ptp(part) else True
        curve = isotonic_regression(part, increasing=rising)
        left += float(((part - curve) ** 2).sum())
    return left < (1 - EXPLAINED) * total
