"""Levels that only the first or only the last cycles visit: the device changed during the run.

A level visited in m of n cycles, in random order, has them all at the start or all at the end with
probability 2/C(n, m). Below `CHANCE` that is taken for a change, as by forming or wear.
"""

from math import comb

import numpy as np

from ...arrays import Ints

CHANCE = 0.02


def passing_levels(cycle: Ints, level: Ints, levels: int) -> tuple[int, ...]:
    """Return the levels that only a start or end of the run has, from readings (n,)."""
    cycles = np.unique(cycle)
    return tuple(k for k in range(levels) if _at_one_end(cycles, np.unique(cycle[level == k])))


def _at_one_end(cycles: Ints, seen: Ints) -> bool:
    count, total = len(seen), len(cycles)
    if count == total or count == 0 or 2 / comb(total, count) >= CHANCE:
        return False
    return bool((seen == cycles[:count]).all() or (seen == cycles[-count:]).all())
