"""Transition probabilities under one pulse, or a ladder of pulses, from counted transitions.

On a ladder of rising amplitudes V_1 < V_2 < … the pulse V_a moves the device from level i to j with
probability M_a[i, j]. With n_ij of the n_i visits of level i at this amplitude ending in level j,
the row M_a[i] has the Dirichlet posterior

    α_ij = n_ij + c h/(L − 1) for j ≠ i,    α_ii = n_ii + c (1 − h),    h = m/A,

for L levels, A amplitudes, c = `prior.visits`, m = `prior.moves`. Its maximum-likelihood
value is n_ij/n_i, and "stays" where nothing was measured. A ladder between two amplitudes has the
ordered product of its M_a (Aalen and Johansen, Scand. J. Statist. 5, 141 (1978)); visits count from
their arrival on, so levels first reached far up the ladder are not biased.

A pulse fired without its ladder is assumed to act as the whole ladder up to it. That holds where
every visit has a threshold of its own; it neglects that a repeated pulse may succeed where the
first did not, which ladders do not show.
"""

import numpy as np
from scipy import stats

from ...arrays import Floats
from .model import Prior, Pulses, Quantity

CONFIDENCE = 0.95


def maximum_likelihood(pulses: Pulses) -> Floats:
    """Return the maximum-likelihood M, shape (amplitudes, from level, to level)."""
    counts = np.array(pulses.counts, dtype=float)
    visits = counts.sum(axis=-1, keepdims=True)
    stays = np.broadcast_to(np.eye(counts.shape[-1]), counts.shape)
    return np.where(visits > 0, counts / np.maximum(visits, 1), stays)


def draw_posterior(pulses: Pulses, prior: Prior, rng: np.random.Generator) -> Floats:
    """Return M of a device drawn from the posterior, shape (amplitudes, from level, to level)."""
    weights = rng.standard_gamma(posterior(pulses, prior))
    return np.asarray(weights / weights.sum(axis=-1, keepdims=True))


def posterior(pulses: Pulses, prior: Prior) -> Floats:
    """Return the Dirichlet parameters α, shape (amplitudes, levels, levels)."""
    counts = np.array(pulses.counts, dtype=float)
    amplitudes, levels, _ = counts.shape
    move = prior.visits * min(prior.moves / amplitudes, 0.5)
    stay = np.eye(levels) * (prior.visits - move)
    return np.asarray(counts + stay + (1 - np.eye(levels)) * move / (levels - 1))


def probabilities(pulses: Pulses, prior: Prior) -> tuple[Floats, Floats, Floats]:
    """Return the posterior mean of M and the ends of its 95 % intervals, each of M's shape."""
    alpha = posterior(pulses, prior)
    rest = alpha.sum(axis=-1, keepdims=True) - alpha
    tail = (1 - CONFIDENCE) / 2
    low, high = (np.asarray(stats.beta.ppf(q, alpha, rest)) for q in (tail, 1 - tail))
    return alpha / (alpha + rest), low, high


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
    amplitude to one of its steps: the middle is taken, and the interval includes the step's width.
    """
    counts = np.array(pulses.counts)[:, level, :]
    amplitudes = np.array(pulses.amplitudes_V)
    steps = np.diff(amplitudes, prepend=0.0)
    step = float(steps.min())
    steps[0] = step
    sample = np.repeat(amplitudes - steps / 2, counts.sum(axis=-1) - counts[:, level])
    if len(sample) < 2:
        return (Quantity(float(sample[0])), 0.0, 1) if len(sample) else None
    std = float(sample.std(ddof=1))
    resolved = float(np.hypot(std, step / np.sqrt(12)))
    return mean_quantity(float(sample.mean()), resolved, len(sample)), std, len(sample)


def mean_quantity(mean: float, std: float, count: int) -> Quantity:
    """Return a mean with its t interval."""
    reach = float(stats.t.ppf((1 + CONFIDENCE) / 2, count - 1)) * std / np.sqrt(count)
    return Quantity(mean, float(mean - reach), float(mean + reach))


def std_quantity(std: float, freedom: int) -> Quantity:
    """Return a standard deviation with its χ² interval."""
    tail = (1 - CONFIDENCE) / 2
    low, high = (float(stats.chi2.ppf(q, freedom)) for q in (tail, 1 - tail))
    return Quantity(std, float(std * np.sqrt(freedom / high)), float(std * np.sqrt(freedom / low)))
