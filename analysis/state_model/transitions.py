"""Transition probabilities under one pulse, or a ladder of pulses, from counted transitions.

On a ladder of rising amplitudes V_1 < V_2 < … the pulse V_a moves the device from level i to j with
probability M_a[i, j]. Of n visits of level i at this amplitude, k left it, n_ij of them for level
j. The posteriors

    1 − M_a[i, i] ~ Beta(k + μ, n − k + ν),    M_a[i, j]/(1 − M_a[i, i]) ~ Dirichlet(n_ij + δ_j)

have priors μ, ν, δ that expect what happened at amplitudes nearby (see `transition_prior`). The
95 % intervals are the equal-tailed ones, of a beta law with the moments of the product for M_a[i,
j]; they reach from 0 to the 99.5 % point for a transition
that was never seen (its prior comes from the same data), and to 1 for one that always was (Brown,
Cai & DasGupta, Stat. Sci. 16, 101 (2001)). `benchmarks/transitions.py` shows how often they hold.
The maximum-likelihood value is n_ij/n, and "stays" where nothing was measured. A ladder between two
amplitudes has the ordered product of its M_a (Aalen and Johansen, Scand. J. Statist. 5, 141
(1978)); visits count from their arrival on, so levels first reached far up the ladder are not
biased.

`draw_posterior` draws whole devices. What few cycles leave open about all amplitudes of a level at
once is drawn first, the curve by which it is left (see `threshold_curve`) and where its moves go;
then each amplitude by itself, given that.

A pulse fired without its ladder is assumed to act as the whole ladder up to it. That holds where
every visit has a threshold of its own; it neglects that a repeated pulse may succeed where the
first did not, which ladders do not show.
"""

import numpy as np
from scipy import stats

from ...arrays import Floats
from ..intervals import stepped_mean_ci
from .model import Prior, Pulses, Quantity
from .threshold_curve import threshold_curve
from .transition_prior import ALIKE, destination_prior, prior_of

CONFIDENCE = 0.95
TAIL = (1 - CONFIDENCE) / 2
UNSEEN_TAIL = 0.005


def maximum_likelihood(pulses: Pulses) -> Floats:
    """Return the maximum-likelihood M, shape (amplitudes, from level, to level)."""
    counts = np.array(pulses.counts, dtype=float)
    visits = counts.sum(axis=-1, keepdims=True)
    stays = np.broadcast_to(np.eye(counts.shape[-1]), counts.shape)
    return np.where(visits > 0, counts / np.maximum(visits, 1), stays)


def draw_posterior(pulses: Pulses, prior: Prior, rng: np.random.Generator) -> Floats:
    """Return M of a device drawn from the posterior, shape (amplitudes, from level, to level)."""
    counts = np.array(pulses.counts, dtype=np.int64)
    levels = counts.shape[-1]
    visits = counts.sum(axis=-1)
    moved = counts * (1 - np.eye(levels, dtype=np.int64))
    matrices = np.zeros(counts.shape)
    for level in range(levels):
        gone = moved[:, level].sum(axis=-1)
        curve = threshold_curve(np.array(pulses.amplitudes_V), visits[:, level], gone, prior.moves)
        hazard, weight = curve.draw(rng)
        leaving = rng.beta(gone + weight, visits[:, level] - gone + weight / hazard - weight)
        common = _dirichlet(destination_prior(moved, level), rng)
        shares = _dirichlet(moved[:, level] + ALIKE * common, rng)
        matrices[:, level] = leaving[:, None] * shares
    return _with_stays(matrices)


def _dirichlet(weights: Floats, rng: np.random.Generator) -> Floats:
    """Draw shares (…, n) of Dirichlet laws; weights that are all tiny give their mean."""
    drawn = rng.standard_gamma(weights)
    total = drawn.sum(axis=-1, keepdims=True)
    return np.asarray(np.divide(drawn, total, out=_means(weights), where=total > 0))


def probabilities(pulses: Pulses, prior: Prior) -> tuple[Floats, Floats, Floats]:
    """Return the posterior mean of M and the ends of its 95 % intervals, each of M's shape."""
    moves, stays, destinations = _posterior(pulses, prior)
    share, weight = _means(destinations), destinations.sum(axis=-1, keepdims=True)
    leaving = (moves / (moves + stays))[..., None]
    mean = leaving * share
    square = leaving * ((moves + 1) / (moves + stays + 1))[..., None]
    square = square * share * (destinations + 1) / (weight + 1)
    stay = np.eye(mean.shape[-1], dtype=bool)
    mean = _with_stays(mean)
    square[:, stay] = mean[:, stay] * (stays + 1) / (moves + stays + 1)
    counts = np.array(pulses.counts)
    low, high = _beta_ends(mean, square, np.where(counts == 0, UNSEEN_TAIL, TAIL))
    low[counts == 0] = 0.0
    high[counts == counts.sum(axis=-1, keepdims=True)] = 1.0
    return mean, low, high


