"""Retention against temperature: Γ = f0 exp(−E_b/k_B T) from waits at three temperatures or more.

E_b and f0 are those of maximum likelihood over the waits of all runs together, so that a
temperature at which nothing escaped counts, too. Intervals are those of the profile likelihood.
Whether one barrier describes all temperatures is tested against a rate of its own at each, by the
likelihood ratio. Valid for one state of one device, while f0 and E_b do not depend on temperature:
the magnetisation, and the barrier with it, falls on the way to the Curie temperature. Source:
Néel, Ann. Géophys. 5, 99 (1949); Brown, Phys. Rev. 130, 1677 (1963).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, inf, log

import numpy as np
from scipy.special import chdtrc

from ...arrays import Floats
from ..errors import AnalysisError
from ..estimate import Estimate
from .decay import SIGNIFICANCE, Decay, log_likelihood
from .least import interval, least, least_of_one

BOLTZMANN_eV_per_K = 8.617333262e-5
FEWEST_TEMPERATURES = 3
SAME_K = 0.5  # temperatures nearer than that are one


@dataclass(frozen=True, slots=True)
class Arrhenius:
    """The barrier and the attempt rate, and the rates that they mean at other temperatures.

    `one_barrier` is the p-value of one barrier at all temperatures. `temperatures_K` (n,) are those
    of `decays`.
    """

    temperatures_K: tuple[float, ...]
    decays: tuple[Decay, ...]
    barrier_eV: Estimate
    attempt_rate_Hz: Estimate
    one_barrier: float

    @property
    def fits(self) -> bool:
        """False if no single barrier describes all temperatures."""
        return self.one_barrier >= SIGNIFICANCE and all(decay.fits for decay in self.decays)

    def rate_at(self, temperature_K: float) -> Estimate:
        """Return the escape rate in Hz at a temperature, with its interval."""
        value, low, high = _predict(_Data.of(self.temperatures_K, self.decays), temperature_K)
        return Estimate(*(exp(max(-700.0, min(each, 700.0))) for each in (value, low, high)))

    def lifetime_at(self, temperature_K: float) -> Estimate:
        """Return the mean lifetime in s at a temperature, with its interval."""
        rate = self.rate_at(temperature_K)
        return Estimate(1 / rate.value, 1 / rate.high, 1 / rate.low)


@dataclass(frozen=True, slots=True)
class _Data:
    """Waits (n,) and the inverse temperature 1/k_B T (1/eV) at which each was measured."""

    inverse: Floats
    held_s: Floats
    left_s: Floats

    @classmethod
    def of(cls, temperatures_K: Sequence[float], decays: Sequence[Decay]) -> "_Data":
        counts = [len(decay.waits.held_s) for decay in decays]
        return cls(
            1 / (BOLTZMANN_eV_per_K * np.repeat(np.asarray(temperatures_K, dtype=float), counts)),
            np.concatenate([decay.waits.held_s for decay in decays]),
            np.concatenate([decay.waits.left_s for decay in decays]),
        )

    def cost(self, log_rate: float, barrier_eV: float, at: float) -> float:
        """Return −ln L where ln Γ is `log_rate` at the inverse temperature `at`."""
        log_rates = log_rate - barrier_eV * (self.inverse - at)
        total = -log_likelihood(log_rates, self.held_s, self.left_s)
        return total if np.isfinite(total) else 1e30


def fit_arrhenius(temperatures_K: Sequence[float], decays: Sequence[Decay]) -> Arrhenius:
    """Fit barrier and attempt rate to decays of one state at their temperatures in K.

    Raises AnalysisError for fewer than three temperatures, if nothing decayed at two of them, and
    if waits ended without a jump.
    """
    if any(decay.waits.crept for decay in decays):
        raise AnalysisError(
            "R left its level without a jump that lasts in some waits; a barrier is that of "
            "escapes."
        )
    different = _different(temperatures_K)
    if len(different) < FEWEST_TEMPERATURES:
        shown = ", ".join(f"{kelvin:g} K" for kelvin in different)
        raise AnalysisError(
            f"A barrier needs waits at {FEWEST_TEMPERATURES} temperatures or more; these are at "
            f"{shown}."
        )
    decaying = {
        round(kelvin / SAME_K)
        for kelvin, decay in zip(temperatures_K, decays, strict=True)
        if decay.waits.escapes
    }
    if len(decaying) < 2:
        raise AnalysisError(_no_decay(temperatures_K, decays))
    data = _Data.of(temperatures_K, decays)
    middle, (log_rate, barrier), cost = _best(data)

    def cost_of_barrier(barrier_eV: float) -> float:
        return least_of_one(lambda rate: data.cost(rate, barrier_eV, middle), log_rate)

    low, high = interval(cost_of_barrier, barrier)
    attempt = Estimate(*(exp(max(-700.0, min(x, 700.0))) for x in _predict(data, inf)))
    own = sum(-_own_likelihood(decay) for decay in decays)
    freedom = max(1, len(decays) - 2)
    gain = max(0.0, 2 * (cost - own))
    return Arrhenius(
        tuple(temperatures_K),
        tuple(decays),
        Estimate(barrier, low, high),
        attempt,
        float(chdtrc(freedom, gain)),
    )


def _best(data: _Data) -> tuple[float, tuple[float, float], float]:
    """Return the mean inverse temperature, ln Γ there and E_b of least cost, and that cost.

    The search starts from a straight line through escapes over exposure.
    """
    temperatures = np.unique(data.inverse)
    middle = float(temperatures.mean())
    rates = []
    for inverse in temperatures:
        held_s, left_s = (each[data.inverse == inverse] for each in (data.held_s, data.left_s))
        gone = np.isfinite(left_s)
        rates.append(log((0.5 + gone.sum()) / (np.where(gone, left_s, held_s).sum() + 1e-30)))
    slope, level = np.polyfit(temperatures - middle, rates, 1)
    (log_rate, barrier), cost = least(
        lambda x: data.cost(float(x[0]), float(x[1]), middle), [float(level), -float(slope)]
    )
    return middle, (float(log_rate), float(barrier)), cost


def _predict(data: _Data, temperature_K: float) -> tuple[float, float, float]:
    """Return ln Γ at a temperature and the ends of its interval; at inf K it is ln f0."""
    at = 1 / (BOLTZMANN_eV_per_K * temperature_K) if temperature_K < inf else 0.0
    middle, (log_rate, barrier), _ = _best(data)
    span = at - middle

    def cost(there: float) -> float:
        if abs(span) < 1e-9:
            return least_of_one(lambda barrier_eV: data.cost(there, barrier_eV, at), barrier)
        return least_of_one(lambda rate: data.cost(rate, (rate - there) / span, middle), log_rate)

    value = log_rate - barrier * span
    low, high = interval(cost, value)
    return value, low, high


def _own_likelihood(decay: Decay) -> float:
    """Return the log-likelihood of the waits at their own best rate."""
    rate = decay.rate_Hz.value
    if rate == 0 or rate == inf:
        return 0.0
    return log_likelihood(log(rate), decay.waits.held_s, decay.waits.left_s)


def _different(temperatures_K: Sequence[float]) -> list[float]:
    found: list[float] = []
    for kelvin in sorted(temperatures_K):
        if not found or kelvin - found[-1] > SAME_K:
            found.append(kelvin)
    return found


def _no_decay(temperatures_K: Sequence[float], decays: Sequence[Decay]) -> str:
    bounds = [
        f"{decay.lifetime_s.low:.3g} s at {kelvin:g} K"
        for kelvin, decay in zip(temperatures_K, decays, strict=True)
        if not decay.waits.escapes
    ]
    return (
        f"A barrier needs a decay at two temperatures or more. Where none was seen, the mean "
        f"lifetime is longer than {', '.join(bounds)}, the lower ends of two-sided 95 % intervals: "
        "wait longer or heat more."
    )
