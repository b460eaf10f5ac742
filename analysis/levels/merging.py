"""Merging of levels split by chance: neighbours that the same sequence never visits.

The wall sits anywhere in a flat stretch of its notch. Few visits can leave a gap there, and a
mixture then has two levels. They are recognised by one sequence of pulses visiting one of them or
the other, but not both. With `FEW_VISITS` or fewer to both, neighbours are one level if that is the
more probable (see `one_or_two`), the least probable pair of levels first. With more, neighbours
whose sequences overlap less than independent ones would with probability `CHANCE` (hypergeometric)
are one level unless they lie more than `APART` (s₁ + s₂) apart.
"""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import gammaln

from .mixture import Group, centres
from .one_or_two import Stays, number_probabilities, probability_of_two
from .visits import label_readings, visits_of

CHANCE = 0.3
APART = 3.6
FEW_VISITS = 10
DOUBT = 0.02


@dataclass(frozen=True, slots=True)
class Grouping:
    """Groups, highest first, and the probabilities of their number; certain where not in doubt."""

    groups: tuple[Group, ...]
    number: dict[int, float]


def merge_split_levels(groups: tuple[Group, ...], pulsed: pd.DataFrame) -> Grouping:
    """Return the groups of a run's `pulsed_points`, highest first, exclusive neighbours merged."""
    visits = visits_of(pulsed, label_readings(pulsed, *centres(groups)))
    sequences = visits["sequence"].nunique()
    stays = [
        Stays(mine["mean_ohm"].to_numpy(dtype=float), frozenset(mine["sequence"]))
        for level in range(len(groups))
        for mine in [visits[visits["level"] == level]]
    ]
    seen = [(group, stay) for group, stay in zip(groups, stays, strict=True) if len(stay.mean)]
    merged = _merge_often_visited(seen, sequences)
    return _merge_few_visited(merged, sequences)


_Seen = list[tuple[Group, Stays]]


def _merge_few_visited(seen: _Seen, sequences: int) -> Grouping:
    means = np.concatenate([stays.mean for _, stays in seen])
    whole = float(np.ptp(means)) or 1.0
    doubted: list[float] = []
    while len(seen) > 1:
        found = [_of_two(*pair, sequences, whole) for pair in zip(seen, seen[1:], strict=False)]
        least = int(np.argmin(found))
        if found[least] >= 0.5:
            break
        doubted.append(found[least])
        seen = [*seen[:least], _joined(seen[least], seen[least + 1]), *seen[least + 2 :]]
    kept = [_of_two(*pair, sequences, whole) for pair in zip(seen, seen[1:], strict=False)]
    number = number_probabilities(
        len(seen),
        [p for p in doubted if p > DOUBT],
        [1 - p for p in kept if p < 1 - DOUBT],
    )
    return Grouping(tuple(group for group, _ in seen), number)


def _of_two(
    above: tuple[Group, Stays], below: tuple[Group, Stays], sequences: int, whole: float
) -> float:
    if len(above[1].mean) + len(below[1].mean) > FEW_VISITS:
        return 1.0
    return probability_of_two(above[1], below[1], sequences, whole)


def _merge_often_visited(seen: _Seen, sequences: int) -> _Seen:
    joined = [seen[0]]
    for group, here in seen[1:]:
        above, where = joined[-1]
        near = above.mean_ohm - group.mean_ohm < APART * (above.spread_ohm + group.spread_ohm)
        many = len(where.mean) + len(here.mean) > FEW_VISITS
        chance = _overlap_chance(where.sequences, here.sequences, sequences)
        if near and many and chance < CHANCE:
            joined[-1] = _joined((above, where), (group, here))
        else:
            joined.append((group, here))
    return joined


def _overlap_chance(first: frozenset[int], second: frozenset[int], total: int) -> float:
    """Return the probability that independent visits overlap in no more sequences."""
    a, b, both = len(first), len(second), len(first & second)
    k = np.arange(max(0, a + b - total), both + 1)
    terms = _log_choose(a, k) + _log_choose(total - a, b - k) - _log_choose(total, np.array([b]))
    return float(np.exp(terms).sum())


def _log_choose(n: int, k: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    return np.asarray(gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1))


def _joined(above: tuple[Group, Stays], below: tuple[Group, Stays]) -> tuple[Group, Stays]:
    first, second = len(above[1].sequences), len(below[1].sequences)
    return _union(above[0], below[0], first, second), above[1] | below[1]


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
