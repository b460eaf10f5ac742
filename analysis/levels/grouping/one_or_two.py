"""One level or two? The probability that neighbouring groups with few visits are two levels.

Two data tell: in which passages the groups were visited, and how far apart the visits lie. A
passage is a time in which the wall is at no third level, within one sequence of pulses; a sequence
without either counts as one, too. Each level is met in a passage with a probability of its own,
prior Beta(`OFTEN`, 1): most walls stop at most levels. One level that looks like two is met as one
of them or the other; as both only by a stay cut in two, with probability `CUT`. Its visits scatter
normally with s, and so do those of each of two levels; prior of s log-uniform from `NARROWEST` to
`WIDEST` of the range R of all levels, less for `MANY` (see `scatter_of_many`), of a centre uniform
over R. For m visits with sum of squares
Q about their mean the likelihood given s is

    (2π s²)^(−(m−1)/2) m^(−1/2) exp(−Q/2s²)/R.

Both answers are equally likely beforehand. In few sequences (see `halving`) passages tell less than
they seem to, for walls stop more seldom at some levels than at others, and distances more, for
levels lie further apart, and are narrower, than the priors of s and of a centre expect: there the
logarithms of both ratios of likelihoods are weighted, `OF_PASSAGES` and `OF_DISTANCE`. The weights
follow a logistic regression on simulated devices, lowered by a seventh for what it does not see:
that the cut that is judged is the most likely one of many. `benchmarks/level_numbers.py` draws
other devices and shows how often the probabilities come true.
"""

from dataclasses import dataclass, field

import numpy as np
from scipy.special import betaln, expit, logsumexp

from ....arrays import Counts, Floats, Ints
from .halving import has_few_sequences

OFTEN = 4.0
CUT = 0.02
FEW_EACH = 3
NEAR = 0.15
AT_MOST = 0.9
OF_PASSAGES, OF_DISTANCE = 0.25, 1.6
NARROWEST, WIDEST = 1e-3, 0.1
GRID = np.geomspace(NARROWEST, WIDEST, 25)
MANY = 12


@dataclass(frozen=True, slots=True)
class Visits:
    """All visits of a run in order of time: their means and their sequences of pulses, (n,).

    Without `exclusion_tells`, which of two groups a sequence visits is no evidence. `scatter` are
    the standard deviations that the visits to one level may have, as shares of the range, (k,).
    """

    mean: Floats
    sequence: Counts
    exclusion_tells: bool = True
    scatter: Floats = field(default_factory=lambda: GRID)

    @property
    def whole(self) -> float:
        return float(np.ptp(self.mean)) or 1.0


def probability_of_two(visits: Visits, above: Ints, below: Ints) -> float:
    """Return the probability that the visits (indices) to two groups are to two levels."""
    members = np.sort(np.r_[above, below])
    parts = (_scattered(visits, group) for group in (above, below))
    distance = sum(parts) - _scattered(visits, members)
    if not visits.exclusion_tells:
        return min(float(expit(distance)), _most(visits, above, below))
    passages = _exclusion(visits, members, above, below)
    of_passages, of_distance = (
        (OF_PASSAGES, OF_DISTANCE) if has_few_sequences(visits.sequence) else (1.0, 1.0)
    )
    return float(expit(of_passages * passages + of_distance * distance))


def _most(visits: Visits, above: Ints, below: Ints) -> float:
    """Return the most that the distance of a few near visits may say alone."""
    apart = float(visits.mean[above].min() - visits.mean[below].max())
    few = min(len(above), len(below)) < FEW_EACH
    return AT_MOST if few and apart < NEAR * visits.whole else 1.0


def _exclusion(visits: Visits, members: Ints, above: Ints, below: Ints) -> float:
    """Return ln L(two levels)/L(one) of which groups the passages met."""
    sequence = visits.sequence[members]
    passage = np.cumsum(np.r_[True, (np.diff(members) > 1) | (np.diff(sequence) != 0)])
    passes = int(passage[-1])
    met = [len(np.unique(passage[np.isin(members, group)])) for group in (above, below)]
    both = sum(met) - passes
    chances = passes + len(np.unique(visits.sequence)) - len(np.unique(sequence))
    one = _met(passes, chances) + both * np.log(CUT) + (passes - both) * np.log1p(-CUT)
    return float(sum(_met(times, chances) for times in met) - one)


def number_probabilities(
    base: int, of_more: list[float], of_fewer: list[float]
) -> dict[int, float]:
    """Return P(number of levels): `base`, each of `of_more` adding one, each of `of_fewer` taking.

    The events are taken to be independent; numbers below 1 % are left out.
    """
    lowest = base - len(of_fewer)
    share = np.array([1.0])
    for probability in (*of_more, *(1 - fewer for fewer in of_fewer)):
        share = np.convolve(share, [1 - probability, probability])
    kept = {lowest + i: float(p) for i, p in enumerate(share) if p >= 0.01}
    total = sum(kept.values())
    return {number: p / total for number, p in kept.items()}


def _met(times: int, chances: int) -> float:
    return float(betaln(OFTEN + times, 1 + chances - times) - betaln(OFTEN, 1))


def _scattered(visits: Visits, members: Ints) -> float:
    mean, count = visits.mean[members], len(members)
    s = visits.scatter * visits.whole
    squares = float(((mean - mean.mean()) ** 2).sum())
    given = -(count - 1) / 2 * np.log(2 * np.pi * s**2) - squares / (2 * s**2)
    return float(logsumexp(given) - np.log(len(s) * visits.whole) - np.log(count) / 2)


def scatter_of_many(mean: Floats) -> Floats:
    """Return the scatter (k,) that visits to one of many levels may have, as shares of the range.

    `mean` (n,) are the groups as such shares, in order. Visits to one of many levels reach no
    further than a quarter of the usual distance between two. Few groups do not know that.
    """
    if len(mean) < MANY:
        return GRID
    widest = min(WIDEST, max(2 * NARROWEST, float(np.median(np.abs(np.diff(mean)))) / 4))
    return np.geomspace(NARROWEST, widest, len(GRID))
