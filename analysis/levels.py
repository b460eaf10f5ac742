"""Resistance levels of a junction: how many a run shows, where they lie and how wide they are.

A sequence of readings is cut into plateaus wherever the resistance jumps by more than
`JUMP_FRACTION` of its range. The medians of the plateaus are grouped by average linkage
(scipy.cluster.hierarchy) into k = 1, 2, … groups; the k with the lowest Bayesian information
criterion −2 ln L + (3k − 1) ln n of k normal distributions is taken, none of them narrower than
`NARROWEST_FRACTION` of the range. A level's spread is the standard deviation of its plateaus over
the visits, which is how the synapse paper states it. States the criterion cannot tell apart are
reported as one level.
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

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Level:
    """One resistance level: mean and standard deviation over `visits` separate visits, in ohm."""

    mean_ohm: float
    std_ohm: float
    visits: int


def plateau_medians(resistance_ohm: Floats, range_ohm: float) -> Floats:
    """Return the median resistance of each plateau of one uninterrupted sequence of readings."""
    jumps = np.flatnonzero(np.abs(np.diff(resistance_ohm)) > JUMP_FRACTION * range_ohm) + 1
    return np.array([np.median(plateau) for plateau in np.split(resistance_ohm, jumps)])


def find_levels(points: pd.DataFrame) -> tuple[Level, ...]:
    """Return the levels of a run's pulsed points, highest resistance first.

    `points` has columns `cycle`, `phase`, `amplitude_V`, `resistance_ohm`. Raises AnalysisError if
    fewer than two readings after a pulse are there or the resistance never changes.
    """
    pulsed = pulsed_points(points)
    resistance = pulsed["resistance_ohm"].to_numpy(dtype=float)
    range_ohm = float(np.ptp(resistance))
    if range_ohm == 0:
        raise AnalysisError(
            "The resistance never changes in this run; there are no levels to find."
        )
    medians = np.concatenate(
        [
            plateau_medians(group["resistance_ohm"].to_numpy(dtype=float), range_ohm)
            for _, group in pulsed.groupby(["cycle", "phase"], sort=False)
        ]
    )
    if len(medians) < 2:
        raise AnalysisError("The run shows a single plateau; there are no levels to tell apart.")
    groups = _group(medians, NARROWEST_FRACTION * range_ohm)
    levels = [
        Level(float(group.mean()), float(group.std(ddof=1)) if len(group) > 1 else 0.0, len(group))
        for group in groups
    ]
    return tuple(sorted(levels, key=lambda level: -level.mean_ohm))


def _group(medians: Floats, narrowest_ohm: float) -> list[Floats]:
    tree = linkage(medians[:, None], "average")

    def grouping(count: int) -> list[Floats]:
        label = fcluster(tree, count, "maxclust")
        return [medians[label == number] for number in np.unique(label)]

    groupings = [grouping(count) for count in range(1, min(MOST_LEVELS, len(medians)) + 1)]
    return min(groupings, key=lambda groups: _information_criterion(groups, narrowest_ohm))


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
    """Return for each resistance the index of the level whose mean is nearest; shape as given."""
    means = np.array([level.mean_ohm for level in levels])
    nearest: npt.NDArray[np.intp] = np.abs(resistance_ohm[..., None] - means).argmin(axis=-1)
    return nearest


def pulsed_points(points: pd.DataFrame) -> pd.DataFrame:
    """Return the points read after a pulse, in order; raises AnalysisError if there are none."""
    pulsed = points[points["amplitude_V"].notna() & points["resistance_ohm"].notna()]
    if len(pulsed) < 2:
        raise AnalysisError(
            "The run has no readings after pulses; analyse a staircase, cycling or ramp run."
        )
    return pulsed
