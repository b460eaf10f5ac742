"""Distributions of the readings of each level, refined from groups of plateaus.

Every reading is assigned to its most likely level (see `viterbi`), mean and σ of each
level are estimated from its visits (see `visits`), and both are repeated `ROUNDS` times. Levels
without creep are given an allowance for slow noise (see `slow_noise`).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ...arrays import Floats
from .grouping.mixture import Group, centres, narrowest
from .slow_noise import is_quiet, with_slow_noise
from .visits import Distribution, distribution, is_outlier, label_readings, visits_of

ROUNDS = 2


@dataclass(frozen=True, slots=True)
class LevelFit:
    """Distribution of each group, None for one without readings, and numbers of outliers."""

    distributions: tuple[Distribution | None, ...]
    outlying_readings: int
    outlying_visits: int


def fit_levels(pulsed: pd.DataFrame, groups: Sequence[Group]) -> LevelFit:
    """Return the distributions of the `pulsed_points` of a run around these groups."""
    pulsed = pulsed[["cycle", "phase", "sequence", "resistance_ohm"]]
    resistance = pulsed["resistance_ohm"].to_numpy(dtype=float)
    mean, sigma = centres(groups)
    for _ in range(ROUNDS):
        label = label_readings(pulsed, mean, sigma)
        outlier = is_outlier(resistance, label, mean, sigma)
        visits = visits_of(pulsed[~outlier], label[~outlier])
        found = [_distribution(visits, level) for level in range(len(groups))]
        mean, sigma = _updated(found, mean, sigma)
    all_visits = visits_of(pulsed, label)
    outliers = np.add.reduceat(outlier.astype(int), all_visits["first"].to_numpy())
    return LevelFit(
        tuple(_with_slow_noise(visits, found)),
        outlying_readings=int(outlier.sum()),
        outlying_visits=int((outliers == all_visits["readings"].to_numpy()).sum()),
    )


def _distribution(visits: pd.DataFrame, level: int) -> Distribution | None:
    of_level = visits[visits["level"] == level]
    return None if of_level.empty else distribution(of_level)


def _updated(
    found: Sequence[Distribution | None], mean: Floats, sigma: Floats
) -> tuple[Floats, Floats]:
    floor = narrowest(mean)
    new_mean, new_sigma = mean.copy(), sigma.copy()
    for level, now in enumerate(found):
        if now is not None:
            new_mean[level] = now.mean_ohm.value
            if now.visits > 1:
                new_sigma[level] = max(now.sigma_ohm.value, floor)
    return new_mean, new_sigma


def _with_slow_noise(
    visits: pd.DataFrame, found: Sequence[Distribution | None]
) -> list[Distribution | None]:
    spreads = {k: now.sigma_ohm.value for k, now in enumerate(found) if now and now.visits > 1}
    allowed = list(found)
    for k, spread in spreads.items():
        now = found[k]
        if now and is_quiet(spread, [other for j, other in spreads.items() if j != k]):
            allowed[k] = with_slow_noise(now, visits[visits["level"] == k])
    return allowed
