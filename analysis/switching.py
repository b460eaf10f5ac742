"""Switching: at which amplitude each transition happens, how much that varies, how far it hops."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.levels import Level, assign_levels, pulsed_points


@dataclass(frozen=True, slots=True)
class Switch:
    """One jump of the resistance within a cycle, from one level (index) to another."""

    cycle: int
    phase: str
    before: int
    after: int
    amplitude_V: float

    @property
    def hop(self) -> int:
        """How many levels the jump spans."""
        return abs(self.after - self.before)


@dataclass(frozen=True, slots=True)
class CriticalVoltage:
    """The amplitude (magnitude) of one transition over the cycles, in volts.

    `variation` is the synapse paper's var = 2 · (max − min) / mean, a fraction.
    """

    mean_V: float
    std_V: float
    variation: float
    cycles: int


def find_switches(points: pd.DataFrame, levels: Sequence[Level]) -> tuple[Switch, ...]:
    """Return every change of level after a pulse, in the order they happened."""
    switches = []
    for _, group in pulsed_points(points).groupby(["cycle", "phase"], sort=False):
        cycle, phase = int(group["cycle"].iloc[0]), str(group["phase"].iloc[0])
        index = assign_levels(group["resistance_ohm"].to_numpy(dtype=float), levels)
        amplitude = group["amplitude_V"].to_numpy(dtype=float)
        switches += [
            Switch(cycle, phase, int(index[i]), int(index[i + 1]), float(amplitude[i + 1]))
            for i in np.flatnonzero(np.diff(index))
        ]
    return tuple(switches)


def first_arrivals(
    switches: Sequence[Switch], level: int, phase: str | None = None
) -> dict[int, float]:
    """Return for each cycle that reaches `level` the amplitude (magnitude, V) that first does."""
    arrivals: dict[int, float] = {}
    for switch in switches:
        if switch.after == level and phase in (None, switch.phase):
            arrivals.setdefault(switch.cycle, abs(switch.amplitude_V))
    return arrivals


def critical_voltage(
    switches: Sequence[Switch], level: int, phase: str | None = None
) -> CriticalVoltage | None:
    """Return the amplitude at which each cycle first arrives in `level`; None if none does."""
    amplitudes = np.array(list(first_arrivals(switches, level, phase).values()))
    if len(amplitudes) == 0:
        return None
    mean = float(amplitudes.mean())
    return CriticalVoltage(
        mean_V=mean,
        std_V=float(amplitudes.std(ddof=1)) if len(amplitudes) > 1 else 0.0,
        variation=2 * float(np.ptp(amplitudes)) / mean,
        cycles=len(amplitudes),
    )


def state_distribution(points: pd.DataFrame, levels: Sequence[Level]) -> pd.DataFrame:
    """Return the share of cycles in each level (columns) after each amplitude (index, V)."""
    pulsed = pulsed_points(points)
    index = assign_levels(pulsed["resistance_ohm"].to_numpy(dtype=float), levels)
    share = pd.crosstab(pulsed["amplitude_V"], pd.Series(index, pulsed.index), normalize="index")
    return share.reindex(columns=range(len(levels)), fill_value=0.0)
