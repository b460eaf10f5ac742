"""Switching voltages by route: walls that came from the level before, and walls that ran through.

Where a wall sometimes runs through a level without a stop it arrives in the next one at the voltage
that freed it further back. The switching voltages then have two humps, and their mean is that of no
pulse: V_C is two numbers. The routes are told apart by the level that the wall came from. They are
humps if their means differ by more than `APART` of the scatter within them and, in a two-sample t
test, with a probability of `CHANCE` or less of so much by chance. Source: Welch's pooled form,
Kendall & Stuart, The Advanced Theory of Statistics 2, §21.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from scipy.special import stdtr

from ...arrays import Floats
from .voltages import CriticalVoltage, SwitchingEvent, first_switches, voltage_statistics

APART = 2.0
CHANCE = 0.005


def critical_voltages(
    switches: Sequence[SwitchingEvent], level: int, phase: str | None = None
) -> Mapping[int | None, CriticalVoltage]:
    """Return the V_C of `level`: under None where it is one number, else by the level before.

    Empty if no cycle arrives in it by a pulse above the one before.
    """
    rising = [one for one in first_switches(switches, level, phase).values() if one.step_V > 0]
    if not rising:
        return {}
    volts = np.array([switch.voltage_V for switch in rising])
    step_V = float(np.median([switch.step_V for switch in rising]))
    before = np.array([switch.before for switch in rising])
    routes = sorted(np.unique(before).tolist(), key=lambda one: abs(one - level))
    near = before == routes[0]
    if len(routes) > 1 and _are_humps(volts[near], volts[~near], step_V):
        return {one: voltage_statistics(volts[before == one], step_V) for one in routes}
    return {None: voltage_statistics(volts, step_V)}


def _are_humps(first_V: Floats, second_V: Floats, step_V: float) -> bool:
    parts = (first_V, second_V)
    degrees = len(first_V) + len(second_V) - 2
    if degrees < 2:
        return False
    squares = sum(float(((part - part.mean()) ** 2).sum()) for part in parts)
    scatter = np.sqrt(max(squares / degrees, step_V**2 / 12))
    distance = abs(float(first_V.mean() - second_V.mean()))
    error = scatter * np.sqrt(1 / len(first_V) + 1 / len(second_V))
    chance = 2 * float(stdtr(degrees, -distance / error)) if error > 0 else 1.0
    return bool(distance > APART * scatter and chance < CHANCE)
