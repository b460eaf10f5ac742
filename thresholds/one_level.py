"""Whether the level that is left is one: the readings of walls that held, against those before.

A wall that held reads as it did before its pulse. Where two levels were taken for one, walls that
moved to the second count as held: the readings of walls that held fall into an upper part, with the
mean and standard deviation σ of the readings before the pulses, and a lower one with a mean of its
own, 2 σ or more below. Two parts are found where they are more likely than one normal distribution
of any mean and width, by `LEAST_GAIN` of ln L at the best place to divide the ordered readings; or
all are in the lower one if their median lies there, by `LEAST_STEP` of the way to the walls that
moved or more. The threshold is then that of walls that leave both levels.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..arrays import Floats
from .trials import Trial

FEWEST_READINGS = 15
LEAST_GAIN = 5.5
LEAST_SHARE = 0.05
LEAST_DISTANCE_SIGMA = 2.0
LEAST_STEP = 0.02  # a shift that is smaller may be the pulse's own, such as its heat
FINEST = 1e-5  # of the resistance: no spread is taken to be smaller


@dataclass(frozen=True, slots=True)
class SecondLevel:
    """The levels of walls that count as held, and the share of them at the lower one."""

    upper_ohm: float
    lower_ohm: float
    share: float


def second_level(trials: Sequence[Trial]) -> SecondLevel | None:
    """Return the second level that the readings show, None if they show one level."""
    before = np.array([trial.before_ohm for trial in trials if trial.moved is not None], float)
    after = np.array([trial.after_ohm for trial in trials if trial.moved is False], float)
    if len(after) < FEWEST_READINGS:
        return None
    mean_ohm = float(before.mean())
    sigma_ohm = max(float(before.std(ddof=1)), FINEST * abs(mean_ohm))
    moved = [trial.after_ohm for trial in trials if trial.moved]
    z = np.sort((after - mean_ohm) / sigma_ohm)
    fall_ohm = mean_ohm - float(np.median(after))
    far_ohm = mean_ohm - float(np.mean(np.array(moved, float))) if moved else np.inf
    if fall_ohm >= max(LEAST_DISTANCE_SIGMA * sigma_ohm, LEAST_STEP * far_ohm):
        return SecondLevel(mean_ohm, mean_ohm - fall_ohm, float((z < -1).mean()))
    lower = np.arange(1, len(z))  # readings in the lower part
    share = lower / len(z)
    total, square = np.cumsum(z)[:-1], np.cumsum(z**2)[:-1]
    below = total / lower
    width = np.sqrt(np.maximum(square / lower - below**2, 1.0))
    parts = lower * (np.log(share) - np.log(width)) - (square - lower * below**2) / width**2 / 2
    parts += (len(z) - lower) * np.log1p(-share) - ((z**2).sum() - square) / 2
    allowed = (share >= LEAST_SHARE) & (share <= 1 - LEAST_SHARE) & (-below >= LEAST_DISTANCE_SIGMA)
    gain = np.where(allowed, parts, -np.inf) - _one_normal(z)
    best = int(gain.argmax())
    if gain[best] < LEAST_GAIN:
        return None
    return SecondLevel(mean_ohm, mean_ohm + float(below[best]) * sigma_ohm, float(share[best]))


def _one_normal(z: Floats) -> float:
    """Return ln L of one normal distribution, as wide as a reading before a pulse or wider."""
    width = max(float(z.std()), 1.0)
    return float(-len(z) * np.log(width) - ((z - z.mean()) ** 2).sum() / width**2 / 2)
