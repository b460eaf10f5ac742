"""The levels of a state model: means and spreads over visits, pulses and devices.

A visit is a stretch of readings after pulses that stay in one level. With visit means m_v of n_v
readings and the pooled variance s² within visits, the variance from visit to visit is

    σ² = var(m_v) − mean(s²/n_v),   not below 0,

one-way analysis of variance with random effects (Searle, Casella & McCulloch, Variance Components,
1992), with a χ² interval. Mean and interval of a level are those of `levels`.
"""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np

from ...arrays import Floats
from ..levels.find import Level
from ..state_model.model import LevelState, Quantity
from ..state_model.transitions import mean_quantity, std_quantity
from .state_sequences import StateSequence

Visits = list[list[Floats]]


def visits_by_level(sequence: StateSequence) -> Visits:
    """Return for every level the readings of each of its visits."""
    visits: Visits = [[] for _ in sequence.levels]
    for ladder, index in zip(sequence.ladders, sequence.states, strict=True):
        after = index[1:]
        edges = [0, *(np.flatnonzero(np.diff(after)) + 1), len(after)]
        for start, stop in pairwise(edges):
            readings = ladder.resistance_ohm[start:stop]
            if not np.isnan(readings).all():
                visits[after[start]].append(readings[~np.isnan(readings)])
    return visits


def level_state(visits: Sequence[Floats], found: Level, noise: Quantity | None) -> LevelState:
    """Return a level of one device from its visits (readings in ohm) and from `find_levels`.

    `noise` is the relative read noise, which is subtracted from the wander.
    """
    means = np.array([visit.mean() for visit in visits])
    within = _pooled_variance(visits)
    readings = (noise.value * float(means.mean())) ** 2 if noise else 0.0
    wander = float(np.sqrt(max(within - readings, 0.0)))
    if len(visits) < 2 or found.visits < 2:
        return LevelState(Quantity(found.mean_ohm), None, wander, None, 1)
    spread = float(means.var(ddof=1))
    averaged = within * float(np.mean([1 / len(visit) for visit in visits]))
    std = float(np.sqrt(max(spread - averaged, 0.0)))
    return LevelState(
        Quantity(found.mean_ohm, found.resistance_ohm.low, found.resistance_ohm.high),
        std_quantity(std, len(visits) - 1),
        wander,
        None,
        len(visits),
    )


def pool_levels(states: Sequence[LevelState]) -> LevelState:
    """Return one level of several devices: mean of means, pooled spreads, and spread of devices."""
    if len(states) == 1:
        return states[0]
    means = np.array([state.resistance_ohm.value for state in states])
    visits = sum(state.visits for state in states)
    measured = [state for state in states if state.cycle_std_ohm is not None]
    freedom = sum(state.visits - 1 for state in measured)
    cycle = None
    if freedom:
        total = sum(
            state.cycle_std_ohm.value**2 * (state.visits - 1)
            for state in measured
            if state.cycle_std_ohm is not None
        )
        cycle = std_quantity(float(np.sqrt(total / freedom)), freedom)
    device_std = float(means.std(ddof=1))
    return replace(
        states[0],
        resistance_ohm=mean_quantity(float(means.mean()), device_std, len(means)),
        cycle_std_ohm=cycle,
        wander_std_ohm=float(np.sqrt(np.mean([state.wander_std_ohm**2 for state in states]))),
        device_std_ohm=std_quantity(device_std, len(means) - 1),
        visits=visits,
    )


def read_noise_bound(visits: Visits) -> Quantity | None:
    """Return an upper bound of the relative standard deviation of a reading, from ladders.

    It is that of the quietest level, from differences of successive readings; creep of the wall
    under pulses adds to it, except in saturation. None with fewer than 10 differences everywhere.
    """
    found = []
    for level in visits:
        differences = np.concatenate([np.diff(visit) for visit in level] or [np.empty(0)])
        if len(differences) >= 10:
            mean = float(np.mean([visit.mean() for visit in level]))
            std = float(np.sqrt(np.mean(differences**2) / 2)) / mean
            found.append(std_quantity(std, len(differences)))
    return min(found, key=lambda quantity: quantity.value, default=None)


def _pooled_variance(visits: Sequence[Floats]) -> float:
    freedom = sum(len(visit) - 1 for visit in visits)
    if freedom == 0:
        return 0.0
    return float(sum(((visit - visit.mean()) ** 2).sum() for visit in visits) / freedom)
