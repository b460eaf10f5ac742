"""Trials of a threshold: their readings, and whether they moved the wall, did not, or cannot say.

A trial is a cycle: a reading of the prepared wall, one pulse of the phase "write", a reading, and
repeated readings of the phase "read" while their mean is within a margin of the threshold between
the two levels. A wall that was not prepared in its level, a reading that belongs to a level above
and a mean that stays within the margin make no trial.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite, nan

from ..storage import Phase

MOST_READINGS = 4


@dataclass(frozen=True, slots=True)
class Judgement:
    """The resistances (ohm) between which the level that is left lies.

    A reading within `margin_ohm` of `threshold_ohm` is ambiguous. `upper_ohm` is infinite for the
    first level.
    """

    threshold_ohm: float
    margin_ohm: float
    upper_ohm: float

    def is_prepared(self, resistance_ohm: float | None) -> bool:
        """Return True for a reading that is surely of the level."""
        if resistance_ohm is None or not isfinite(resistance_ohm):
            return False
        return self.threshold_ohm + self.margin_ohm <= resistance_ohm < self.upper_ohm

    def moved(self, mean_ohm: float) -> bool | None:
        """Return True or False for the mean of readings after a pulse, None if it is ambiguous."""
        if not isfinite(mean_ohm):
            return None
        if abs(mean_ohm - self.threshold_ohm) < self.margin_ohm or mean_ohm >= self.upper_ohm:
            return None
        return mean_ohm < self.threshold_ohm


@dataclass(frozen=True, slots=True)
class TrialReading:
    """What a trial needs of a point; amplitude and resistance are None where there is none."""

    phase: str
    amplitude_V: float | None
    resistance_ohm: float | None


@dataclass(frozen=True, slots=True)
class Trial:
    """A cycle: the amplitude of its pulse, None if there is none, and whether it moved the wall.

    `before_ohm` is the reading before the pulse, `after_ohm` the mean of those after it; None where
    the trial does not count.
    """

    amplitude_V: float | None
    moved: bool | None
    before_ohm: float | None = None
    after_ohm: float | None = None


def trial_of(readings: Sequence[TrialReading], judgement: Judgement) -> Trial:
    """Return the trial of one cycle's readings in order."""
    at = next((i for i, each in enumerate(readings) if each.phase == Phase.WRITE), None)
    if not at or not judgement.is_prepared(readings[at - 1].resistance_ohm):
        return Trial(None, None)
    after = [each.resistance_ohm for each in readings[at : at + MOST_READINGS]]
    finite = [each for each in after if each is not None and isfinite(each)]
    mean_ohm = sum(finite) / len(finite) if finite else nan
    moved = judgement.moved(mean_ohm)
    if moved is None:
        return Trial(readings[at].amplitude_V, None)
    return Trial(readings[at].amplitude_V, moved, readings[at - 1].resistance_ohm, mean_ohm)
