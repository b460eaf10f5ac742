"""Resistance levels of a junction: how many a run shows, where they lie and how wide they are.

A sequence of readings is cut into plateaus wherever the resistance jumps by more than
`JUMP_FRACTION` of its range. The medians of the plateaus are grouped by average linkage
(scipy.cluster.hierarchy) into k = 1, 2, … groups; the k with the lowest Bayesian information
criterion −2 ln L + (3k − 1) ln n of k normal distributions is taken, none of them narrower than
`NARROWEST_FRACTION` of the range. Neighbouring groups whose means are not further apart than
`RESOLVED` times the sum of their standard deviations are then taken as one level. Mean and
standard deviation of a level are those of all its readings, over all visits.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.cluster.hierarchy import fcluster, linkage

from analysis.errors import AnalysisError

JUMP_FRACTION = 0.03
NARROWEST_FRACTION = 0.003
MOST_LEVELS = 32
RESOLVED = 2.0

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Level:
    """One resistance level: mean and standard deviation of its readings in `visits` visits, ohm."""

    mean_ohm: float
    std_ohm: float
    visits: int


def find_levels(points: pd.DataFrame) -> tuple[Level, ...]:
    """Return the levels of a run's pulsed points, highest resistance first.

    `points` has columns `cycle`, `phase`, `amplitude_V`, `resistance_ohm`. Raises AnalysisError if
    fewer than two readings after a pulse are there or the resistance never changes.
    """
    pulsed = pulsed_points(points)
    range_ohm = float(np.ptp(pulsed["resistance_ohm"].to_numpy(dtype=float)))
    if range_ohm == 0:
        raise AnalysisError(
            "The resistance never changes in this run; there are no levels to find."
        )
    plateaus = [
        plateau
        for _, group in pulsed.groupby(["cycle", "phase"], sort=False)
        for plateau in _plateaus(group["resistance_ohm"].to_numpy(dtype=float), range_ohm)
    ]
    if len(plateaus) < 2:
        raise AnalysisError("The run shows a single plateau; there are no levels to tell apart.")
    return tuple(_level(group) for group in _resolved(_grouped(plateaus, range_ohm)))


def _plateaus(resistance_ohm: Floats, range_ohm: float) -> list[Floats]:
    """Cut one uninterrupted sequence of readings wherever it jumps."""
    jumps = np.flatnonzero(np.abs(np.diff(resistance_ohm)) > JUMP_FRACTION * range_ohm) + 1
    return list(np.split(resistance_ohm, jumps))


def _grouped(plateaus: list[Floats], range_ohm: float) -> list[list[Floats]]:
    """Group plateaus by their medians into as many groups as the criterion asks for."""
    medians = np.array([float(np.median(plateau)) for plateau in plateaus])
    tree = linkage(medians[:, None], "average")
    labels = [
        fcluster(tree, count, "maxclust") for count in range(1, min(MOST_LEVELS, len(medians)) + 1)
    ]
    best = min(
        labels,
        key=lambda label: _information_criterion(
            [medians[label == number] for number in np.unique(label)],
            NARROWEST_FRACTION * range_ohm,
        ),
    )
    return [
        [plateau for plateau, label in zip(plateaus, best, strict=True) if label == number]
        for number in np.unique(best)
    ]


def _level(plateaus: Sequence[Floats]) -> Level:
    readings = np.concatenate(plateaus)
    return Level(float(readings.mean()), float(readings.std()), len(plateaus))


def _resolved(groups: Sequence[list[Floats]]) -> list[list[Floats]]:
    """Join neighbouring groups that lie too close to be told apart, from the highest down."""
    resolved: list[list[Floats]] = []
    for group in sorted(groups, key=lambda group: -_level(group).mean_ohm):
        if resolved:
            above, below = _level(resolved[-1]), _level(group)
            distance_ohm = above.mean_ohm - below.mean_ohm
            if distance_ohm <= RESOLVED * (above.std_ohm + below.std_ohm):
                resolved[-1] = resolved[-1] + group
                continue
        resolved.append(group)
    return resolved


def _information_criterion(groups: Sequence[Floats], narrowest_ohm: float) -> float:
    total = sum(len(group) for group in groups)
    log_likelihood = 0.0
    for group in groups:
        sigma = max(float(group.std()), narrowest_ohm)
        share = len(group) / total
        log_likelihood += float(
            len(group) * np.log(share / (sigma * np.sqrt(2 * np.pi)))
            - ((group - group.mean()) ** 2).sum() / (2 * sigma**2)
        )
    return float(-2 * log_likelihood + (3 * len(groups) - 1) * np.log(total))


def assign_levels(resistance_ohm: Floats, levels: Sequence[Level]) -> npt.NDArray[np.intp]:
    """Return for each resistance the index of the level it most likely belongs to; shape as given.

    Every level is a normal distribution, none narrower than `NARROWEST_FRACTION` of their range.
    """
    means = np.array([level.mean_ohm for level in levels])
    narrowest_ohm = NARROWEST_FRACTION * float(np.ptp(means))
    sigmas = np.array([max(level.std_ohm, narrowest_ohm) for level in levels])
    distance = (resistance_ohm[..., None] - means) / sigmas
    likeliest: npt.NDArray[np.intp] = (distance**2 / 2 + np.log(sigmas)).argmin(axis=-1)
    return likeliest


def pulsed_points(points: pd.DataFrame) -> pd.DataFrame:
    """Return the points read after a pulse, in order; raises AnalysisError if there are none."""
    pulsed = points[points["amplitude_V"].notna() & points["resistance_ohm"].notna()]
    if len(pulsed) < 2:
        raise AnalysisError(
            "The run has no readings after pulses; analyse a staircase, cycling or ramp run."
        )
    return pulsed
