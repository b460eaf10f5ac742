"""One level or two? The probability that neighbouring groups with few visits are two levels.

Two data tell: in which sequences of pulses the groups were visited, and how far apart the visits
lie. Each level is visited in a sequence with a probability of its own, prior Beta(`OFTEN`, 1): most
walls stop at most levels. One level that looks like two is visited in one of them or the other, and
in both of one sequence only by a stay cut in two, with probability `CUT`. Its visits scatter
normally with s, and so do those of each of two levels; prior of s log-uniform from `NARROWEST` to
`WIDEST` of the range R of all levels, of a centre uniform over R. For m visits with sum of squares
Q about their mean the likelihood given s is

    (2π s²)^(−(m−1)/2) m^(−1/2) exp(−Q/2s²)/R.

Both answers are equally likely beforehand.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import betaln, expit, logsumexp

from ...arrays import Floats

OFTEN = 4.0
CUT = 0.02
NARROWEST, WIDEST = 1e-3, 0.1
GRID = np.geomspace(NARROWEST, WIDEST, 25)


@dataclass(frozen=True, slots=True)
class Stays:
    """Means (n,) of the visits to a group, and the sequences of pulses that visited it."""

    mean: Floats
    sequences: frozenset[int]

    def __or__(self, other: "Stays") -> "Stays":
        return Stays(np.r_[self.mean, other.mean], self.sequences | other.sequences)


def probability_of_two(above: Stays, below: Stays, sequences: int, whole: float) -> float:
    """Return the probability that the groups are two levels, of `sequences`, in a range `whole`."""
    both = len(above.sequences & below.sequences)
    either = len(above.sequences | below.sequences)
    two = sum(_visited(len(one.sequences), sequences) for one in (above, below))
    one = _visited(either, sequences) + both * np.log(CUT) + (either - both) * np.log1p(-CUT)
    two += sum(_scattered(stays.mean, whole) for stays in (above, below))
    one += _scattered((above | below).mean, whole)
    return float(expit(two - one))


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


def _visited(times: int, sequences: int) -> float:
    return float(betaln(OFTEN + times, 1 + sequences - times) - betaln(OFTEN, 1))


def _scattered(mean: Floats, whole: float) -> float:
    count = len(mean)
    s = GRID * whole
    squares = float(((mean - mean.mean()) ** 2).sum())
    given = -(count - 1) / 2 * np.log(2 * np.pi * s**2) - squares / (2 * s**2)
    return float(logsumexp(given) - np.log(len(s) * whole) - np.log(count) / 2)
