"""Whether trials follow the law P(V) = λ/2 + (1 − λ) Φ[(V − V_C)/σ], and whether two thresholds do.

Three numbers are compared with those of runs drawn from the posterior at the same amplitudes: χ² of
how often pulses moved the wall in classes of z = (V − V_C)/σ; the correlation of residuals with
their order, which a device that drifts shows; and the likelihood ratio of two thresholds,

    P(V) = λ/2 + (1 − λ) {w Φ[(V − a)/s] + (1 − w) Φ[(V − b)/s]},    b − a ≥ 3 s,

to one. The p value is that of the least of their three shares, itself compared with the drawn runs.
Source: Gelman, Meng & Stern, Stat. Sinica 6, 733 (1996) (posterior predictive checks).
"""

from itertools import product
from math import nan

import numpy as np
import scipy

from ..arrays import Floats
from .posterior import LAPSES, Posterior

DRAWS = 400
CLASSES_Z = (-1.75, -0.95, -0.35, 0.35, 0.95, 1.75)
FEWEST_TRIALS = 20
APART = 3.0  # least distance of two thresholds, of their own spread
PLACES_SIGMA = (0.2, 0.5, 0.8, 1.1, 1.5, 2.0, 2.6)  # of two thresholds on either side of V_C
SPREADS_SIGMA = (0.08, 0.2, 0.35, 0.5, 0.65)
PARTS = (0.3, 0.5, 0.7)
PAIR_LAPSES = (0.001, 0.05)


def law_p_value(posterior: Posterior) -> float:
    """Return the share of runs drawn from the posterior that follow the law no better.

    NaN with fewer than `FEWEST_TRIALS`.
    """
    if len(posterior.moved) < FEWEST_TRIALS:
        return nan
    rng = np.random.default_rng(0)
    amplitude_V = np.array(posterior.amplitudes_V)
    chances = _drawn_chances(posterior, amplitude_V, rng)
    drawn = rng.random(chances.shape) < chances
    outcomes = np.vstack([np.array(posterior.moved)[None], drawn]).astype(float)
    middle_V = posterior.mean_quantiles((0.5,))[0]
    z = (amplitude_V - middle_V) / posterior.sigma_quantiles((0.5,))[0]
    one_hot = np.digitize(z, CLASSES_Z)[:, None] == np.arange(len(CLASSES_Z) + 1)
    gain = _best(outcomes, _pair_chances(z)) - _best(outcomes, chances)
    shares = np.column_stack(
        [
            _shares(_chi_square(outcomes, chances, one_hot.astype(float))),
            _shares(_trend(outcomes, chances)),
            (gain[1:] >= gain[:, None] - 1e-9).mean(axis=1),
        ]
    ).min(axis=1)
    return float((1 + (shares[1:] <= shares[0] + 1e-9).sum()) / (1 + DRAWS))


def _drawn_chances(posterior: Posterior, amplitude_V: Floats, rng: np.random.Generator) -> Floats:
    """Return P of each trial under parameters drawn from the posterior, shape (draws, trials)."""
    cells = rng.choice(posterior.weights.size, DRAWS, p=posterior.weights.ravel())
    mean, sigma, lapse = np.unravel_index(cells, posterior.weights.shape)
    spread_V = np.exp(posterior.log_sigma[sigma])[:, None]
    rises = scipy.special.ndtr((amplitude_V - posterior.mean_V[mean][:, None]) / spread_V)
    share = LAPSES[lapse][:, None]
    return np.asarray(share / 2 + (1 - share) * rises)


def _pair_chances(z: Floats) -> Floats:
    """Return P of each trial under pairs of thresholds, shape (pairs, trials)."""
    found = []
    for below, above, spread in product(PLACES_SIGMA, PLACES_SIGMA, SPREADS_SIGMA):
        if below + above < APART * spread:
            continue
        first = scipy.special.ndtr((z + below) / spread)
        second = scipy.special.ndtr((z - above) / spread)
        for part, lapse in product(PARTS, PAIR_LAPSES):
            found.append(lapse / 2 + (1 - lapse) * (part * first + (1 - part) * second))
    return np.array(found)


def _best(outcomes: Floats, chances: Floats) -> Floats:
    """Return the largest ln L of each run of outcomes under any of the chances."""
    inside = np.clip(chances, 1e-4, 1 - 1e-4)
    log_no = np.log1p(-inside)
    return np.asarray((outcomes @ (np.log(inside) - log_no).T + log_no.sum(axis=1)).max(axis=1))


def _shares(statistic: Floats) -> Floats:
    """Return which share of drawn runs is as far from its own parameters, shape (runs,).

    `statistic` is that of each run (the first is the measured one) under each drawn parameters.
    """
    own = np.diagonal(statistic[1:])
    return np.asarray((own >= statistic - 1e-9).mean(axis=1))


def _chi_square(outcomes: Floats, chances: Floats, one_hot: Floats) -> Floats:
    difference = (outcomes @ one_hot)[:, None] - (chances @ one_hot)[None]
    variance = (chances * (1 - chances)) @ one_hot
    return np.asarray((difference**2 / np.maximum(variance, 0.05)).sum(axis=2))


def _trend(outcomes: Floats, chances: Floats) -> Floats:
    order = np.linspace(-1, 1, outcomes.shape[1])
    return np.asarray(np.abs((outcomes @ order)[:, None] - chances @ order))
