"""What trials say of a threshold: V_C and σ with their intervals, or why they do not say it.

Whether the law holds is asked of two numbers, each against runs drawn from the posterior at the
same amplitudes: χ² of how often pulses moved the wall in classes of z = (V − V_C)/σ, and the
correlation of residuals with their order, which a device that drifts shows. Where the law fails,
where V_C is not within the range, and where the preparing pulse sorts out weak visits, V_C has no
interval.
Source: Gelman, Meng & Stern, Stat. Sinica 6, 733 (1996) (posterior predictive checks).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf

import numpy as np

from ..arrays import Floats
from .posterior import LAPSES, SHARES, TAIL, Posterior, Prior
from .trials import Trial

LEAST_P = 0.05  # conservative: a law that is right is below it in about one run of a hundred
DRAWS = 400
CLASSES_Z = (-1.75, -0.95, -0.35, 0.35, 0.95, 1.75)
FEWEST_TRIALS = 20
MOST_SELECTED = 0.05
SURE = 0.99

Ends = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class ThresholdResult:
    """V_C and σ (V), each a value and the ends of its interval, and the share of lapses.

    `trials` of `cycles` counted, `moved` of them moved the wall. `p_value` is that of the law, NaN
    with fewer than `FEWEST_TRIALS`. `reason` says why V_C is not determined, "" where it is.
    """

    threshold_V: Ends
    sigma_V: Ends
    lapse: float
    p_value: float
    trials: int
    moved: int
    cycles: int
    reason: str

    @property
    def is_determined(self) -> bool:
        return not self.reason


def posterior_of(trials: Sequence[Trial], prior: Prior) -> Posterior:
    """Return the posterior of the trials that count."""
    posterior = Posterior(prior)
    for trial in trials:
        if trial.amplitude_V is not None and trial.moved is not None:
            posterior.add(trial.amplitude_V, trial.moved)
    return posterior


def result_of(posterior: Posterior, cycles: int, prepared_V: float = 0.0) -> ThresholdResult:
    """Return the result of a posterior, of walls prepared by a pulse of `prepared_V` (0: none)."""
    low_V, value_V, high_V = posterior.mean_quantiles(SHARES)
    sigma = posterior.sigma_quantiles(SHARES)
    p_value = law_p_value(posterior)
    reason = _reason(posterior, p_value, prepared_V)
    if reason:
        low_V, high_V = -inf, inf
    return ThresholdResult(
        (value_V, low_V, high_V),
        (sigma[1], sigma[0], sigma[2]),
        posterior.lapse(),
        p_value,
        len(posterior.moved),
        sum(posterior.moved),
        cycles,
        reason,
    )


def is_beyond(posterior: Posterior) -> str:
    """Return "above" or "below" if V_C surely lies beyond the range of amplitudes, else ""."""
    marginal, prior = posterior.mean_marginal(), posterior.prior
    if len(posterior.moved) < FEWEST_TRIALS:
        return ""
    if marginal[posterior.mean_V > prior.highest_V].sum() > SURE:
        return "above"
    return "below" if marginal[posterior.mean_V < prior.lowest_V].sum() > SURE else ""


def law_p_value(posterior: Posterior) -> float:
    """Return the share of runs drawn from the posterior that follow the law no better."""
    if len(posterior.moved) < FEWEST_TRIALS:
        return float("nan")
    rng = np.random.default_rng(0)
    amplitude_V, moved = np.array(posterior.amplitudes_V), np.array(posterior.moved, dtype=float)
    chances = _drawn_chances(posterior, amplitude_V, rng)
    drawn = (rng.random(chances.shape) < chances).astype(float)
    middle_V = posterior.mean_quantiles((0.5,))[0]
    z = (amplitude_V - middle_V) / posterior.sigma_quantiles((0.5,))[0]
    groups = np.digitize(z, CLASSES_Z)
    one_hot = (groups[:, None] == np.arange(len(CLASSES_Z) + 1)).astype(float)
    order = np.linspace(-1, 1, len(moved))
    shares = [
        float(np.mean(statistic(drawn) >= statistic(np.broadcast_to(moved, drawn.shape)) - 1e-9))
        for statistic in (
            lambda outcomes: _chi_square(outcomes, chances, one_hot),
            lambda outcomes: np.abs((outcomes - chances) @ order),
        )
    ]
    return min(1.0, 2 * (1 + DRAWS * min(shares)) / (1 + DRAWS))


def _drawn_chances(posterior: Posterior, amplitude_V: Floats, rng: np.random.Generator) -> Floats:
    """Return P of each trial under parameters drawn from the posterior, shape (draws, trials)."""
    from scipy.special import ndtr

    cells = rng.choice(posterior.weights.size, DRAWS, p=posterior.weights.ravel())
    mean, sigma, lapse = np.unravel_index(cells, posterior.weights.shape)
    spread_V = np.exp(posterior.log_sigma[sigma])[:, None]
    rises = ndtr((amplitude_V - posterior.mean_V[mean][:, None]) / spread_V)
    share = LAPSES[lapse][:, None]
    return np.asarray(share / 2 + (1 - share) * rises)


def _chi_square(outcomes: Floats, chances: Floats, one_hot: Floats) -> Floats:
    difference = (outcomes - chances) @ one_hot
    variance = (chances * (1 - chances)) @ one_hot
    return np.asarray((difference**2 / np.maximum(variance, 0.05)).sum(axis=1))


def _reason(posterior: Posterior, p_value: float, prepared_V: float) -> str:
    moved, prior = sum(posterior.moved), posterior.prior
    if not 0 < moved < len(posterior.moved):
        ends = "no pulse" if moved == 0 else "every pulse"
        end = "last amplitude" if moved == 0 else "first amplitude"
        return f"{ends} moved the wall: check the {end} and the threshold between the levels"
    low_V, high_V = posterior.mean_quantiles((TAIL, 1 - TAIL))
    if low_V < prior.lowest_V or high_V > prior.highest_V:
        return "V_C is not surely within the range of amplitudes: widen the range"
    if p_value < LEAST_P:
        return (
            f"the trials do not follow the law (p = {p_value:.2g}): thresholds of two kinds, a "
            "device that drifts, or readings that are misjudged"
        )
    if prepared_V:
        selected = _share_below(posterior, prepared_V)
        if selected > MOST_SELECTED:
            return (
                f"the preparing pulse alone moves {selected:.0%} of the walls on, so that only "
                "strong visits are measured: make it smaller"
            )
    return ""


def _share_below(posterior: Posterior, amplitude_V: float) -> float:
    weight = posterior.weights.sum(axis=2)
    return float((weight * posterior.curve(np.array([amplitude_V]))[0]).sum())
