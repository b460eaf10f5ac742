"""Groups of plateaus: a normal mixture whose size BIC selects.

Mixtures of k = 1, 2, … normal distributions (scikit-learn, started from average linkage) are fitted
to the plateaus' medians, none narrower than `NARROWEST_FRACTION` of their range; the k with the
lowest Bayesian information criterion is taken. A wall that sits anywhere in a notch gives a flat,
not a normal distribution, of which BIC makes several components. Neighbours are therefore joined
unless their means lie further apart than `RESOLVED` (s₁ + s₂): two halves of a flat distribution
are 1.73 (s₁ + s₂) apart, two levels at 6 σ lie 3 (s₁ + s₂) apart.
A component of few plateaus borrows `BORROWED` degrees of freedom from the scatter of both. Levels
less than 4 σ apart are joined into one with several components, of which those with less than
`COUNTED` of the readings do not count. Among very many readings some lie 5 σ away, and now and then
form a plateau of their own: one with less than `RARE` of its neighbour's readings is no level
unless it lies `OUTLYING` σ of a reading away. Where the visits to each level are
few, a ladder of equal spreads competes with the mixtures by BIC (see `repeats`). Source of BIC:
Schwarz, Ann. Stat. 6, 461 (1978).
"""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Any

import numpy as np
from scipy.cluster.hierarchy import fcluster, linkage

from ....arrays import Flags, Floats, Ints
from .halving import halves
from .plateaus import Plateaus
from .repeats import likely_sizes, repeated_groups

NARROWEST_FRACTION = 0.002
NARROWEST_OF_GAP = 1 / 12
RESOLVED = 2.0
BORROWED = 2.0
COUNTED = 0.05
RARE = 0.002
OUTLYING = 7.0
MAX_GROUPS = 24
SAMPLE = 1500
PATIENCE = 9


@dataclass(frozen=True, slots=True)
class Group:
    """Plateaus taken as one level: centre, spread, and the mixture components it holds."""

    mean_ohm: float
    spread_ohm: float
    components: int


def find_groups(
    plateaus: Plateaus, rounding: float = 0.0, *, halved: bool = False
) -> tuple[Group, ...]:
    """Return the groups of the plateaus, highest resistance first, or their halves (`halving`).

    `rounding` is the standard deviation that the meter's step adds to a reading.
    """
    label = _components(plateaus.median_ohm, rounding)
    members = [label == number for number in np.unique(label)]
    members.sort(key=lambda member: -float(plateaus.median_ohm[member].mean()))
    joined = [(members[0], 1)]
    for member in members[1:]:
        above, components = joined[-1]
        share = _share(plateaus, above, member)
        if not _rare(plateaus, above, member, share) and _resolved(
            plateaus, above, member, rounding
        ):
            joined.append((member, 1))
        else:
            joined[-1] = (above | member, components + (share >= COUNTED))
    return tuple(
        Group(float(plateaus.median_ohm[part].mean()), _own_spread(plateaus, part), components)
        for member, components in joined
        for part in (halves(plateaus, member) if halved else (member,))
    )


def centres(groups: Sequence[Group]) -> tuple[Floats, Floats]:
    """Return means and spreads (ohm) of the groups, shape (groups,), with a floor for spreads."""
    mean = np.array([group.mean_ohm for group in groups])
    sigma = np.array([group.spread_ohm for group in groups])
    return mean, np.maximum(sigma, narrowest(mean))


def narrowest(mean: Floats) -> float:
    """Return the least spread of levels at falling means (n,), narrow enough for close ones."""
    apart = float(np.abs(np.diff(mean)).min()) if len(mean) > 1 else np.inf
    return min(NARROWEST_FRACTION * float(np.ptp(mean)), NARROWEST_OF_GAP * apart)


