"""Merging of levels split by chance: neighbours that the same sequence never visits.

The wall sits anywhere in a flat stretch of its notch. Few visits can leave a gap there, and a
mixture then has two levels. They are recognised by one sequence of pulses visiting one of them or
the other, but not both. Neighbours whose sequences overlap less than independent ones would
with probability `CHANCE` (hypergeometric) are one level unless they lie more than `APART` (s₁ + s₂)
apart.
"""

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import gammaln

from .mixture import Group, centres
from .visits import label_readings, visits_of

CHANCE = 0.3
APART = 3.6


def merge_split_levels(groups: tuple[Group, ...], pulsed: pd.DataFrame) -> tuple[Group, ...]:
    """Return the groups of a run's `pulsed_points`, highest first, exclusive neighbours merged."""
    visits = visits_of(pulsed, label_readings(pulsed, *centres(groups)))
    sequences = visits["sequence"].nunique()
    seen = [frozenset(visits["sequence"][visits["level"] == level]) for level in range(len(groups))]
    joined, where = [groups[0]], seen[0]
    for group, here in zip(groups[1:], seen[1:], strict=True):
        above = joined[-1]
        near = above.mean_ohm - group.mean_ohm < APART * (above.spread_ohm + group.spread_ohm)
        if near and _overlap_chance(where, here, sequences) < CHANCE:
            joined[-1] = _union(above, group, len(where), len(here))
            where = where | here
        else:
            joined.append(group)
            where = here
    return tuple(joined)


def _overlap_chance(first: frozenset[int], second: frozenset[int], total: int) -> float:
    """Return the probability that independent visits overlap in no more sequences."""
    a, b, both = len(first), len(second), len(first & second)
    k = np.arange(max(0, a + b - total), both + 1)
    terms = _log_choose(a, k) + _log_choose(total - a, b - k) - _log_choose(total, np.array([b]))
    return float(np.exp(terms).sum())


def _log_choose(n: int, k: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    return np.asarray(gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1))


def _union(above: Group, below: Group, first: int, second: int) -> Group:
    share = first / (first + second)
    mean = share * above.mean_ohm + (1 - share) * below.mean_ohm
    distance = above.mean_ohm - below.mean_ohm
    variance = share * above.spread_ohm**2 + (1 - share) * below.spread_ohm**2
    variance += share * (1 - share) * distance**2
    return replace(
        above,
        mean_ohm=mean,
        spread_ohm=float(np.sqrt(variance)),
        components=above.components + below.components,
    )
