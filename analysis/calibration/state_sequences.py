"""Follows devices through the ladders of their runs: which level before and after every pulse."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..errors import AnalysisError
from ..levels.find import Level, assign_levels, find_levels, level_of_readings, widths
from ..levels.visits import outlying
from .ladders import Ladder, ladders_of
from .runs import CalibrationRun

FEWEST_LADDERS = 2


@dataclass(frozen=True, slots=True)
class Followed:
    """A device's levels and ladders, and the level before and after every pulse of each ladder.

    A level before a ladder is −1 where it is unknown. Readings far from every level are NaN.
    """

    found: tuple[Level, ...]
    ladders: tuple[Ladder, ...]
    indices: tuple[npt.NDArray[np.intp], ...]

    @property
    def levels(self) -> int:
        return len(self.found)


def follow(runs: Sequence[CalibrationRun]) -> Followed:
    """Find the levels of one device in its runs, and follow it through every ladder.

    Raises AnalysisError for a run without pulses, a single ladder, or a single level.
    """
    for run in runs:
        _check_pulses(run)
    ladders = [ladder for run in runs for ladder in ladders_of(run.points, run.where)]
    if len(ladders) < FEWEST_LADDERS:
        raise AnalysisError(
            f"{runs[0].where} has a single ladder of pulses; a model needs at least "
            f"{FEWEST_LADDERS} cycles to tell how much they differ."
        )
    levels = find_levels(joined(runs))
    if len(levels) < 2:
        raise AnalysisError(
            f"{runs[0].where} shows one level only; pulse with larger amplitudes to see others."
        )
    return _followed(ladders, levels)


def _check_pulses(run: CalibrationRun) -> None:
    missing = {"cycle", "phase", "amplitude_V", "resistance_ohm"} - set(run.points.columns)
    if missing:
        raise AnalysisError(f"{run.where} lacks {', '.join(sorted(missing))}; import it with them.")
    pulses = run.points["amplitude_V"].notna() & run.points["resistance_ohm"].notna()
    if not pulses.any():
        raise AnalysisError(
            f"{run.where} has no readings after pulses; calibrate from staircase-write, reset, "
            "repeated-ramp or write-reset-cycling runs, with read-series runs beside them."
        )


def joined(runs: Sequence[CalibrationRun]) -> pd.DataFrame:
    """Return the points of several runs of one device, their cycles numbered one after another."""
    frames, first = [], 0
    for run in runs:
        frames.append(
            run.points.assign(cycle=run.points["cycle"] - run.points["cycle"].min() + first)
        )
        first = int(frames[-1]["cycle"].max()) + 1
    return pd.concat(frames, ignore_index=True)


def _followed(ladders: Sequence[Ladder], levels: Sequence[Level]) -> Followed:
    """Give every reading its level; a glitch is no move, and does not count as a reading."""
    lengths = [len(ladder.resistance_ohm) for ladder in ladders]
    resistance = np.concatenate([ladder.resistance_ohm for ladder in ladders])
    sequence = np.repeat(np.arange(len(ladders)), lengths)
    readings = pd.DataFrame({"sequence": sequence, "resistance_ohm": resistance})
    label = level_of_readings(readings, levels)
    kept = np.where(outlying(resistance, label, *widths(levels)), np.nan, resistance)
    edges = np.cumsum(lengths)[:-1]
    parts = zip(ladders, np.split(kept, edges), np.split(label, edges), strict=True)
    cleaned, indices = [], []
    for ladder, readings_ohm, after in parts:
        cleaned.append(replace(ladder, resistance_ohm=readings_ohm))
        indices.append(np.concatenate([[_level_before(ladder, levels)], after]))
    return Followed(tuple(levels), tuple(cleaned), tuple(indices))


def _level_before(ladder: Ladder, levels: Sequence[Level]) -> int:
    """Return the level before the first pulse, −1 if the reading there is none of them."""
    if ladder.before_ohm is None:
        return -1
    level = int(assign_levels(np.array([ladder.before_ohm]), levels)[0])
    away_ohm = abs(ladder.before_ohm - levels[level].mean_ohm)
    spacing_ohm = (levels[0].mean_ohm - levels[-1].mean_ohm) / (len(levels) - 1)
    return level if away_ohm <= max(spacing_ohm / 2, 5 * levels[level].std_ohm) else -1
