"""Interval of a standard deviation whose values are known to one of few steps only.

Normal values of mean μ and standard deviation σ fall into steps of width s with the likelihood
Π [Φ((b_i − μ)/σ) − Φ((a_i − μ)/σ)]. Its maximum over μ is taken for each σ; the interval is where
ln L is within t²/2 of the highest, with Student's t of n − 1 degrees of freedom. Values in one step
or two neighbouring ones allow no scatter at all: the interval begins at 0. Source: Cox & Hinkley,
Theoretical Statistics (1974), ch. 9.
"""

import numpy as np
from scipy.special import ndtr

from ...arrays import Floats, Ints
from ..intervals import t_quantile

LEAST, MOST, SIGMAS, MEANS = 0.02, 300.0, 160, 41


def std_ends_on_steps(values: Floats, step: float) -> tuple[float, float]:
    """Return the ends of the interval of σ for values (n,), each in the middle of its step."""
    middle, number = np.unique(np.round((values - values.min()) / step), return_counts=True)
    sigma = np.geomspace(LEAST, MOST, SIGMAS)
    likelihood = np.array([_profile(middle, number, one) for one in sigma])
    within = likelihood >= likelihood.max() - t_quantile(len(values) - 1) ** 2 / 2
    low, high = sigma[within][0], sigma[within][-1]
    return (0.0 if within[0] else float(low) * step), float(high) * step


def _profile(middle: Floats, number: Ints, sigma: float) -> float:
    """Return the highest ln L over the mean, in units of the step."""
    reach = 1 + sigma
    mean = np.linspace(middle[0] - reach, middle[-1] + reach, MEANS)[:, None]
    edge = np.r_[0.5 * (middle[1:] + middle[:-1]), middle[-1] + 0.5]
    mean = np.r_[mean, edge[:, None], middle[:, None], [[float(number @ middle) / number.sum()]]]
    above = ndtr((middle + 0.5 - mean) / sigma) - ndtr((middle - 0.5 - mean) / sigma)
    return float((np.log(np.maximum(above, 1e-300)) @ number).max())
