"""Posterior of the threshold V_C and its spread, from single pulses that moved the wall or did not.

    P(V) = λ/2 + (1 − λ) Φ[(V − V_C)/σ],

thresholds that are normal from trial to trial, mean V_C and standard deviation σ, of which a share
λ of trials knows nothing (lapses: a pulse that was not fired, a reading of the wrong level). The
prior is uniform in V_C over the range of amplitudes and `BEYOND` of it on either side, uniform in
ln σ, and expects few lapses. The posterior is computed on a grid that is set up anew, from all
trials, whenever it has become narrow on it; so it depends on the trials alone, in their order.
Sources: Kontsevich & Tyler, Vision Res. 39, 2729 (1999); Prins, J. Vision 13(7), 3 (2013) (lapses
as a nuisance). Valid for trials that are independent: each begins with a new visit.
"""

from dataclasses import dataclass, field

import numpy as np
import scipy

from ..arrays import Floats

BEYOND = 0.25
LAPSES = np.array([0.0, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4])
LAPSE_PRIOR = np.array([0.7, 0.12, 0.07, 0.04, 0.025, 0.02, 0.015, 0.01])
MEANS, SIGMAS = 81, 25
NARROW, KEPT, MARGIN = 0.35, 1e-7, 2
CUT = 1e-4
LAPSE_EXCLUDED = 0.15  # of the largest likelihood: ln L falls by 1.9
TAIL = 0.0125
"""Of the credible interval, 97.5 %: a measurement that ends where its interval is narrow holds the
truth less often than the interval says, this one in 95 % (`benchmarks/adaptive_threshold.py`)."""
MOST_ZOOMS = 12
SHARES = (TAIL, 0.5, 1 - TAIL)


@dataclass(frozen=True, slots=True)
class Prior:
    """Amplitudes (V) between which V_C is looked for, and the interval (V) that is wanted."""

    lowest_V: float
    highest_V: float
    interval_V: float

    @property
    def mean_V(self) -> tuple[float, float]:
        beyond_V = BEYOND * (self.highest_V - self.lowest_V)
        return max(0.0, self.lowest_V - beyond_V), self.highest_V + beyond_V

    @property
    def sigma_V(self) -> tuple[float, float]:
        range_V = self.highest_V - self.lowest_V
        return min(range_V / 1000, self.interval_V / 10), range_V / 2


