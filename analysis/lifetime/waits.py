"""Waits for an escape: a written state that is read again and again until it has left its level.

A wait begins with the last reading before the readings of the phase `read` of a cycle (after the
last pulse, or in the bias field), else with the first of these. The state has left its level at the
first reading that differs from that one by more than a tolerance; when in the gap before is not
known. What the wall does after that does not count. Waits that begin within the tolerance of each
other belong to one level.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ...arrays import Floats
from ...storage import Phase
from ..errors import AnalysisError
from ..run_points import reads_between_pulses, require, unmarked

TOLERANCE = 0.02
AROUND = 5  # readings before a state has left its level and after, whose medians a jump is between


@dataclass(frozen=True, slots=True)
class Waits:
    """The waits of one level, each held at `held_s` and left at `left_s`, inf if never; (n,).

    `time_s` and `ratio` are all readings while the state was held, over the one at its beginning,
    `wait` the number of the wait of each; (m,). `crept` of those that were left did so without a
    jump that lasts: R crept past the tolerance, or scattered beyond it.
    """

    level_ohm: float
    tolerance: float
    held_s: Floats
    left_s: Floats
    time_s: Floats
    ratio: Floats
    wait: Floats
    crept: int = 0

    @property
    def escapes(self) -> int:
        return int(np.isfinite(self.left_s).sum())

    @property
    def longest_s(self) -> float:
        return float(self.held_s.max())


@dataclass(frozen=True, slots=True)
class _Wait:
    level_ohm: float
    held_s: float
    left_s: float
    time_s: Floats
    ratio: Floats
    crept: bool
    passed_s: float


def waits_of(points: pd.DataFrame, tolerance: float = TOLERANCE) -> tuple[Waits, ...]:
    """Return the waits of a run by level, from the highest resistance on.

    `points` have `cycle`, `phase`, `time_s` and `resistance_ohm`. Raises AnalysisError without
    readings of the phase `read`, or for ones that are no numbers.
    """
    require(points, ("cycle", "phase", "time_s", "resistance_ohm"))
    if not 0 < tolerance < 1:
        raise AnalysisError(f"A tolerance of {tolerance:g} is no share between 0 and 1.")
    cycles = unmarked(points).groupby("cycle", sort=True)
    waiting = [cycle for _, cycle in cycles if (cycle["phase"] == Phase.READ).sum() > 1]
    if not waiting:
        raise AnalysisError(
            "The run has no two readings of the phase read in a cycle; measure with retention or "
            "read-series."
        )
    if reads_between_pulses(points):
        raise AnalysisError(
            "Pulses come between the readings, so that they are no waits: a retention is read "
            "after the last pulse of a cycle."
        )
    found = [_wait(cycle, tolerance) for cycle in waiting]
    if not sum(wait.passed_s for wait in found) > 0:
        raise AnalysisError(
            "No time passes between the readings of a wait: a retention needs their times."
        )
    found.sort(key=lambda wait: -wait.level_ohm)
    groups: list[list[_Wait]] = []
    for wait in found:
        last_ohm = groups[-1][-1].level_ohm if groups else np.inf
        if not groups or last_ohm - wait.level_ohm > tolerance * abs(last_ohm):
            groups.append([])
        groups[-1].append(wait)
    return tuple(_joined(group, tolerance) for group in groups)


def _wait(cycle: pd.DataFrame, tolerance: float) -> _Wait:
    is_read = (cycle["phase"] == Phase.READ).to_numpy()
    reads = cycle[is_read]
    time, resistance = (reads[name].to_numpy(dtype=float) for name in ("time_s", "resistance_ohm"))
    if not (np.isfinite(time).all() and np.isfinite(resistance).all()):
        raise AnalysisError(
            "Some readings of a wait are not numbers; whether the state was held is not known."
        )
    before = cycle[: int(is_read.argmax())]
    before = before[np.isfinite(before["resistance_ohm"].to_numpy(dtype=float))]
    if len(before):
        start_s = float(before["time_s"].iloc[-1])
        level_ohm = float(before["resistance_ohm"].iloc[-1])
    else:
        start_s, level_ohm = float(time[0]), float(resistance[0])
        time, resistance = time[1:], resistance[1:]
    if level_ohm == 0 or not (np.diff(time) >= 0).all() or time[0] < start_s:
        raise AnalysisError("The times of a wait do not rise; a retention needs bench time.")
    passed, ratio = time - start_s, resistance / level_ohm
    gone = np.flatnonzero(np.abs(ratio - 1) > tolerance)
    kept = int(gone[0]) if len(gone) else len(passed)
    held_s = float(passed[kept - 1]) if kept else 0.0
    left_s = float(passed[kept]) if len(gone) else np.inf
    crept = bool(len(gone)) and _jump(np.r_[1.0, ratio], kept + 1) < tolerance / 2
    return _Wait(level_ohm, held_s, left_s, passed[:kept], ratio[:kept], crept, float(passed[-1]))


def _jump(ratio: Floats, left: int) -> float:
    """Return the step of R over its beginning (n,) at the first reading that is out of the level.

    It is that between the medians of the readings on either side.
    """
    before, after = ratio[max(0, left - AROUND) : left], ratio[left : left + AROUND]
    return abs(float(np.median(after) - np.median(before)))


def _joined(waits: list[_Wait], tolerance: float) -> Waits:
    return Waits(
        float(np.median([wait.level_ohm for wait in waits])),
        tolerance,
        np.array([wait.held_s for wait in waits]),
        np.array([wait.left_s for wait in waits]),
        np.concatenate([wait.time_s for wait in waits]),
        np.concatenate([wait.ratio for wait in waits]),
        np.repeat(np.arange(len(waits), dtype=float), [len(wait.time_s) for wait in waits]),
        sum(wait.crept for wait in waits),
    )
