"""Priors of transition probabilities: what happens at an amplitude is likely at those nearby.

Few visits see a move at few of the amplitudes of a fine ladder. A prior that treats each amplitude
by itself then either excludes all others, or moves the device by the number of amplitudes alone.
Here the probability p_a of leaving a level at amplitude a has the prior

    p_a ~ Beta(m, m/h_a − m),    mean h_a,

with m = `prior.moves` (½: the shape of Jeffreys' prior) and h_a the moves per visit at amplitudes
nearby: in the smallest window around a with `NEARBY` moves, or the whole ladder if it has fewer. It
is never above m/`prior.visits`, for which the prior is Jeffreys' own. Below the first move, d
amplitudes away, h_a = h_first/(1 + d/w)², w being half that window at the first move. Without any
move h is m/`prior.visits` at the largest amplitude and falls below it likewise. A wall that leaves
goes to level j with a probability whose prior is Dirichlet with the weight of `ALIKE` moves and the
mean of all moves out of the level at any amplitude, to which a level at distance δ adds 1/δ.
Empirical Bayes; Carlin & Louis, Bayesian Methods for Data Analysis (2008).
"""

from dataclasses import dataclass

import numpy as np

from ...arrays import Counts, Floats
from .model import Prior

NEARBY = 3
ALIKE = 3.0


@dataclass(frozen=True, slots=True)
class TransitionPrior:
    """Prior counts: moves and stays of each level (amplitudes, levels), and destinations of moves,
    (from level, to level)."""

    moves: Floats
    stays: Floats
    destinations: Floats


def prior_of(counts: Counts, prior: Prior) -> TransitionPrior:
    """Return the priors for counted transitions, shape (amplitudes, from level, to level)."""
    levels = counts.shape[-1]
    visits = counts.sum(axis=-1)
    moved = visits - np.diagonal(counts, axis1=1, axis2=2)
    highest = prior.moves / prior.visits
    hazard = np.column_stack(
        [_nearby(moved[:, level], visits[:, level], highest) for level in range(levels)]
    )
    destinations = [_shares(counts[:, level].sum(axis=0), level) for level in range(levels)]
    return TransitionPrior(
        np.full_like(hazard, prior.moves),
        prior.moves / hazard - prior.moves,
        ALIKE * np.array(destinations),
    )


def _nearby(moved: Counts, visits: Counts, highest: float) -> Floats:
    """Return the expected moves per visit h at each amplitude, shape (amplitudes,)."""
    at = np.arange(len(moved))
    if not moved.any():
        return np.asarray(highest / (len(moved) - at) ** 2)
    first = int(np.flatnonzero(moved)[0])
    found, width = np.full(len(moved), np.nan), 1
    sums = [np.r_[0, np.cumsum(part)] for part in (moved, visits)]
    for reach in range(len(moved)):
        low, high = np.maximum(at - reach, first), np.minimum(at + reach + 1, len(moved))
        events, trials = (total[np.maximum(high, low)] - total[low] for total in sums)
        enough = np.isnan(found) & ((events >= NEARBY) | (reach == len(moved) - 1))
        found[enough] = events[enough] / np.maximum(trials[enough], 1)
        if enough[first]:
            width = max(1, reach)
        if not np.isnan(found[first:]).any():
            break
    below = at < first
    found[below] = found[first] / (1 + (first - at[below]) / width) ** 2
    return np.asarray(np.minimum(found, highest))


def _shares(destinations: Counts, level: int) -> Floats:
    """Return the share of each level in the moves out of `level`, 0 for itself."""
    distance = np.abs(np.arange(len(destinations)) - level).astype(float)
    distance[level] = np.inf
    share = np.where(np.isinf(distance), 0, destinations) + 1 / distance
    return np.asarray(share / max(share.sum(), 1e-300))


def destination_prior(moved: Counts, level: int) -> Floats:
    """Return the Dirichlet weights of where all moves out of `level` go, (levels,).

    `moved` are the counted moves, (amplitudes, from level, to level). Before any, a level at
    distance δ has the weight 1/δ times the share of its direction in the moves of all levels.
    """
    total = moved.sum(axis=0)
    onward, back = np.triu(total).sum() + 0.5, np.tril(total).sum() + 0.5
    away = np.arange(len(total)) - level
    share = np.where(away > 0, onward, back) / (onward + back)
    expected = np.where(away == 0, 0.0, share / np.maximum(np.abs(away), 1))
    return np.asarray(total[level] + expected)
