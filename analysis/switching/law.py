"""Switching probability against amplitude and width under one law of thermal depinning.

The law is that of `depinning` with a smooth barrier (n = 3/2), fitted to trials of one pulse. Its
parameters are Δ, the barrier without a pulse in units of k_B T, and V_c0, the amplitude that
switches without thermal help. The attempt rate is fitted if the widths differ by a factor of
`FIT_RATE_FROM` or more, in `FIT_RATE_TRIALS` trials or more that determine it to a factor of
`RATE_WITHIN`, else assumed: among fewer trials those that determine it are mostly wrong. Where the
share of an amplitude and width is one that the law would give in less than `LEAST_P` of all
measurements (exact binomial, shared out over all amplitudes and widths after Bonferroni), the law
does not hold.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import bdtr, bdtrc

from ..errors import AnalysisError
from .depinning import ATTEMPT_RATE_Hz, Depinning, fit_depinning
from .probability import SwitchingProbability
from .trials import Trials

LEAST_P = 0.01
FIT_RATE_FROM = 3.0
FIT_RATE_TRIALS = 2000
RATE_WITHIN = 1000.0  # from the lower end of its interval to the upper one


@dataclass(frozen=True, slots=True)
class Misfit:
    """An amplitude and width where the measured share is not that of the law."""

    found: SwitchingProbability
    expected: float

    def __str__(self) -> str:
        found = self.found
        return (
            f"{found.amplitude_V:.3g} V, {found.width_s * 1e9:g} ns: {found.switched} of "
            f"{found.trials} switched, the fit expects {self.expected * 100:.0f} %"
        )


@dataclass(frozen=True, slots=True)
class SwitchingLaw:
    """The fitted law, the shares that it was fitted to, and where it does not hold."""

    fit: Depinning
    shares: tuple[SwitchingProbability, ...]
    misfits: tuple[Misfit, ...]

    @property
    def widths_s(self) -> tuple[float, ...]:
        return tuple(sorted({each.width_s for each in self.shares}))

    @property
    def holds(self) -> bool:
        return not self.misfits


def fit_switching_law(found: Sequence[SwitchingProbability]) -> SwitchingLaw:
    """Return the law through the shares of single pulses, at one or more widths.

    Raises AnalysisError for shares of several pulses, pulses without a width, or as `fit_depinning`
    does.
    """
    shares = tuple(each for each in found if each.trials)
    if any(each.pulses != 1 for each in shares):
        raise AnalysisError(
            "The law is that of single pulses: count the first pulse of each trial."
        )
    if not all(each.width_s > 0 for each in shares):
        raise AnalysisError(
            "Some pulses have no width; a law of amplitude and width needs them all."
        )
    trials = _trials(shares)
    fit = _fit(trials)
    expected = _expected(fit, shares)
    misfits = tuple(
        Misfit(each, share)
        for each, share in zip(shares, expected, strict=True)
        if _two_sided_p(each, share) * len(shares) < LEAST_P
    )
    return SwitchingLaw(fit, shares, misfits)


def _fit(trials: Trials) -> Depinning:
    widths = trials.width_s
    if widths.max() >= FIT_RATE_FROM * widths.min() and len(widths) >= FIT_RATE_TRIALS:
        fit = fit_depinning(trials, attempt_rate_Hz=None)
        rate = fit.attempt_rate_Hz
        if fit.determined and rate.high < RATE_WITHIN * rate.low:
            return fit
    return fit_depinning(trials, attempt_rate_Hz=ATTEMPT_RATE_Hz)


def _trials(shares: Sequence[SwitchingProbability]) -> Trials:
    counts = [each.trials for each in shares]
    switched = [np.arange(each.trials) < each.switched for each in shares]
    return Trials(
        np.repeat([each.amplitude_V for each in shares], counts),
        np.repeat([each.width_s for each in shares], counts),
        np.concatenate(switched) if switched else np.zeros(0, dtype=bool),
        np.arange(sum(counts)),
    )


def _expected(fit: Depinning, shares: Sequence[SwitchingProbability]) -> list[float]:
    amplitude_V = np.array([each.amplitude_V for each in shares])
    width_s = np.array([each.width_s for each in shares])
    expected = np.empty(len(shares))
    for width in np.unique(width_s):
        at = width_s == width
        expected[at] = fit.expected(amplitude_V[at], float(width))
    return expected.tolist()


def _two_sided_p(found: SwitchingProbability, expected: float) -> float:
    """Return the chance of a share as far from the expected one, twice that of its side."""
    below = float(bdtr(found.switched, found.trials, expected))
    above = float(bdtrc(found.switched - 1, found.trials, expected)) if found.switched else 1.0
    return min(1.0, 2 * min(below, above))
