"""Resistance levels of a junction: their number, means and standard deviations from a run.

Readings are segmented into plateaus, and plateaus grouped by a normal mixture of a size that BIC
selects (see `plateaus`, `mixture`, `merging`). Mean and σ of each level are then fitted to the
visits of its group (see `fit`): σ is the standard deviation of a reading over all cycles, visit to
visit and within a visit.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from ...arrays import Floats, Ints
from ..errors import AnalysisError
from ..estimate import Estimate
from ..outliers import Outliers
from ..run_points import incomplete_cycles, missing_readings, outliers_of, pulsed_points
from .drift import Drift, find_drift, steady_ohm
from .fit import fit_levels
from .gradual import GradualDeviceError, ends_ohm, is_gradual
from .grouping import group_readings
from .mixture import NARROWEST_FRACTION, centres
from .resolution import rounding_ohm, with_rounding
from .scale import Scale, coordinate, in_ohm, scale_of
from .visits import label_readings


@dataclass(frozen=True, slots=True)
class Level:
    """One resistance level, from `visits` independent visits with `readings` readings in all.

    `components` above 1: the level may hold that many levels less than 4 σ apart. On the log
    scale the mean is the median of a log-normal. With a `drift` it is that in the middle of the
    run.
    """

    resistance_ohm: Estimate
    sigma_ohm: Estimate
    visits: int
    readings: int = 0
    components: int = 1
    scale: Scale = "linear"
    drift: Drift | None = None

    @property
    def mean_ohm(self) -> float:
        return self.resistance_ohm.value

    @property
    def std_ohm(self) -> float:
        return self.sigma_ohm.value


@dataclass(frozen=True, slots=True)
class LevelReport:
    """The levels of a run, highest resistance first, and the readings outside of them.

    `outlying_readings` lie more than 7 σ from every level and are left out of means and σ;
    `outlying_visits` consist of nothing else. `unresolved` are the indices of levels that hold
    several mixture components. `once_visited` are those with a single
    visit, whose uncertainty is unknown.
    """

    levels: tuple[Level, ...]
    readings: int
    missing_readings: int
    outlying_readings: int
    outlying_visits: int
    incomplete_cycles: tuple[int, ...]
    outliers: tuple[Outliers, ...] = ()
    number_probability: Mapping[int, float] = field(default_factory=dict)

    @property
    def unresolved(self) -> tuple[int, ...]:
        return tuple(i for i, level in enumerate(self.levels) if level.components > 1)

    @property
    def once_visited(self) -> tuple[int, ...]:
        return tuple(i for i, level in enumerate(self.levels) if level.visits < 2)


def find_levels(points: pd.DataFrame) -> tuple[Level, ...]:
    """Return the levels of a run's pulsed points, highest resistance first; see `measure_levels`.

    Raises AnalysisError as that does.
    """
    return measure_levels(points).levels


def measure_levels(points: pd.DataFrame) -> LevelReport:
    """Return the levels of a run and the readings outside of them.

    `points` has columns `cycle`, `phase`, `amplitude_V`, `resistance_ohm`. Raises AnalysisError for
    fewer than two readings after a pulse, a constant resistance, or a single level.
    """
    pulsed = pulsed_points(points)
    drift = find_drift(pulsed)
    steady = steady_ohm(pulsed, drift)
    if np.ptp(steady) == 0:
        raise AnalysisError(
            "The resistance never changes in this run; there are no levels to find."
        )
    scale = scale_of(steady)
    readings = pulsed.assign(resistance_ohm=coordinate(steady, scale))
    rounding = rounding_ohm(pulsed["resistance_ohm"].to_numpy(dtype=float))
    least = rounding if scale == "linear" else min(0.1, rounding / float(steady.min()))
    grouping = group_readings(readings, least)
    groups = grouping.groups
    label = label_readings(readings, *centres(groups)) if len(groups) > 1 else None
    if is_gradual(readings, label):
        raise GradualDeviceError(*ends_ohm(steady))
    if label is None:
        raise AnalysisError(
            "The run shows a single level; there are no levels to distinguish: use larger pulses."
        )
    fit = fit_levels(readings, groups)
    outliers = outliers_of(points)
    return LevelReport(
        tuple(
            Level(
                mean,
                with_rounding(sigma, rounding),
                found.visits,
                found.readings,
                group.components,
                scale,
                drift,
            )
            for found, group in zip(fit.distributions, groups, strict=True)
            if found is not None
            for mean, sigma in [in_ohm(found, scale)]
        ),
        readings=len(pulsed),
        missing_readings=missing_readings(points),
        outlying_readings=fit.outlying_readings + sum(kind.readings for kind in outliers),
        outlying_visits=fit.outlying_visits,
        incomplete_cycles=incomplete_cycles(points),
        outliers=outliers,
        number_probability=grouping.number,
    )


def assign_levels(resistance_ohm: Floats, levels: Sequence[Level]) -> Ints:
    """Return for each resistance the index of the level it most likely belongs to; shape as given.

    Every level is a normal distribution, none narrower than `NARROWEST_FRACTION` of their range.
    Single readings are classified alone here; `level_of_readings` takes account of visits.
    """
    means, sigmas = means_and_sigmas(levels)
    distance = (coordinate(resistance_ohm, levels[0].scale)[..., None] - means) / sigmas
    closest: Ints = (distance**2 / 2 + np.log(sigmas)).argmin(axis=-1)
    return closest


def level_of_readings(pulsed: pd.DataFrame, levels: Sequence[Level]) -> Ints:
    """Return the level index of each of the `pulsed_points`; single outliers change no level."""
    return label_readings(in_coordinate(pulsed, levels), *means_and_sigmas(levels))


def in_coordinate(readings: pd.DataFrame, levels: Sequence[Level]) -> pd.DataFrame:
    """Return readings with `resistance_ohm` in the coordinate of the levels, their drift off."""
    steady = steady_ohm(readings, levels[0].drift)
    return readings.assign(resistance_ohm=coordinate(steady, levels[0].scale))


def means_and_sigmas(levels: Sequence[Level]) -> tuple[Floats, Floats]:
    """Return means and spreads in the levels' coordinate, (levels,), with a floor for spreads.

    A level visited once is given the median spread of the others.
    """
    mean_ohm = np.array([level.mean_ohm for level in levels])
    is_log = levels[0].scale == "log"
    spread = np.array([level.std_ohm for level in levels]) / (mean_ohm if is_log else 1.0)
    several = np.array([level.visits > 1 for level in levels])
    usual = float(np.median(spread[several])) if several.any() else 0.0
    means = coordinate(mean_ohm, levels[0].scale)
    spread = np.where(several, spread, np.maximum(spread, usual))
    return means, np.maximum(spread, NARROWEST_FRACTION * float(np.ptp(means)))
