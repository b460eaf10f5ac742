"""What trials say of a threshold: V_C and σ with their intervals, or why they do not say it.

Where the law fails, where V_C is not within the range, where the level that is left is two, and
where the preparing pulse sorts out weak visits, V_C has no interval. A run that ended before its
interval was as narrow as asked for has the wider one, and a remark.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf

import numpy as np

from .law import FEWEST_TRIALS, law_p_value
from .one_level import second_level
from .posterior import SHARES, TAIL, Posterior, Prior
from .trials import Trial

LEAST_P = 0.05
MOST_SELECTED = 0.05
SURE = 0.99

Ends = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class ThresholdResult:
    """V_C and σ (V) and the share of lapses, each a value and the ends of its interval.

    `trials` of `cycles` counted, `moved` of them moved the wall. `p_value` is that of the law, NaN
    with fewer than `FEWEST_TRIALS`. `reason` says why V_C is not determined, "" where it is;
    `remark` says what limits one that is.
    """

    threshold_V: Ends
    sigma_V: Ends
    lapse: Ends
    p_value: float
    trials: int
    moved: int
    cycles: int
    reason: str
    remark: str = ""

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


def result_of(
    posterior: Posterior, trials: Sequence[Trial], prepared_V: float = 0.0
) -> ThresholdResult:
    """Return the result of trials and their posterior.

    The walls were prepared by a pulse of `prepared_V`, 0 for none.
    """
    low_V, value_V, high_V = posterior.mean_quantiles(SHARES)
    sigma = posterior.sigma_quantiles(SHARES)
    p_value = law_p_value(posterior)
    reason = _reason(posterior, trials, p_value, prepared_V)
    remark = "" if reason else _remark(posterior)
    if reason:
        low_V, high_V = -inf, inf
    return ThresholdResult(
        (value_V, low_V, high_V),
        (sigma[1], sigma[0], sigma[2]),
        posterior.lapse(),
        p_value,
        len(posterior.moved),
        sum(posterior.moved),
        len(trials),
        reason,
        remark,
    )


def is_complete(posterior: Posterior, trials: Sequence[Trial], prepared_V: float = 0.0) -> bool:
    """Return True if more trials are not needed, or do not help.

    The interval of V_C is as narrow as wanted and nothing speaks against it, V_C surely lies beyond
    the amplitudes, or the level that is left is two.
    """
    if is_beyond(posterior):
        return True
    count, moved = len(posterior.moved), sum(posterior.moved)
    if count < FEWEST_TRIALS or not 0 < moved < count:
        return False
    if posterior.interval_V > posterior.prior.interval_V:
        return False
    if second_level(trials) is not None:
        return True
    return result_of(posterior, trials, prepared_V).is_determined


def is_beyond(posterior: Posterior) -> str:
    """Return "above" or "below" if V_C surely lies beyond the range of amplitudes, else ""."""
    marginal, prior = posterior.mean_marginal(), posterior.prior
    if len(posterior.moved) < FEWEST_TRIALS:
        return ""
    if marginal[posterior.mean_V > prior.highest_V].sum() > SURE:
        return "above"
    return "below" if marginal[posterior.mean_V < prior.lowest_V].sum() > SURE else ""


def _reason(
    posterior: Posterior, trials: Sequence[Trial], p_value: float, prepared_V: float
) -> str:
    moved, prior = sum(posterior.moved), posterior.prior
    if not 0 < moved < len(posterior.moved):
        ends = "no pulse" if moved == 0 else "every pulse"
        end = "last amplitude" if moved == 0 else "first amplitude"
        return f"{ends} moved the wall: check the {end} and the threshold between the levels"
    second = second_level(trials)
    if second is not None:
        return (
            f"the level that is left is two, at {second.upper_ohm:.4g} and {second.lower_ohm:.4g} "
            f"ohm: {second.share:.0%} of the walls that count as held read the second after their "
            "pulse; find the levels in more cycles, and put threshold_ohm between these two"
        )
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


def _remark(posterior: Posterior) -> str:
    wanted_V, width_V = posterior.prior.interval_V, posterior.interval_V
    if width_V <= wanted_V:
        return ""
    return (
        f"the interval is {width_V:.2g} V wide, not {wanted_V:.2g} V as asked for: the run ended "
        "before; allow more pulses (most_pulses)"
    )


def _share_below(posterior: Posterior, amplitude_V: float) -> float:
    weight = posterior.weights.sum(axis=2)
    return float((weight * posterior.curve(np.array([amplitude_V]))[0]).sum())