def _posterior(pulses: Pulses, prior: Prior) -> tuple[Floats, Floats, Floats]:
    """Return the parameters of leaving each level, shape (amplitudes, levels), and of where to."""
    counts = np.array(pulses.counts, dtype=np.int64)
    before = prior_of(counts, prior)
    stays = np.diagonal(counts, axis1=1, axis2=2)
    moved = counts * (1 - np.eye(counts.shape[-1], dtype=np.int64))
    return (
        moved.sum(axis=-1) + before.moves,
        stays + before.stays,
        moved + before.destinations,
    )


def _means(destinations: Floats) -> Floats:
    return np.asarray(destinations / destinations.sum(axis=-1, keepdims=True))


def _with_stays(matrices: Floats) -> Floats:
    """Return the matrices with what is left to 1 on their diagonals, which were 0."""
    return np.asarray(
        matrices + np.eye(matrices.shape[-1]) * (1 - matrices.sum(axis=-1, keepdims=True))
    )


def _beta_ends(mean: Floats, square: Floats, above: Floats) -> tuple[Floats, Floats]:
    """Return the ends of intervals of beta laws with these moments, `above` their upper tails."""
    variance = np.maximum(square - mean**2, 1e-300)
    weight = np.maximum(mean * (1 - mean) / variance - 1, 1e-12)
    certain = (mean <= 0) | (mean >= 1)
    alpha, beta = (np.where(certain, 1.0, part * weight) for part in (mean, 1 - mean))
    low, high = (np.asarray(stats.beta.ppf(q, alpha, beta)) for q in (TAIL, 1 - above))
    return np.where(certain, mean, low), np.where(certain, mean, high)


def cumulated(matrices: Floats) -> Floats:
    """Return the transition probabilities of the ladder up to each amplitude; shape as given."""
    ladder = np.empty_like(matrices)
    ladder[0] = matrices[0]
    for rung in range(1, len(matrices)):
        ladder[rung] = ladder[rung - 1] @ matrices[rung]
    return ladder


def first_arrivals(matrices: Floats, start: int, towards: int) -> Floats:
    """Return the level distributions of ladders from `start` that stop at or beyond each target.

    Shape (levels, levels): row t holds the probabilities of the levels when a ladder is stopped as
    soon as it has reached level t or one beyond it, in the direction `towards` (+1 or −1).
    """
    levels = matrices.shape[-1]
    reached = np.zeros((levels, levels))
    for target in range(levels):
        state = np.eye(levels)[start]
        arrived = (np.arange(levels) - target) * towards >= 0
        for matrix in matrices:
            state = state * arrived + (state * ~arrived) @ matrix
        reached[target] = state
    return reached


def leaving_voltage(pulses: Pulses, level: int) -> tuple[Quantity, float, int] | None:
    """Return the mean amplitude (V) at which a level is left, its standard deviation and the count.

    None if it never was; the interval of a single event is unbounded. A ladder resolves the
    amplitude to one of its steps: the middle is taken, and the interval allows for the step. What
    the first pulse moves may have moved anywhere below: the interval reaches down as far.
    """
    counts = np.array(pulses.counts)[:, level, :]
    amplitudes = np.array(pulses.amplitudes_V)
    steps = np.diff(amplitudes, prepend=0.0)
    step = float(steps.min())
    steps[0] = step
    events = counts.sum(axis=-1) - counts[:, level]
    sample = np.repeat(amplitudes - steps / 2, events)
    if len(sample) < 2:
        return (Quantity(float(sample[0])), 0.0, 1) if len(sample) else None
    resolved = stepped_mean_ci(sample, step)
    below_first = float(amplitudes[0] - step) * int(events[0]) / len(sample)
    low = max(0.0, resolved.low - below_first)
    std = float(sample.std(ddof=1))
    return Quantity(resolved.value, low, resolved.high), std, len(sample)


def mean_quantity(mean: float, std: float, count: int) -> Quantity:
    """Return a mean with its t interval."""
    reach = float(stats.t.ppf((1 + CONFIDENCE) / 2, count - 1)) * std / np.sqrt(count)
    return Quantity(mean, float(mean - reach), float(mean + reach))


def std_quantity(std: float, freedom: int) -> Quantity:
    """Return a standard deviation with its χ² interval."""
    tail = (1 - CONFIDENCE) / 2
    low, high = (float(stats.chi2.ppf(q, freedom)) for q in (tail, 1 - tail))
    return Quantity(std, float(std * np.sqrt(freedom / high)), float(std * np.sqrt(freedom / low)))
