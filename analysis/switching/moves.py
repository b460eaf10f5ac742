"""Pulses that move the wall, where amplitudes do not rise from pulse to pulse.

Equal pulses and pulses of alternating sign show no switching voltage, only how often a pulse of one
amplitude moves the wall out of a level. Shares have exact binomial intervals. They hold for pulses
alike; where visits have thresholds of their own, a pulse that failed once fails again.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..estimate import Estimate
from ..intervals import proportion_ci
from ..levels.find import Level, level_of_readings
from ..levels.visits import sequence_starts
from ..run_points import pulsed_points

MOST_AMPLITUDES = 24


@dataclass(frozen=True, slots=True)
class Moves:
    """Pulses of one signed amplitude fired at a level, how many moved the wall, and their share."""

    level: int
    amplitude_V: float
    pulses: int
    moved: int
    share: Estimate


def measure_moves(points: pd.DataFrame, levels: Sequence[Level]) -> tuple[Moves, ...]:
    """Return the moves by amplitude and level; empty where most pulses rise, or differ too much."""
    pulsed = pulsed_points(points)
    amplitude = pulsed["amplitude_V"].to_numpy(dtype=float).round(6)
    within = ~sequence_starts(pulsed)[1:]
    rises = np.abs(amplitude[1:]) > np.abs(amplitude[:-1])
    rises &= np.sign(amplitude[1:]) == np.sign(amplitude[:-1])
    if not within.any() or rises[within].mean() > 0.5:
        return ()
    if len(np.unique(amplitude)) > MOST_AMPLITUDES:
        return ()
    level = level_of_readings(pulsed, levels)
    table = pd.DataFrame(
        {
            "level": level[:-1][within],
            "amplitude_V": amplitude[1:][within],
            "moved": (level[1:] != level[:-1])[within],
        }
    )
    counted = table.groupby(["amplitude_V", "level"])["moved"].agg(["size", "sum"])
    return tuple(
        Moves(int(number), float(volt), int(pulses), int(moved), proportion_ci(moved, pulses))
        for (volt, number), (pulses, moved) in zip(counted.index, counted.to_numpy(), strict=True)
    )
