"""State sequences: the level of a device before and after every pulse of its ladders."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..errors import AnalysisError
from ..levels.assignment import assign_levels, level_of_readings, means_and_sigmas
from ..levels.drift import steady_ohm
from ..levels.find import Level, measure_levels
from ..levels.grouping.given import Wanted
from ..levels.remarks import level_remarks
from ..levels.scale import coordinate
from ..levels.visits import is_outlier
from ..run_points import before_burning
from ..switching.hopping import hopping_remarks
from ..switching.voltages import find_switches
from .ladders import Ladder, ladders_of
from .runs import CalibrationRun

MIN_LADDERS = 2


@dataclass(frozen=True, slots=True)
class StateSequence:
    """Levels and ladders of one device, and its states along each ladder.

    `states` has, for each ladder of n pulses, the level before it (−1 where unknown) and after each
    pulse, shape (n + 1,). Readings far from every level are NaN in `ladders`. `remarks` are the
    sentences that belong beside the levels.
    """

    levels: tuple[Level, ...]
    ladders: tuple[Ladder, ...]
    states: tuple[npt.NDArray[np.intp], ...]
    remarks: tuple[str, ...] = ()


def assign_states(runs: Sequence[CalibrationRun], wanted: Wanted | None = None) -> StateSequence:
    """Return the levels that runs on one device show, and its states along their ladders.

    `wanted` gives the number of levels, or their resistances (ohm), by hand. Raises AnalysisError
    for a run without pulses, a single ladder, or a single level.
    """
    for run in runs:
        _check_pulses(run)
    points = concatenated(runs)
    report = measure_levels(points, wanted)
    levels = report.levels
    sound = before_burning(points)
    steady = sound.assign(resistance_ohm=steady_ohm(sound, levels[0].drift))
    ends = np.cumsum([len(run.points) for run in runs])
    ladders = [
        ladder
        for run, first, end in zip(runs, [0, *ends[:-1]], ends, strict=True)
        for ladder in ladders_of(steady.iloc[first:end], run.where)
    ]
    if len(ladders) < MIN_LADDERS:
        raise AnalysisError(
            f"{runs[0].where} has a single ladder of pulses; a model needs at least "
            f"{MIN_LADDERS} cycles to know how much they differ."
        )
    if len(runs) > 1:  # of runs to different largest amplitudes, none is incomplete
        report = replace(report, incomplete_cycles=())
    remarks = (*level_remarks(report), *hopping_remarks(find_switches(points, levels)))
    return replace(_assigned(ladders, levels), remarks=remarks)


def _check_pulses(run: CalibrationRun) -> None:
    missing = {"cycle", "phase", "amplitude_V", "resistance_ohm"} - set(run.points.columns)
    if missing:
        raise AnalysisError(
            f"{run.where} has no column {', '.join(sorted(missing))}; import it with them."
        )
    pulses = run.points["amplitude_V"].notna() & run.points["resistance_ohm"].notna()
    if not pulses.any():
        raise AnalysisError(
            f"{run.where} has no readings after pulses; calibrate from staircase-write, reset, "
            "repeated-ramp or write-reset-cycling runs, with read-series runs beside them."
        )


def concatenated(runs: Sequence[CalibrationRun]) -> pd.DataFrame:
    """Return the points of several runs of one device, their cycles numbered one after another."""
    frames, first = [], 0
    for run in runs:
        frames.append(
            run.points.assign(cycle=run.points["cycle"] - run.points["cycle"].min() + first)
        )
        first = int(frames[-1]["cycle"].max()) + 1
    return pd.concat(frames, ignore_index=True)


def _assigned(ladders: Sequence[Ladder], levels: Sequence[Level]) -> StateSequence:
    """Assign every reading to a level; a single outlier is neither a move nor a reading."""
    lengths = [len(ladder.resistance_ohm) for ladder in ladders]
    resistance = np.concatenate([ladder.resistance_ohm for ladder in ladders])
    sequence = np.repeat(np.arange(len(ladders)), lengths)
    readings = pd.DataFrame({"sequence": sequence, "resistance_ohm": resistance})
    label = level_of_readings(readings, levels)
    value = coordinate(resistance, levels[0].scale)
    kept = np.where(is_outlier(value, label, *means_and_sigmas(levels)), np.nan, resistance)
    edges = np.cumsum(lengths)[:-1]
    parts = zip(ladders, np.split(kept, edges), np.split(label, edges), strict=True)
    cleaned, states = [], []
    for ladder, readings_ohm, after in parts:
        cleaned.append(replace(ladder, resistance_ohm=readings_ohm))
        states.append(np.concatenate([[_level_before(ladder, levels)], after]))
    return StateSequence(tuple(levels), tuple(cleaned), tuple(states))


def _level_before(ladder: Ladder, levels: Sequence[Level]) -> int:
    """Return the level before the first pulse, −1 if the reading belongs to none."""
    if ladder.before_ohm is None:
        return -1
    level = int(assign_levels(np.array([ladder.before_ohm]), levels)[0])
    away_ohm = abs(ladder.before_ohm - levels[level].mean_ohm)
    spacing_ohm = (levels[0].mean_ohm - levels[-1].mean_ohm) / (len(levels) - 1)
    return level if away_ohm <= max(spacing_ohm / 2, 5 * levels[level].std_ohm) else -1