def _components(median_ohm: Floats, rounding: float) -> Ints:
    """Return for each plateau the component of the best mixture."""
    from sklearn.exceptions import ConvergenceWarning  # a second to import
    from sklearn.mixture import GaussianMixture

    whole = float(np.ptp(median_ohm))
    floor_ohm2 = max(NARROWEST_FRACTION * whole, rounding) ** 2
    if whole == 0:
        return np.zeros(len(median_ohm), dtype=np.intp)
    ordered = np.sort(median_ohm)
    sample = ordered[np.linspace(0, len(ordered) - 1, min(SAMPLE, len(ordered))).astype(int)]
    tree = linkage(sample[:, None], "average")
    best, lowest, since = None, np.inf, 0
    tried = list(range(1, min(MAX_GROUPS, len(sample)) + 1))
    many = [size for size in likely_sizes(tree) if size > MAX_GROUPS] if len(sample) > 2 else []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        for count in (*tried, *many):
            if since >= PATIENCE and count <= MAX_GROUPS:
                continue
            start = np.asarray(fcluster(tree, count, "maxclust"), dtype=np.intp)
            if len(np.unique(start)) < count:
                continue
            mixture = _start(GaussianMixture, sample, start, floor_ohm2).fit(sample[:, None])
            criterion = float(mixture.bic(sample[:, None]))
            best, lowest, since = (
                (mixture, criterion, 0) if criterion < lowest else (best, lowest, since + 1)
            )
    assert best is not None
    repeats = repeated_groups(sample, tree, rounding) if len(sample) > 2 else None
    if repeats is not None and repeats[1] < lowest:
        return _nearest(median_ohm, sample, repeats[0])
    return np.asarray(best.predict(median_ohm[:, None]), dtype=np.intp)


def _nearest(median_ohm: Floats, sample: Floats, label: Ints) -> Ints:
    """Return for each median the group of the same value in the sample."""
    return label[np.searchsorted(sample, median_ohm)]


def _start(mixture: Any, sample: Floats, label: Ints, floor_ohm2: float) -> Any:
    parts = [sample[label == number] for number in np.unique(label)]
    return mixture(
        len(parts),
        covariance_type="diag",
        reg_covar=floor_ohm2,
        max_iter=100,
        weights_init=np.array([len(part) for part in parts]) / len(sample),
        means_init=np.array([[part.mean()] for part in parts]),
        precisions_init=np.array([[1 / (part.var() + floor_ohm2)] for part in parts]),
    )


def _resolved(plateaus: Plateaus, above: Flags, below: Flags, rounding: float) -> bool:
    squares = [_squares(plateaus, member) for member in (above, below)]
    degrees = [int(member.sum()) - 1 for member in (above, below)]
    pooled = sum(squares) / max(1, sum(degrees))
    spreads = [
        sqrt((square + BORROWED * pooled) / (degree + BORROWED) + _creep(plateaus, member))
        for square, degree, member in zip(squares, degrees, (above, below), strict=True)
    ]
    distance = plateaus.median_ohm[above].mean() - plateaus.median_ohm[below].mean()
    return bool(distance > RESOLVED * sum(max(spread, rounding) for spread in spreads))


def _share(plateaus: Plateaus, above: Flags, below: Flags) -> float:
    """Return the share of the readings of both that the smaller of two has."""
    readings = [int(plateaus.readings[member].sum()) for member in (above, below)]
    return min(readings) / sum(readings)


def _rare(plateaus: Plateaus, above: Flags, below: Flags, share: float) -> bool:
    """Return True if the smaller of both is what the larger one's noise makes now and then."""
    if share >= RARE:
        return False
    larger = max((above, below), key=lambda member: int(plateaus.readings[member].sum()))
    distance = plateaus.median_ohm[above].mean() - plateaus.median_ohm[below].mean()
    return bool(distance < OUTLYING * _own_spread(plateaus, larger))


def _own_spread(plateaus: Plateaus, member: Flags) -> float:
    degrees = max(1, int(member.sum()) - 1)
    return sqrt(_squares(plateaus, member) / degrees + _creep(plateaus, member))


def _squares(plateaus: Plateaus, member: Flags) -> float:
    median = plateaus.median_ohm[member]
    return float(((median - median.mean()) ** 2).sum())


def _creep(plateaus: Plateaus, member: Flags) -> float:
    """Return the median over readings of their plateau's variance: a missed cut does not count."""
    variance, readings = plateaus.variance_ohm2[member], plateaus.readings[member]
    order = np.argsort(variance)
    passed = np.cumsum(readings[order])
    return float(variance[order][np.searchsorted(passed, passed[-1] / 2)])
