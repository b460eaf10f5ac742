"""Posterior of the curve by which a level is left on a ladder, which all its amplitudes share.

Few cycles leave open at which voltage a level is left at all, and that shifts every amplitude at
once. A wall is taken to leave at thresholds that are normal from visit to visit, mean μ and
standard deviation σ, so that of the walls that stand at amplitude a

    h_a = 1 − S(V_a)/S(V_{a−1}),    S(V) = Φ((μ − V)/σ),    V_0 = 0,

leave on average. What the device does at amplitude a by itself differs from that:

    p_a ~ Beta(m, m/h_a − m),

so that the visits n_a and moves k_a have the likelihood Π B(k_a + m, n_a − k_a + m/h_a − m) /
B(m, m/h_a − m). Prior: μ uniform from 0 to `HIGHEST` times the largest amplitude, ln σ uniform, m
one of `WEIGHTS` times the model's prior moves: the largest holds devices to the curve, the smallest
lets every amplitude be its own. The posterior is computed on a grid, which is refined where it is.
Sources: Gelman et al., Bayesian Data Analysis (2013), ch. 5.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy.special import betaln, log_ndtr

from ...arrays import Counts, Floats

HIGHEST = 1.5
WEIGHTS = (1.0, 4.0, 16.0, 64.0)
MEANS, SIGMAS = 48, 24
NEGLIGIBLE = 9.0
REFINEMENTS = 2
LEAST_HAZARD = 1e-6


@dataclass(frozen=True, slots=True)
class ThresholdCurve:
    """Nodes (n,) of the posterior: μ and ln σ (V), m, their cumulated probability, cell widths."""

    amplitudes_V: Floats
    mean_V: Floats
    log_sigma: Floats
    weight: Floats
    cumulated: Floats
    cell: tuple[float, float]

    def draw(self, rng: np.random.Generator) -> tuple[Floats, float]:
        """Return h_a, shape (amplitudes,), and m of a device."""
        node = min(int(np.searchsorted(self.cumulated, rng.random())), len(self.weight) - 1)
        jitter = (rng.random(2) - 0.5) * self.cell
        mean_V = max(self.mean_V[node] + jitter[0], 0.0)
        log_sigma = self.log_sigma[node] + jitter[1]
        curve = hazards(self.amplitudes_V, np.array([mean_V]), np.array([log_sigma]))
        return curve[0], float(self.weight[node])


def hazards(amplitudes_V: Floats, mean_V: Floats, log_sigma: Floats) -> Floats:
    """Return h_a for curves (n,) at the amplitudes, shape (n, amplitudes)."""
    volts = np.r_[0.0, amplitudes_V]
    kept = log_ndtr((mean_V[:, None] - volts) / np.exp(log_sigma)[:, None])
    return np.asarray(np.clip(-np.expm1(np.diff(kept, axis=1)), LEAST_HAZARD, 1 - LEAST_HAZARD))


def threshold_curve(
    amplitudes_V: Floats, visits: Counts, moved: Counts, moves: float
) -> ThresholdCurve:
    """Return the posterior for visits and moves (amplitudes,); `moves` is the prior's."""
    parts = (amplitudes_V, visits.astype(np.int64), moved.astype(np.int64))
    return _posterior(*(part.tobytes() for part in parts), moves)


@lru_cache(maxsize=256)
def _posterior(amplitudes: bytes, visits: bytes, moved: bytes, moves: float) -> ThresholdCurve:
    volts = np.frombuffer(amplitudes, dtype=np.float64)
    n, k = (np.frombuffer(part, dtype=np.int64) for part in (visits, moved))
    top, step = float(volts[-1]), float(np.diff(volts, prepend=0.0).min())
    box = np.array([[0.0, HIGHEST * top], np.log([min(step / 4, 0.02 * top), top / 3])])
    weights = moves * np.array(WEIGHTS)
    for refinement in range(REFINEMENTS + 1):
        cell = np.ptp(box, axis=1) / (MEANS, SIGMAS)
        axes = [
            low + width * (np.arange(count) + 0.5)
            for (low, _), width, count in zip(box, cell, (MEANS, SIGMAS), strict=True)
        ]
        mean_V, log_sigma = (axis.ravel() for axis in np.meshgrid(*axes, indexing="ij"))
        seen = n > 0
        curve = hazards(volts, mean_V, log_sigma)[:, seen]
        likelihood = np.array([_likelihood(curve, n[seen], k[seen], m) for m in weights])
        likely = likelihood.max(axis=0) > likelihood.max() - NEGLIGIBLE
        if refinement < REFINEMENTS:
            box = np.array(
                [
                    [
                        max(edge[0], part[likely].min() - width),
                        min(edge[1], part[likely].max() + width),
                    ]
                    for edge, part, width in zip(box, (mean_V, log_sigma), cell, strict=True)
                ]
            )
    share = np.exp(likelihood - likelihood.max())
    return ThresholdCurve(
        volts,
        np.tile(mean_V, len(weights)),
        np.tile(log_sigma, len(weights)),
        np.repeat(weights, len(mean_V)),
        np.cumsum(share.ravel()) / share.sum(),
        (float(cell[0]), float(cell[1])),
    )


def _likelihood(hazard: Floats, visits: Counts, moved: Counts, weight: float) -> Floats:
    """Return ln L of each curve (n, amplitudes), shape (n,)."""
    stays = weight / hazard - weight
    terms = betaln(moved + weight, visits - moved + stays) - betaln(weight, stays)
    return np.asarray(terms.sum(axis=1))
