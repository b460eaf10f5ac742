"""Calibration of a state model from runs: levels, counted transitions, read noise, and origin."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pandas as pd

from ..errors import AnalysisError
from ..levels.assignment import means_and_sigmas
from ..levels.grouping.given import Wanted
from ..levels.level import Level
from ..retention import pool_retention
from ..state_model.additions import with_retention
from ..state_model.model import (
    LevelState,
    ModelReadNoise,
    Prior,
    Pulses,
    Quantity,
    StateModel,
)
from .conditions import (
    read_current_A,
    saturation_field_T,
    saturations,
    shape_s,
    steady_field_T,
)
from .frozen_share import add_frozen_share, without_trains
from .ladders import count_transitions, rungs_of
from .levels import Visits, level_state, pool_levels, visits_by_level
from .noise import Noise, noise_of
from .readings import RetentionData, analyse_reads, only_reads, reading_field_T
from .runs import CalibrationRun, is_minor_loop, source_of
from .state_sequences import StateSequence, assign_states
from .width_ratio import with_width_ratio


def calibrate(
    runs: Sequence[CalibrationRun],
    name: str,
    *,
    version: int = 1,
    several_devices: bool = False,
    prior: Prior | None = None,
    wanted: Wanted | None = None,
) -> StateModel:
    """Return the state model of staircase, ramp or cycling runs.

    Runs that only read add retention and read noise; a minor loop improves the wall positions from
    which the width ratio of a single device follows; trains of equal pulses beside its ladders add
    its frozen share. Runs on several devices make one model of their kind if `several_devices`.
    `wanted` gives the number of levels, or their resistances (ohm), by hand. Raises AnalysisError
    for runs without ladders of pulses, too few ladders, a single level, differing conditions,
    trains that determine nothing, and several devices without `several_devices`.
    """
    devices = tuple(dict.fromkeys(run.device for run in runs))
    if not devices:
        raise AnalysisError("No run was given; give at least one staircase, ramp or cycling run.")
    if len(devices) > 1 and not several_devices:
        raise AnalysisError(
            f"The runs are of several devices ({', '.join(devices)}); calibrate each by itself, or "
            "ask for one model of them all with --several-devices."
        )
    reading, loops, pulsed = _sorted(runs)
    pulsed, trains = without_trains(pulsed)
    sequences = {
        device: assign_states([run for run in pulsed if run.device == device], wanted)
        for device in devices
    }
    _check_alike(sequences)
    readings = _readings(reading, sequences)
    noise = noise_of({device: visits_by_level(one) for device, one in sequences.items()}, readings)
    states = _states(list(sequences.values()), noise.relative_std if noise else None)
    nearest = min(_separation(one.levels) for one in sequences.values())
    model = StateModel(
        name=name,
        version=version,
        devices=devices,
        levels=states,
        levels_source=source_of(
            pulsed,
            "one-way analysis of variance over visits of the levels that find_levels found",
            f"separation {nearest:.3g} σ between the closest neighbours",
        ),
        pulses=tuple(
            _pulses(pulsed, tuple(sequences.values()), polarity)
            for polarity in _polarities(sequences.values())
        ),
        prior=prior or Prior(),
        saturation_field_T=saturation_field_T(pulsed),
        saturated_level=_saturated_level(pulsed, states),
        read_noise=None if noise is None else _read_noise(noise, pulsed, reading),
        remarks=_remarks(sequences),
    )
    if reading:
        model = _with_retention(model, readings, reading)
    if len(devices) == 1:
        levels = sequences[devices[0]].levels
        model = with_width_ratio(model, pulsed, loops, levels)
        model = add_frozen_share(model, pulsed, trains, levels)
    return model


def _sorted(
    runs: Sequence[CalibrationRun],
) -> tuple[list[CalibrationRun], list[CalibrationRun], list[CalibrationRun]]:
    """Return runs that only read, minor loops, and runs with pulses."""
    reading = [run for run in runs if only_reads(run)]
    loops = [run for run in runs if is_minor_loop(run)]
    pulsed = [run for run in runs if not (only_reads(run) or is_minor_loop(run))]
    measured = {run.device for run in pulsed}
    for run in (*reading, *loops):
        if run.device not in measured:
            does = "only reads" if only_reads(run) else "is a minor loop"
            raise AnalysisError(
                f"{run.where} {does}; name a staircase, ramp or cycling run on that device "
                "beside it, for its levels."
            )
    return reading, loops, pulsed


def _readings(
    reading: Sequence[CalibrationRun], sequences: Mapping[str, StateSequence]
) -> dict[str, RetentionData]:
    return {
        device: analyse_reads(mine, one.levels)
        for device, one in sequences.items()
        if (mine := [run for run in reading if run.device == device])
    }


def _check_alike(sequences: Mapping[str, StateSequence]) -> None:
    numbers = {device: len(one.levels) for device, one in sequences.items()}
    if len(set(numbers.values())) > 1:
        shown = ", ".join(f"{device}: {number}" for device, number in numbers.items())
        raise AnalysisError(
            f"The devices show different numbers of levels ({shown}); calibrate each by itself."
        )


def _states(sequences: Sequence[StateSequence], noise: Quantity | None) -> tuple[LevelState, ...]:
    visits = [visits_by_level(one) for one in sequences]
    return tuple(_level(level, visits, sequences, noise) for level in range(len(visits[0])))


def _level(
    level: int,
    visits: Sequence[Visits],
    sequences: Sequence[StateSequence],
    noise: Quantity | None,
) -> LevelState:
    seen = [
        (device[level], one.levels[level])
        for device, one in zip(visits, sequences, strict=True)
        if device[level]
    ]
    if not seen:
        raise AnalysisError(
            f"No plateau of the readings lies in level {level}: give fewer levels, or other "
            "positions."
        )
    states = [level_state(mine, found, noise) for mine, found in seen]
    return pool_levels(states, [mine for mine, _ in seen])


def _remarks(sequences: Mapping[str, StateSequence]) -> tuple[str, ...]:
    several = len(sequences) > 1
    return tuple(
        f"{device}: {remark}" if several else remark
        for device, one in sequences.items()
        for remark in one.remarks
    )


def _polarities(sequences: Iterable[StateSequence]) -> list[int]:
    seen = {ladder.polarity for one in sequences for ladder in one.ladders}
    return sorted(seen, reverse=True)


def _pulses(
    runs: Sequence[CalibrationRun], sequences: Sequence[StateSequence], polarity: int
) -> Pulses:
    pairs = [
        (ladder, index)
        for one in sequences
        for ladder, index in zip(one.ladders, one.states, strict=True)
        if ladder.polarity == polarity
    ]
    ladders = [ladder for ladder, _ in pairs]
    counts = count_transitions(ladders, [index for _, index in pairs], len(sequences[0].levels))
    moves = int(counts.sum() - np.trace(counts, axis1=1, axis2=2).sum())
    width_s, rise_s, fall_s = shape_s(runs)
    return Pulses(
        polarity="positive" if polarity > 0 else "negative",
        pulse_width_s=width_s,
        rise_s=rise_s,
        fall_s=fall_s,
        field_T=steady_field_T(runs, polarity),
        amplitudes_V=tuple(rungs_of(ladders).tolist()),
        counts=tuple(tuple(tuple(row) for row in table) for table in counts.tolist()),
        source=source_of(
            runs,
            "counted transitions on ladders of rising amplitude",
            f"{len(ladders)} ladders, {moves} moves",
        ),
    )


def _saturated_level(runs: Sequence[CalibrationRun], states: Sequence[LevelState]) -> int | None:
    readings = pd.concat([saturations(run) for run in runs])["resistance_ohm"].to_numpy(dtype=float)
    if len(readings) == 0:
        return None
    means = np.array([state.resistance_ohm.value for state in states])
    nearest = np.abs(readings[:, None] - means).argmin(axis=1)
    return int(np.bincount(nearest).argmax())


def _read_noise(
    noise: Noise, pulsed: Sequence[CalibrationRun], reading: Sequence[CalibrationRun]
) -> ModelReadNoise:
    runs = pulsed if noise.is_bound else reading
    source = source_of(runs, noise.method, noise.description)
    return ModelReadNoise(noise.relative_std, read_current_A(runs), source)


def _with_retention(
    model: StateModel, readings: Mapping[str, RetentionData], reading: Sequence[CalibrationRun]
) -> StateModel:
    kept = pool_retention([one for device in readings.values() for one in device.retention])
    field_T = reading_field_T(reading)
    at = "" if field_T is None else f" at {field_T:g} T"
    source = source_of(reading, f"escapes counted in readings without pulses{at}", "")
    return with_retention(model, kept, source)


def _separation(levels: Sequence[Level]) -> float:
    """Return the smallest distance between neighbours in units of their larger σ."""
    means, sigmas = means_and_sigmas(levels)
    return float((-np.diff(means) / np.maximum(sigmas[1:], sigmas[:-1])).min())
