"""Merging of levels split by chance: neighbours that the same sequence never visits.

The wall sits anywhere in a flat stretch of its notch. Few visits can leave a gap there, and a
mixture then has two levels. They are recognised by one sequence of pulses visiting one of them or
the other, but not both. With `FEW_VISITS` or fewer to both, or few sequences, neighbours are one
level if that is the more probable (see `one_or_two`), the least probable pair of levels first. With
more, neighbours whose sequences overlap less than independent ones would with probability `CHANCE`
(hypergeometric), and in at most `SHARED` of the fewer, are one level unless they lie more than
`APART` (s₁ + s₂) apart. Trains of equal pulses, and single ones, visit by amplitude: which
levels they miss tells nothing, and only the distance of visits counts.
"""

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import gammaln

from ....arrays import Ints
from ..visits import goes_by_amplitude, label_readings, visits_of
from .halving import has_few_sequences
from .mixture import Group, centres
from .one_or_two import Visits, number_probabilities, probability_of_two, scatter_of_many

CHANCE = 0.3
SHARED = 0.5
APART = 3.6
FEW_VISITS = 10
DOUBT = 0.02


@dataclass(frozen=True, slots=True)
class Grouping:
    """Groups, highest first, and the probabilities of their number; certain where not in doubt."""

    groups: tuple[Group, ...]
    number: dict[int, float]


@dataclass(frozen=True, slots=True)
class _Seen:
    """A group, its visits (indices) and the sequences of pulses with such a visit."""

    group: Group
    visits: Ints
    sequences: frozenset[int]


def merge_split_levels(groups: tuple[Group, ...], pulsed: pd.DataFrame) -> Grouping:
    """Return the groups of a run's `pulsed_points`, highest first, exclusive neighbours merged."""
    table = visits_of(pulsed, label_readings(pulsed, *centres(groups)))
    visits = Visits(table["mean_ohm"].to_numpy(dtype=float), table["sequence"].to_numpy())
    level = table["level"].to_numpy()
    seen = [
        _Seen(group, mine, frozenset(visits.sequence[mine].tolist()))
        for number, group in enumerate(groups)
        if len(mine := np.flatnonzero(level == number))
    ]
    by_amplitude = goes_by_amplitude(pulsed)
    mean = np.array([group.mean_ohm for group in groups]) / visits.whole
    scatter = scatter_of_many(mean)
    visits = replace(visits, exclusion_tells=not by_amplitude, scatter=scatter)
    always = by_amplitude or has_few_sequences(visits.sequence)
    merged, fewer, more = _merge_few(seen, visits, always)
    if not always:
        merged = _merge_many(merged, visits)
    number = number_probabilities(len(merged), more, fewer)
    return Grouping(tuple(one.group for one in merged), number)


def _merge_few(
    seen: list[_Seen], visits: Visits, always: bool
) -> tuple[list[_Seen], list[float], list[float]]:
    """Return the groups, and where in doubt the probabilities of one fewer, and of one more."""

    def of_two(pair: tuple[_Seen, _Seen]) -> float:
        above, below = (one.visits for one in pair)
        many = len(above) + len(below) > FEW_VISITS and not always
        return 1.0 if many else probability_of_two(visits, above, below)

    more: list[float] = []
    probability = list(map(of_two, pairwise(seen)))
    while probability and min(probability) < 0.5:
        least = int(np.argmin(probability))
        more.append(probability[least])
        joined = _joined(seen[least], seen[least + 1], probability[least] > DOUBT)
        seen = [*seen[:least], joined, *seen[least + 2 :]]
        changed = slice(max(least - 1, 0), least + 2)
        probability[changed] = map(of_two, pairwise(seen[changed]))
    fewer = [1 - p for p in probability]
    return seen, [p for p in fewer if p > DOUBT], [p for p in more if p > DOUBT]


def _merge_many(seen: list[_Seen], visits: Visits) -> list[_Seen]:
    total = len(np.unique(visits.sequence))
    joined = [seen[0]]
    for here in seen[1:]:
        above = joined[-1]
        many = len(above.visits) + len(here.visits) > FEW_VISITS
        spreads = above.group.spread_ohm + here.group.spread_ohm
        near = above.group.mean_ohm - here.group.mean_ohm < APART * spreads
        if many and near and _exclude_each_other(above.sequences, here.sequences, total):
            joined[-1] = _joined(above, here, True)
        else:
            joined.append(here)
    return joined


def _exclude_each_other(first: frozenset[int], second: frozenset[int], total: int) -> bool:
    shared = len(first & second) > SHARED * min(len(first), len(second))
    return not shared and _overlap_chance(first, second, total) < CHANCE


def _overlap_chance(first: frozenset[int], second: frozenset[int], total: int) -> float:
    """Return the probability that independent visits overlap in no more sequences."""
    a, b, both = len(first), len(second), len(first & second)
    k = np.arange(max(0, a + b - total), both + 1)
    terms = _log_choose(a, k) + _log_choose(total - a, b - k) - _log_choose(total, np.array([b]))
    return float(np.exp(terms).sum())


def _log_choose(n: int, k: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    return np.asarray(gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1))


def _joined(above: _Seen, below: _Seen, doubt: bool) -> _Seen:
    """Return both as one; without doubt they are no two components of a mixture."""
    group = _union(above.group, below.group, len(above.sequences), len(below.sequences))
    if not doubt:
        group = replace(group, components=max(above.group.components, below.group.components))
    visits = np.sort(np.r_[above.visits, below.visits])
    return _Seen(group, visits, above.sequences | below.sequences)


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
