"""Levels given by hand: their number, or where they lie.

With a number, readings (of plateaus, unless every second pulse moves the wall) are cut where
average linkage joins that many clusters. With positions, each reading belongs to the nearest.
"""

from collections.abc import Sequence

import numpy as np

from ....arrays import Floats, Ints
from ...errors import AnalysisError
from .mixture import Group

MOST = 3000

Wanted = int | Sequence[float]
"""Number of levels, or their resistances in ohm."""


def given_groups(values: Floats, wanted: int | Floats) -> tuple[Group, ...]:
    """Return the groups of values (n,), highest first: so many, or around these positions.

    Raises AnalysisError if there are not so many different values, or for fewer than two levels.
    """
    label = _cut(values, wanted) if isinstance(wanted, int) else _nearest(values, wanted)
    parts = [values[label == number] for number in np.unique(label)]
    if len(parts) < 2:
        raise AnalysisError("Two levels or more are needed; give another number or positions.")
    parts.sort(key=lambda part: -float(part.mean()))
    return tuple(Group(float(np.median(part)), float(part.std()), 1) for part in parts)


def _cut(values: Floats, number: int) -> Ints:
    from scipy.cluster.hierarchy import fcluster, linkage

    ordered = np.sort(values)
    sample = ordered[np.linspace(0, len(ordered) - 1, min(MOST, len(ordered))).astype(np.intp)]
    if not 2 <= number <= len(np.unique(sample)):
        raise AnalysisError(
            f"{number} levels cannot be made of {len(np.unique(sample))} different readings."
        )
    label = np.asarray(fcluster(linkage(sample[:, None], "average"), number, "maxclust"))
    ends = np.flatnonzero(np.diff(label)) + 1
    edges = (sample[ends - 1] + sample[ends]) / 2
    return np.searchsorted(edges, values)


def _nearest(values: Floats, positions: Floats) -> Ints:
    return np.asarray(np.abs(values[:, None] - positions).argmin(axis=1))
