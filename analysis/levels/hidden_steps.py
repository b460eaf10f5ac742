"""Steps within a level that all go the way of the pulses: two levels too close to tell apart.

A wall that creeps in its notch wanders back and forth. Readings that, visit after visit, step down
where the pulses drive the resistance down show that the wall moved on within what was taken for one
level. With z_k the standardised change from the first k readings of a visit to the others, forwards
being positive, a visit counts max z + min z: without a step it is as often below zero as above.
Student's test over the visits, one-sided, gives the probability of as much by chance. A level holds
steps where that is below `CHANCE` and the second halves of visits lie `LEAST` σ or more beyond the
first ones. Components of a mixture, which a flat distribution has as well, count where it is below
`LIKELY`, or where there are too few visits to test.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy.special import stdtr

from ...arrays import Floats, Ints
from .visits import visits_of

CHANCE = 0.02
LIKELY = 0.5
LEAST = 0.15
MIN_READINGS = 4
MIN_VISITS = 4


def resolved_components(
    readings: pd.DataFrame, label: Ints, sigma: Floats, components: Sequence[int]
) -> tuple[int, ...]:
    """Return how many levels each level may hold, 1 where nothing speaks for more.

    `readings` are the pulsed points in the coordinate of grouping, `label` (n,) their levels,
    `sigma` (levels,) the standard deviations, `components` those of the mixture.
    """
    from .step_excess import changes  # numba is slow to import

    value = readings["resistance_ohm"].to_numpy(dtype=float)
    visits = visits_of(readings, label)
    long = visits[visits["readings"] >= MIN_READINGS]
    way = _way(readings, value)[long["sequence"].to_numpy()]
    excess, change = changes(value, long["first"].to_numpy(), long["readings"].to_numpy(), way)
    level = long["level"].to_numpy()
    return tuple(
        _components(excess[level == one], change[level == one], float(sigma[one]), known)
        for one, known in enumerate(components)
    )


def _components(excess: Floats, change: Floats, sigma: float, known: int) -> int:
    if len(excess) < MIN_VISITS:
        return known
    chance = _chance(excess)
    if chance < CHANCE and change.mean() > LEAST * sigma:
        return max(known, 2)
    return known if chance < LIKELY else 1


def _chance(excess: Floats) -> float:
    """Return the probability of a mean as far above zero, were it zero."""
    count, spread = len(excess), float(excess.std(ddof=1))
    if spread == 0:
        return 0.0 if excess.mean() > 0 else 1.0
    return float(stdtr(count - 1, -excess.mean() * np.sqrt(count) / spread))


def _way(readings: pd.DataFrame, value: Floats) -> Floats:
    """Return the sign of the change over each sequence of pulses, by its number."""
    sequence = readings["sequence"].to_numpy()
    starts = np.flatnonzero(np.r_[True, sequence[1:] != sequence[:-1]])
    ends = np.r_[starts[1:], len(value)] - 1
    way = np.zeros(int(sequence.max()) + 1)
    way[sequence[starts]] = np.sign(value[ends] - value[starts])
    return way
