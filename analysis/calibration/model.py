"""From runs to a StateModel: levels, counted transitions, read noise, and where they come from."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pandas as pd

from ..errors import AnalysisError
from ..retention import pooled
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
from .ladders import counted, rungs_of
from .levels import level_state, together, visits_of
from .noise import Noise, noise_of
from .readings import Watched, reading_field_T, reads_only, watch
from .runs import CalibrationRun, source_of
from .state_sequences import Followed, follow
from .width_ratio import sweeps_field, with_taper


def calibrate(
    runs: Sequence[CalibrationRun],
    name: str,
    *,
    version: int = 1,
    several_devices: bool = False,
    prior: Prior | None = None,
) -> StateModel:
    """Return the state model of what was measured in staircase, ramp or cycling runs.

    Runs that only read add retention and read noise; a minor loop makes the positions of the wall
    surer that give one device its width ratio. Runs on several devices make one model of their kind
    if `several_devices`. Raises AnalysisError, in one sentence, for runs without ladders of pulses,
    too few of them, a single level, runs whose conditions differ, and mixed devices that were not
    asked for.
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
    followed = {
        device: follow([run for run in pulsed if run.device == device]) for device in devices
    }
    _check_alike(followed)
    watched = _watched(reading, followed)
    noise = noise_of({device: visits_of(one) for device, one in followed.items()}, watched)
    states = _states(list(followed.values()), noise.relative_std if noise else None)
    model = StateModel(
        name=name,
        version=version,
        devices=devices,
        levels=states,
        levels_source=source_of(
            pulsed,
            "one-way analysis of variance over visits of the levels that find_levels found",
            f"separation {_separation(states):.1f} σ between the closest neighbours",
        ),
        pulses=tuple(
            _pulses(pulsed, tuple(followed.values()), polarity)
            for polarity in _polarities(followed.values())
        ),
        prior=prior or Prior(),
        saturation_field_T=saturation_field_T(pulsed),
        saturated_level=_saturated_level(pulsed, states),
        read_noise=None if noise is None else _read_noise(noise, pulsed, reading),
    )
    if reading:
        model = _with_retention(model, watched, reading)
    if len(devices) == 1:
        model = with_taper(model, pulsed, loops, followed[devices[0]].found)
    return model


def _sorted(
    runs: Sequence[CalibrationRun],
) -> tuple[list[CalibrationRun], list[CalibrationRun], list[CalibrationRun]]:
    """Return runs that only read, minor loops, and runs with pulses."""
    reading = [run for run in runs if reads_only(run)]
    loops = [run for run in runs if sweeps_field(run)]
    pulsed = [run for run in runs if not (reads_only(run) or sweeps_field(run))]
    measured = {run.device for run in pulsed}
    for run in (*reading, *loops):
        if run.device not in measured:
            does = "only reads" if reads_only(run) else "is a minor loop"
            raise AnalysisError(
                f"{run.where} {does}; name a staircase, ramp or cycling run on that device "
                "beside it, which tells its levels."
            )
    return reading, loops, pulsed


def _watched(
    reading: Sequence[CalibrationRun], followed: Mapping[str, Followed]
) -> dict[str, Watched]:
    return {
        device: watch(mine, one.found)
        for device, one in followed.items()
        if (mine := [run for run in reading if run.device == device])
    }


def _check_alike(followed: Mapping[str, Followed]) -> None:
    numbers = {device: one.levels for device, one in followed.items()}
    if len(set(numbers.values())) > 1:
        shown = ", ".join(f"{device}: {number}" for device, number in numbers.items())
        raise AnalysisError(
            f"The devices show different numbers of levels ({shown}); calibrate each by itself."
        )


def _states(followed: Sequence[Followed], noise: Quantity | None) -> tuple[LevelState, ...]:
    visits = [visits_of(one) for one in followed]
    return tuple(
        together(
            [
                level_state(device[level], one.found[level], noise)
                for device, one in zip(visits, followed, strict=True)
                if device[level]
            ]
        )
        for level in range(followed[0].levels)
    )


def _polarities(followed: Iterable[Followed]) -> list[int]:
    seen = {ladder.polarity for one in followed for ladder in one.ladders}
    return sorted(seen, reverse=True)


def _pulses(runs: Sequence[CalibrationRun], followed: Sequence[Followed], polarity: int) -> Pulses:
    pairs = [
        (ladder, index)
        for one in followed
        for ladder, index in zip(one.ladders, one.indices, strict=True)
        if ladder.polarity == polarity
    ]
    ladders = [ladder for ladder, _ in pairs]
    counts = counted(ladders, [index for _, index in pairs], followed[0].levels)
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
    source = source_of(runs, noise.method, noise.told)
    return ModelReadNoise(noise.relative_std, read_current_A(runs), source)


def _with_retention(
    model: StateModel, watched: Mapping[str, Watched], reading: Sequence[CalibrationRun]
) -> StateModel:
    kept = pooled([one for device in watched.values() for one in device.kept])
    field_T = reading_field_T(reading)
    at = "" if field_T is None else f" at {field_T:g} T"
    source = source_of(reading, f"escapes counted in readings without pulses{at}", "")
    return with_retention(model, kept, source)


def _separation(states: Sequence[LevelState]) -> float:
    """Return the smallest distance between neighbours in units of their larger σ."""
    means = np.array([state.resistance_ohm.value for state in states])
    sigmas = np.array(
        [
            np.hypot(s.cycle_std_ohm.value if s.cycle_std_ohm else 0.0, s.wander_std_ohm)
            for s in states
        ]
    )
    widths = np.maximum(sigmas[1:], sigmas[:-1])
    return float((-np.diff(means) / np.maximum(widths, 1e-9 * means[0])).min())
