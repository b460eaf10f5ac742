"""A first cycle unlike all later ones, as of a device that forms.

Two signs, looked for where at least `LATER` cycles follow the first:

- a higher threshold: in a phase, the amplitude V₁ of the first change of level exceeds those of all
  later cycles by more than a step, and by more than chance allows: with mean and standard deviation
  s of the n later ones (s² no less than that of rounding to the step, h²/12),
  t = (V₁ − mean)/(s √(1 + 1/n)) is beyond Student's law for a probability of `CHANCE`/phases;
- other levels: the first cycle visits a level that no later one does, and misses one that every
  later one visits, in at least two readings each.

Source of the prediction interval: Hahn & Meeker, Statistical Intervals (1991), §4.2. The share of
false alarms of both is measured in `benchmarks/forming.py`.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import stdtrit

from ...arrays import Floats, Ints

LATER = 4
CHANCE = 0.002
FEWEST_READINGS = 2


@dataclass(frozen=True, slots=True)
class Forming:
    """How the first cycle differs: by `levels` (indices) of its own and by `first_V`, the amplitude
    (magnitude, V) of its first change of level in `phase`, against `later_V`, the mean of others.
    """

    levels: tuple[int, ...] = ()
    phase: str = ""
    first_V: float = 0.0
    later_V: float = 0.0


def find_forming(pulsed: pd.DataFrame, label: Ints) -> Forming | None:
    """Return how the first cycle of a run's `pulsed_points` differs, None if it does not.

    `label` (n,) are the levels of the points.
    """
    cycle = pulsed["cycle"].to_numpy()
    cycles = np.unique(cycle)
    later = cycles[1:]
    if len(later) < LATER:
        return None
    levels = _own_levels(cycle, label, cycles)
    threshold = _threshold(pulsed, label, cycles[0], later)
    if threshold is None:
        return Forming(levels) if levels else None
    return Forming(levels, *threshold)


def _own_levels(cycle: Ints, label: Ints, cycles: Ints) -> tuple[int, ...]:
    """Return the levels of the first cycle alone, if it misses one that all others visit."""
    levels = int(label.max()) + 1
    cell = np.searchsorted(cycles, cycle) * levels + label
    readings = np.bincount(cell, minlength=len(cycles) * levels).reshape(len(cycles), levels)
    first, later = readings[0], readings[1:]
    often = later.sum(axis=0) >= FEWEST_READINGS * len(later)
    missed = (first == 0) & (later > 0).all(axis=0) & often
    own = (first >= FEWEST_READINGS) & (later == 0).all(axis=0)
    return tuple(np.flatnonzero(own).tolist()) if missed.any() else ()


def _threshold(
    pulsed: pd.DataFrame, label: Ints, first: int, later: Ints
) -> tuple[str, float, float] | None:
    sequence = pulsed["sequence"].to_numpy()
    size = pulsed["amplitude_V"].abs().to_numpy(dtype=float)
    moved = 1 + np.flatnonzero((label[1:] != label[:-1]) & (sequence[1:] == sequence[:-1]))
    moves = pulsed.iloc[moved][["cycle", "phase"]].assign(
        amplitude_V=size[moved], step_V=(size[moved] - size[moved - 1])
    )
    firsts = moves[moves["step_V"] > 0].drop_duplicates(["cycle", "phase"])
    phases = firsts["phase"].unique()
    for phase in phases:
        mine = firsts[firsts["phase"] == phase].set_index("cycle")
        others = mine["amplitude_V"].reindex(later).dropna().to_numpy(dtype=float)
        if first not in mine.index or len(others) < LATER:
            continue
        value = float(mine.loc[first, "amplitude_V"])
        if _is_beyond(value, others, float(mine["step_V"].median()), CHANCE / len(phases)):
            return str(phase), value, float(others.mean())
    return None


def _is_beyond(value: float, others: Floats, step: float, chance: float) -> bool:
    count = len(others)
    deviation = np.sqrt(max(float(others.var(ddof=1)), step**2 / 12) * (1 + 1 / count))
    t = float(stdtrit(count - 1, 1 - chance))
    return bool(value > others.max() + step and value - others.mean() > t * deviation)
