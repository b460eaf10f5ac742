"""Laws of the switching probability whose truth is known: sigmoids and thermal depinning."""

from collections.abc import Iterator, Sequence

import numpy as np
from scipy.special import ndtr

from dwmtj.analysis.errors import AnalysisError
from dwmtj.analysis.intervals import proportion_ci
from dwmtj.analysis.switching.depinning import fit_depinning
from dwmtj.analysis.switching.law import fit_switching_law
from dwmtj.analysis.switching.probability import SwitchingProbability, fit_sigmoid
from dwmtj.analysis.switching.trials import Trials
from dwmtj.arrays import Floats
from dwmtj.benchmarks._coverage import Case

ATTEMPT_RATE_Hz = 1e9
WIDTHS_s = {"one width": (5e-8,), "three widths": (2e-8, 2e-7, 2e-6)}
FINEST = 4000  # amplitudes of a law, for its 3 % and 97 %


def sigmoid_cases(rng: np.random.Generator, devices: int) -> Iterator[Case]:
    """Yield intervals of V_50 and σ of a sigmoid, by trials for each amplitude."""
    for _ in range(devices):
        trials = int(rng.choice([5, 20, 100]))
        volts = np.linspace(2.0, 3.0, int(rng.choice([5, 11, 21])))
        middle_V, sigma_V = rng.uniform(2.3, 2.7), np.exp(rng.uniform(np.log(0.03), np.log(0.3)))
        try:
            found = fit_sigmoid(
                _counted(rng, volts, 5e-8, ndtr((volts - middle_V) / sigma_V), trials)
            )
        except AnalysisError:
            continue
        yield Case("V_50 of a sigmoid", f"{trials} trials", middle_V in found.voltage_V)
        yield Case("σ of a sigmoid", f"{trials} trials", sigma_V in found.sigma_V)


def law_cases(rng: np.random.Generator, devices: int) -> Iterator[Case]:
    """Yield intervals of Δ, V_c0 and the attempt rate, by trials for each amplitude and width.

    Those of the probability's curve, too, at a point drawn at random.
    """
    for number in range(devices):
        trials = (10, 40, 200)[number % 3]
        widths = ("one width", "three widths")[number // 3 % 2]
        critical, barrier = rng.uniform(2.0, 4.0), np.exp(rng.uniform(np.log(15), np.log(200)))
        shares: list[SwitchingProbability] = []
        for width_s in WIDTHS_s[widths]:
            volts = _around_the_rise(rng, width_s, critical, barrier)
            chance = escape_probability(volts, width_s, critical, barrier)
            shares += _counted(rng, volts, width_s, chance, trials)
        try:
            fit = fit_switching_law(shares).fit
        except AnalysisError:
            continue
        if not fit.determined:
            continue
        kind = f"{trials} trials, {widths}"
        yield Case("Δ of a switching probability", kind, barrier in fit.barrier_kT)
        yield Case("V_c0 of a switching probability", kind, critical in fit.critical_V)
        if fit.attempt_rate_fitted:
            holds = ATTEMPT_RATE_Hz in fit.attempt_rate_Hz
            yield Case("attempt rate of a switching probability", kind, holds)
        share = shares[int(rng.integers(len(shares)))]
        volts = np.array([share.amplitude_V])
        _, low, high = fit.probability(volts, share.width_s)
        true = escape_probability(volts, share.width_s, critical, barrier)
        yield Case("curve of a switching probability", kind, bool(low[0] <= true[0] <= high[0]))


def depinning_cases(rng: np.random.Generator, devices: int) -> Iterator[Case]:
    """Yield intervals of the thermal law's parameters from ladders, by visits."""
    for number in range(devices):
        visits = (10, 40, 200)[number % 3]
        with_spread = number % 2 == 1
        critical, barrier = rng.uniform(2.0, 4.0), np.exp(rng.uniform(np.log(30), np.log(200)))
        spread = np.exp(rng.uniform(np.log(0.01), np.log(0.05))) if with_spread else 0.0
        trials = _thermal_ladders(rng, visits, critical, barrier, spread)
        try:
            law = fit_depinning(trials, spread=with_spread)
        except AnalysisError:
            continue
        kind = f"{visits} visits, {'their own' if with_spread else 'one'} V_c"
        yield Case("thermal law, V_c", kind, critical in law.critical_V)
        yield Case("thermal law, E", kind, barrier in law.barrier_kT)
        if with_spread:
            yield Case("thermal law, spread of V_c", kind, spread in law.spread)


def escape_probability(volts: Floats, width_s: float, critical: float, barrier: float) -> Floats:
    """Return the probability that a pulse frees the wall, of amplitudes (n,)."""
    gap = np.maximum(0, 1 - volts / critical)
    return -np.expm1(-ATTEMPT_RATE_Hz * width_s * np.exp(-barrier * gap**1.5))


def _around_the_rise(
    rng: np.random.Generator, width_s: float, critical: float, barrier: float
) -> Floats:
    """Return 5 to 15 amplitudes from below the 3 % to above the 97 % of the probability."""
    fine = np.linspace(0.01, 1.0, FINEST) * critical
    chance = escape_probability(fine, width_s, critical, barrier)
    low, high = (float(fine[np.searchsorted(chance, p)]) for p in (0.03, 0.97))
    below, above = 0.2 * (high - low) * rng.random(2)
    return np.linspace(low - below, high + above, int(rng.choice([5, 9, 15])))


def _counted(
    rng: np.random.Generator, volts: Floats, width_s: float, chance: Floats, trials: int
) -> Sequence[SwitchingProbability]:
    hits = rng.binomial(trials, chance)
    return [
        SwitchingProbability(V, width_s, 1, trials, k, 0, proportion_ci(k, trials))
        for V, k in zip(volts.tolist(), hits.tolist(), strict=True)
    ]


def _thermal_ladders(
    rng: np.random.Generator, visits: int, critical: float, barrier: float, spread: float
) -> Trials:
    ladder = np.arange(0.5, 1.1, 0.005) * critical
    amplitude, switched, number = [], [], []
    for visit in range(visits):
        own = critical * (1 + spread * rng.normal())
        moved = rng.random(len(ladder)) < escape_probability(ladder, 5e-8, own, barrier)
        last = int(np.argmax(moved)) if moved.any() else len(ladder) - 1
        amplitude += ladder[: last + 1].tolist()
        switched += moved[: last + 1].tolist()
        number += [visit] * (last + 1)
    volts = np.array(amplitude)
    return Trials(volts, np.full(len(volts), 5e-8), np.array(switched), np.array(number))
