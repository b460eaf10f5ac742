"""Levels that only the first or only the last cycles visit: the device changed during the run.

A level visited in m of n cycles, in random order, has them all at the start or all at the end with
probability 2/C(n, m). Below `CHANCE` that is taken for a change, as by forming or wear. Higher
pulses reach other levels: where those that visit have the higher amplitudes on average, those that
stay below all of these are left out, and those that go beyond all that do not visit; and the other
way round.
"""

from math import comb

import numpy as np
import pandas as pd

from ...arrays import Flags, Floats, Ints

CHANCE = 0.02


def passing_levels(pulsed: pd.DataFrame, level: Ints, levels: int) -> tuple[int, ...]:
    """Return the levels that only a start or end of the run has, from readings (n,)."""
    cycle = pulsed["cycle"].to_numpy()
    cycles = np.unique(cycle)
    ends_V = _ends(pulsed)
    seen = [np.isin(cycles, cycle[level == k]) for k in range(levels)]
    return tuple(k for k in range(levels) if _at_one_end(seen[k][_comparable(ends_V, seen[k])]))


def _ends(pulsed: pd.DataFrame) -> Floats:
    """Return the lowest and highest amplitude of each cycle, shape (cycles, 2)."""
    if "amplitude_V" not in pulsed:
        return np.zeros((pulsed["cycle"].nunique(), 2))
    ends = pulsed.groupby("cycle")["amplitude_V"].agg(["min", "max"])
    return ends.to_numpy(dtype=float).round(6)


def _comparable(ends_V: Floats, seen: Flags) -> Flags:
    """Return the cycles whose amplitudes do not tell whether they visit, by those seen to."""
    kept = np.ones(len(seen), dtype=bool)
    if seen.all() or not seen.any():
        return kept
    for end_V in ends_V.T:
        reach = end_V if end_V[seen].mean() > end_V[~seen].mean() else -end_V
        kept &= np.where(seen, reach <= reach[~seen].max(), reach >= reach[seen].min())
    return kept


def _at_one_end(seen: Flags) -> bool:
    count, total = int(seen.sum()), len(seen)
    if count in (0, total) or 2 / comb(total, count) >= CHANCE:
        return False
    return bool(seen[:count].all() or seen[-count:].all())
