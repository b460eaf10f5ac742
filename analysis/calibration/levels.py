"""The levels of a state model: means and spreads over visits, pulses and devices.

A visit is a stretch of readings after pulses that stay in one level; how visits differ is in
`visit_spread`. Mean and interval of a level are those of `levels`.
"""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np

from ...arrays import Floats
from ..levels.find import Level
from ..levels.resolution import rounding_ohm
from ..state_model.model import LevelState, Quantity
from ..state_model.transitions import mean_quantity, std_quantity
from .state_sequences import StateSequence
from .visit_spread import visit_std, within_variance

Visits = list[list[Floats]]


def visits_by_level(sequence: StateSequence) -> Visits:
    """Return for every level the readings of each of its visits."""
    visits: Visits = [[] for _ in sequence.levels]
    for ladder, index in zip(sequence.ladders, sequence.states, strict=True):
        after = index[1:]
        edges = [0, *(np.flatnonzero(np.diff(after)) + 1), len(after)]
        for start, stop in pairwise(edges):
            readings = ladder.resistance_ohm[start:stop]
            if np.isnan(readings).all():
                continue
            mine, sound = visits[after[start]], readings[~np.isnan(readings)]
            if start == 0 and ladder.repeats and index[0] == after[0] and mine:
                mine[-1] = np.concatenate([mine[-1], sound])  # the visit goes on
            else:
                mine.append(sound)
    return visits


def level_state(visits: Sequence[Floats], found: Level, noise: Quantity | None) -> LevelState:
    """Return a level of one device from its visits (readings in ohm) and from `find_levels`.

    `noise` is the relative read noise, which is subtracted from the wander.
    """
    mean_ohm = float(np.mean([visit.mean() for visit in visits]))
    within, _ = within_variance([visits])
    readings = (noise.value * mean_ohm) ** 2 if noise else 0.0
    wander = float(np.sqrt(max(within - readings, 0.0)))
    if len(visits) < 2 or found.visits < 2:
        return LevelState(Quantity(found.mean_ohm), None, wander, None, 1)
    return LevelState(
        Quantity(found.mean_ohm, found.resistance_ohm.low, found.resistance_ohm.high),
        visit_std([visits]),
        wander,
        None,
        len(visits),
    )


def pool_levels(states: Sequence[LevelState], visits: Sequence[Sequence[Floats]]) -> LevelState:
    """Return one level of several devices: mean of means, pooled spreads, and spread of devices.

    `visits` are those of each device, as for `level_state`.
    """
    if len(states) == 1:
        return states[0]
    means = np.array([state.resistance_ohm.value for state in states])
    device_std = float(means.std(ddof=1))
    return replace(
        states[0],
        resistance_ohm=mean_quantity(float(means.mean()), device_std, len(means)),
        cycle_std_ohm=visit_std(visits),
        wander_std_ohm=float(np.sqrt(np.mean([state.wander_std_ohm**2 for state in states]))),
        device_std_ohm=std_quantity(device_std, len(means) - 1),
        visits=sum(state.visits for state in states),
    )


def read_noise_bound(visits: Visits) -> Quantity | None:
    """Return an upper bound of the relative standard deviation of a reading, from ladders.

    It is that of the quietest level, from differences of successive readings; creep of the wall
    under pulses adds to it, except in saturation. It is at least what the meter's step adds. None
    with fewer than 10 differences everywhere.
    """
    found = []
    step_ohm = rounding_ohm(np.concatenate([visit for level in visits for visit in level]))
    for level in visits:
        differences = np.concatenate([np.diff(visit) for visit in level] or [np.empty(0)])
        if len(differences) >= 10:
            mean = float(np.mean([visit.mean() for visit in level]))
            std = max(float(np.sqrt(np.mean(differences**2) / 2)), step_ohm) / mean
            found.append(std_quantity(std, len(differences)))
    return min(found, key=lambda quantity: quantity.value, default=None)
