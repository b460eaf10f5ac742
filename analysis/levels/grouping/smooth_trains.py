"""Trains of equal pulses whose readings follow a smooth curve better than levels.

Equal pulses that each change the resistance a little less than the one before end in a state for
each pulse, which repeats in every train: groups that are no levels of the device. With k the number
of the pulse in its train, each phase is described by

    y = a + b exp(−k/τ) + c k,

y being R, ln R or 1/R, the best of them, τ by a search and the rest by least squares. Curve and
groups, the latter by their means, are compared by BIC with one variance of ln R: levels explain
steps that a curve does not, and a curve needs fewer numbers than a level for every pulse. Levels
pay for what else they need, which one a reading belongs to: its entropy, given k.
Only trains of at least `MIN_PULSES` equal pulses are judged: rising pulses may well move a wall by
one level each. Source of BIC: Schwarz, Ann. Stat. 6, 461 (1978).
"""

import numpy as np
import pandas as pd
from scipy.special import xlogy

from ....arrays import Floats, Ints

MIN_PULSES = 6
SHORTEST, DECAYS = 0.3, 20
LEAST_SHARE = 1e-8  # of the variance, below which nothing is left to explain
NUMBERS = 4
LEAST = 1e-9


def is_smooth_train(pulsed: pd.DataFrame, resistance_ohm: Floats, label: Ints) -> bool:
    """Return True where smooth curves describe trains of equal pulses better than levels do.

    `resistance_ohm` (n,) are the readings of a run's `pulsed_points`, `label` (n,) their groups.
    """
    sequence = pulsed["sequence"].to_numpy()
    starts = np.flatnonzero(np.r_[True, sequence[1:] != sequence[:-1]])
    pulses = np.diff(np.r_[starts, len(sequence)])
    if pulses.min() < MIN_PULSES or not _are_equal(pulsed, starts):
        return False
    phase, phases = pd.factorize(pulsed["phase"])
    if not (np.maximum.reduceat(phase, starts) == np.minimum.reduceat(phase, starts)).all():
        return False  # single pulses of both signs
    number = np.arange(len(sequence)) - np.repeat(starts, pulses)
    log = np.log(resistance_ohm)
    of_curves = sum(_about_curve(log[phase == i], number[phase == i]) for i in range(len(phases)))
    least = LEAST_SHARE * len(log) * float(log.var())
    levels, count = len(np.unique(label)), len(log)
    chosen = _entropy(label, number + phase * (int(number.max()) + 1))
    gain = 2 * chosen + count * np.log((_about_means(log, label) + least) / (of_curves + least))
    return bool(gain > (NUMBERS * len(phases) - levels) * np.log(count))


def _are_equal(readings: pd.DataFrame, starts: Ints) -> bool:
    size = readings["amplitude_V"].abs().to_numpy(dtype=float).round(6)
    return bool((np.maximum.reduceat(size, starts) == np.minimum.reduceat(size, starts)).all())


def _entropy(label: Ints, place: Ints) -> float:
    """Return the sum over readings of the entropy (nat) of labels at their place."""
    table = np.zeros((int(place.max()) + 1, int(label.max()) + 1))
    np.add.at(table, (place, label), 1.0)
    share = table / np.maximum(table.sum(axis=1, keepdims=True), 1.0)
    return float(-xlogy(table, share).sum())


def _about_means(log: Floats, label: Ints) -> float:
    """Return the sum of squares about the mean of each label."""
    mean = np.bincount(label, log) / np.maximum(np.bincount(label), 1)
    return float(((log - mean[label]) ** 2).sum())


def _about_curve(log: Floats, number: Ints) -> float:
    """Return the least sum of squares of readings about a smooth curve over their `number`."""
    count = np.bincount(number)
    mean = np.bincount(number, log) / count
    misfit = min(_misfit(mean - mean.mean(), count, power) for power in (1, 0, -1))
    return _about_means(log, number) + misfit


def _misfit(log: Floats, count: Ints, power: int) -> float:
    """Return the sum of squares that the best curve in R**power, or ln R for 0, leaves of ln R."""
    from scipy.optimize import minimize_scalar

    k = np.arange(len(log))
    y = np.exp(power * log) if power else log
    weight = np.sqrt(count) / (np.abs(power) * y if power else 1.0)

    def left(log_decay: float) -> float:
        design = np.column_stack([np.ones_like(y), np.exp(-k / np.exp(log_decay)), k])
        numbers, *_ = np.linalg.lstsq(design * weight[:, None], y * weight, rcond=None)
        fit = design @ numbers
        found = np.log(np.maximum(fit, LEAST)) / power if power else fit
        return float((count * (found - log) ** 2).sum())

    tried = np.linspace(np.log(SHORTEST), np.log(3 * len(k)), DECAYS)
    best = tried[int(np.argmin([left(one) for one in tried.tolist()]))]
    ends = (best - (tried[1] - tried[0]), best + (tried[1] - tried[0]))
    return min(left(float(best)), float(minimize_scalar(left, bounds=ends, method="bounded").fun))
