"""The amplitude of the next trial: the one that is expected to tell most about V_C and σ.

    I(V) = H[Σ w P(V)] − Σ w H[P(V)],    H[p] = −p ln p − (1 − p) ln(1 − p),

summed over the posterior w of (V_C, σ), with P averaged over the lapses. Every `CHECK_EVERY`th
trial is a check of the law instead, at amplitudes where little is left to learn if it holds: they
show lapses and plateaus that the others would not meet.
"""

import numpy as np
import scipy

from ..arrays import Floats
from .posterior import LAPSES, Posterior

CANDIDATES = 31
REACH = 3.5  # of candidates, in σ
CHECK_EVERY = 5
CHECKS = (0.7, -2.3, -0.7, 2.3)  # in σ
RESOLUTION_V = 1e-4


def next_amplitude_V(posterior: Posterior) -> float:
    """Return the next amplitude, in V within the range of the prior; the trials determine it."""
    low_V, middle_V, high_V = posterior.mean_quantiles((0.01, 0.5, 0.99))
    sigma_V = posterior.sigma_quantiles((0.5,))[0]
    done = len(posterior.moved)
    prior = posterior.prior
    if done % CHECK_EVERY == CHECK_EVERY - 1 and high_V - low_V < 6 * sigma_V:
        wanted_V = middle_V + CHECKS[done // CHECK_EVERY % len(CHECKS)] * sigma_V
    else:
        first_V, last_V = (
            min(max(end_V, prior.lowest_V), prior.highest_V)
            for end_V in (low_V - REACH * sigma_V, high_V + REACH * sigma_V)
        )
        candidates_V = np.linspace(first_V, last_V, CANDIDATES)
        wanted_V = float(candidates_V[expected_information(posterior, candidates_V).argmax()])
    rounded_V = round(wanted_V / RESOLUTION_V) * RESOLUTION_V
    return float(np.clip(round(rounded_V, 9), prior.lowest_V, prior.highest_V))


def expected_information(posterior: Posterior, amplitude_V: Floats) -> Floats:
    """Return the expected information (nat) of one trial at each amplitude, shape (amplitudes,)."""
    weight = posterior.weights.sum(axis=2)
    lapse = (posterior.weights @ LAPSES) / np.maximum(weight, 1e-300)
    chance = lapse / 2 + (1 - lapse) * posterior.curve(amplitude_V)
    total = np.einsum("aij,ij->a", chance, weight)
    return np.asarray(_entropy(total) - np.einsum("aij,ij->a", _entropy(chance), weight))


def _entropy(chance: Floats) -> Floats:
    return np.asarray(scipy.special.entr(chance) + scipy.special.entr(1 - chance))