@dataclass(slots=True)
class Posterior:
    """The posterior after the trials that were added, of `amplitudes_V` and `moved`."""

    prior: Prior
    amplitudes_V: list[float] = field(default_factory=list)
    moved: list[bool] = field(default_factory=list)
    mean_V: Floats = field(init=False)
    log_sigma: Floats = field(init=False)
    weights: Floats = field(init=False)
    """Shape (means, sigmas, lapses), sum 1."""
    _log: Floats = field(init=False)
    _widest: tuple[Floats, Floats] = field(init=False)

    def __post_init__(self) -> None:
        low, high = np.log(self.prior.sigma_V)
        self._widest = np.linspace(*self.prior.mean_V, MEANS), np.linspace(low, high, SIGMAS)
        self.mean_V, self.log_sigma = self._widest
        self._compute()

    def add(self, amplitude_V: float, moved: bool) -> None:
        """Add a trial."""
        self.amplitudes_V.append(amplitude_V)
        self.moved.append(moved)
        self._log = self._log + self._log_likelihood(amplitude_V, moved)
        self._normalise()
        if self._is_cut():
            self.mean_V, self.log_sigma = self._widest
            self._compute()
        for _ in range(MOST_ZOOMS):
            if not self._zoom():
                break
            self._compute()

    def curve(self, amplitude_V: Floats) -> Floats:
        """Return Φ[(V − V_C)/σ], shape (amplitudes, means, sigmas)."""
        z = (amplitude_V[:, None] - self.mean_V)[:, :, None] / np.exp(self.log_sigma)
        return np.asarray(scipy.special.ndtr(z))

    def mean_marginal(self) -> Floats:
        return np.asarray(self.weights.sum(axis=(1, 2)))

    def sigma_marginal(self) -> Floats:
        return np.asarray(self.weights.sum(axis=(0, 2)))

    def mean_quantiles(self, shares: tuple[float, ...]) -> list[float]:
        """Return quantiles of V_C in V."""
        return _quantiles(self.mean_V, self.mean_marginal(), shares)

    def sigma_quantiles(self, shares: tuple[float, ...]) -> list[float]:
        """Return quantiles of σ in V."""
        quantiles = _quantiles(self.log_sigma, self.sigma_marginal(), shares)
        return [float(value) for value in np.exp(quantiles)]

    def lapse(self) -> tuple[float, float, float]:
        """Return λ and the ends of its interval from the likelihood, every λ as likely at first.

        The prior that serves V_C expects few lapses, and few trials contradict it. The interval
        begins at 0 where the trials do not exclude it.
        """
        likelihood = self.weights.sum(axis=(0, 1)) / LAPSE_PRIOR
        share = np.linspace(0, LAPSES[-1], 401)
        density = np.interp(share, LAPSES, likelihood)
        total = np.cumsum(density) / density.sum()
        low, high = (float(np.interp(end, total, share)) for end in (TAIL, 1 - TAIL))
        if likelihood[0] > LAPSE_EXCLUDED * likelihood.max():
            low, high = 0.0, float(np.interp(1 - 2 * TAIL, total, share))
        return float(share @ density / density.sum()), low, high

    @property
    def interval_V(self) -> float:
        """Width of the interval of V_C."""
        low, high = self.mean_quantiles((TAIL, 1 - TAIL))
        return high - low

    def _log_likelihood(self, amplitude_V: float, moved: bool) -> Floats:
        rises = self.curve(np.array([amplitude_V]))[0][:, :, None]
        chance = rises if moved else 1 - rises
        return np.asarray(np.log(np.maximum(LAPSES / 2 + (1 - LAPSES) * chance, 1e-300)))

    def _compute(self) -> None:
        shape = (len(self.mean_V), len(self.log_sigma), len(LAPSES))
        self._log = np.broadcast_to(np.log(LAPSE_PRIOR), shape)
        trials, counts = np.unique(
            np.column_stack([self.amplitudes_V, self.moved]), axis=0, return_counts=True
        )
        for (amplitude_V, moved), count in zip(trials.reshape(-1, 2), counts, strict=True):
            self._log = self._log + count * self._log_likelihood(amplitude_V, bool(moved))
        self._normalise()

    def _normalise(self) -> None:
        weights = np.exp(self._log - self._log.max())
        self.weights = weights / weights.sum()

    def _is_cut(self) -> bool:
        """Return True if the posterior reaches an end of its grid where the prior goes on."""
        return any(
            marginal[end] > CUT * marginal.max() and axis[end] != widest[end]
            for marginal, axis, widest in (
                (self.mean_marginal(), self.mean_V, self._widest[0]),
                (self.sigma_marginal(), self.log_sigma, self._widest[1]),
            )
            for end in (0, -1)
        )

    def _zoom(self) -> bool:
        """Set up a finer grid where the posterior is narrow on this one; return True if it is."""
        mean, sigma = _support(self.mean_marginal()), _support(self.sigma_marginal())
        if mean[1] - mean[0] > NARROW * MEANS and sigma[1] - sigma[0] > NARROW * SIGMAS:
            return False
        self.mean_V = np.linspace(self.mean_V[mean[0]], self.mean_V[mean[1]], MEANS)
        self.log_sigma = np.linspace(self.log_sigma[sigma[0]], self.log_sigma[sigma[1]], SIGMAS)
        return True


def _support(marginal: Floats) -> tuple[int, int]:
    """Return first and last cell of a marginal that is not negligible, with a margin."""
    inside = np.flatnonzero(marginal > KEPT * marginal.max())
    return max(0, int(inside[0]) - MARGIN), min(len(marginal) - 1, int(inside[-1]) + MARGIN)


def _quantiles(axis: Floats, marginal: Floats, shares: tuple[float, ...]) -> list[float]:
    """Return quantiles of a density on a grid, each cell spread evenly about its node."""
    step = float(axis[1] - axis[0])
    edges = np.append(axis - step / 2, axis[-1] + step / 2)
    found = np.interp(shares, np.append(0.0, np.cumsum(marginal)), edges)
    return [float(value) for value in found]
