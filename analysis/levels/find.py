"""Resistance levels of a junction: their number, means and standard deviations from a run.

Outliers are left out and a common drift is taken off first (see `outliers`, `drift`). Readings are
then grouped, in R or ln R (see `scale`), as plateaus or one by one (see `grouping`), by a mixture
of a size that BIC selects (see `mixture`, `repeats`), and what few visits split is merged (see
`merging`). Mean and σ of each level are fitted to the visits of its group (see `fit`): σ is the
standard deviation of a reading over all cycles, visit to visit and within a visit.
"""

import numpy as np
import pandas as pd

from ...arrays import Floats
from ..errors import AnalysisError
from ..physical import cut_at_zero, require_falling
from ..run_points import incomplete_cycles, missing_readings, screened_points
from .assignment import assign_levels, level_of_readings, means_and_sigmas
from .drift import find_drift, steady_ohm
from .fit import fit_levels
from .grouping.given import Wanted
from .grouping.gradual import GradualDeviceError, ends_ohm, is_gradual
from .grouping.group import group_as_given, group_readings
from .grouping.merging import Grouping
from .grouping.mixture import centres
from .level import Level, LevelReport
from .resolution import mean_with_rounding, rounding_ohm, with_rounding
from .scale import Scale, coordinate, in_ohm, scale_of
from .visits import label_readings

__all__ = [
    "Level",
    "LevelReport",
    "assign_levels",
    "find_levels",
    "level_of_readings",
    "means_and_sigmas",
    "measure_levels",
]


def find_levels(points: pd.DataFrame, wanted: Wanted | None = None) -> tuple[Level, ...]:
    """Return the levels of a run's pulsed points, highest resistance first; see `measure_levels`.

    Raises AnalysisError as that does.
    """
    return measure_levels(points, wanted).levels


def measure_levels(points: pd.DataFrame, wanted: Wanted | None = None) -> LevelReport:
    """Return the levels of a run and the readings outside of them.

    `points` has columns `cycle`, `phase`, `amplitude_V`, `resistance_ohm`; those with a `mark` are
    left out. `wanted` gives the number of levels, or their resistances (ohm), by hand. Raises
    AnalysisError for fewer than two readings after a pulse, a constant resistance, or a single
    level, and GradualDeviceError where there are no separate levels.
    """
    pulsed, outliers = screened_points(points)
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
    if wanted is None:
        grouping = group_readings(readings, least)
        _check_separate(readings, grouping, steady)
    else:
        grouping = group_as_given(readings, _in_coordinate(wanted, scale))
    groups = grouping.groups
    fit = fit_levels(readings, groups)
    levels = tuple(
        Level(
            cut_at_zero(mean_with_rounding(mean, sigma, rounding)),
            with_rounding(cut_at_zero(sigma), rounding),
            found.visits,
            found.readings,
            group.components,
            scale,
            drift,
        )
        for found, group in zip(fit.distributions, groups, strict=True)
        if found is not None
        for mean, sigma in [in_ohm(found, scale)]
    )
    require_falling([level.mean_ohm for level in levels])
    return LevelReport(
        levels,
        readings=len(pulsed),
        missing_readings=missing_readings(points),
        outlying_readings=fit.outlying_readings + sum(kind.readings for kind in outliers),
        outlying_visits=fit.outlying_visits,
        incomplete_cycles=incomplete_cycles(points),
        outliers=outliers,
        number_probability=grouping.number,
    )


def _check_separate(readings: pd.DataFrame, grouping: Grouping, steady: Floats) -> None:
    groups = grouping.groups
    label = label_readings(readings, *centres(groups)) if len(groups) > 1 else None
    if is_gradual(readings, label):
        raise GradualDeviceError(*ends_ohm(steady))
    if label is None:
        raise AnalysisError(
            "The run shows a single level; there are no levels to distinguish: use larger pulses."
        )


def _in_coordinate(wanted: Wanted, scale: Scale) -> int | Floats:
    if isinstance(wanted, int):
        return wanted
    return coordinate(np.array(wanted, dtype=float), scale)
