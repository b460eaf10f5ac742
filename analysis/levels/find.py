"""Resistance levels of a junction: their number, means and standard deviations from a run.

Outliers are left out and a common drift is taken off first (see `outliers`, `drift`). Readings are
then grouped, in R or ln R (see `scale`), as plateaus or one by one (see `grouping`), by a mixture
of a size that BIC selects (see `mixture`, `repeats`), and what few visits split is merged (see
`merging`). Mean and σ of each level are fitted to the visits of its group (see `fit`): σ is the
standard deviation of a reading over all cycles, visit to visit and within a visit.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ...arrays import Floats
from ..errors import AnalysisError
from ..one_way import lasting_change
from ..outlier_summary import Outliers, left_out
from ..physical import cut_at_zero, require_falling
from ..run_points import incomplete_cycles, missing_readings, screened_points
from .assignment import assign_levels, level_of_readings, means_and_sigmas
from .change import passing_levels
from .drift import find_drift, steady_ohm
from .fit import LevelFit, fit_levels
from .forming import find_forming
from .grouping.given import Wanted
from .grouping.gradual import GradualDeviceError, ends_ohm, is_gradual
from .grouping.group import group_as_given, group_readings
from .grouping.merging import Grouping
from .grouping.mixture import centres, narrowest
from .grouping.smooth_trains import is_smooth_train
from .hidden_steps import resolved_components
from .level import Level, LevelReport
from .resolution import mean_with_rounding, rounding_ohm, with_rounding
from .scale import LEAST_OHM, Scale, coordinate, in_ohm, is_even_ladder, scale_of
from .visits import goes_by_amplitude, label_readings

__all__ = [
    "Level",
    "LevelReport",
    "assign_levels",
    "find_levels",
    "level_of_readings",
    "means_and_sigmas",
    "measure_levels",
]

SINGLE = (
    "The readings after pulses show a single level, so there are none to distinguish: the pulses "
    "were too weak to move the wall, or so strong that the first of each row moved it all the way."
)


def find_levels(points: pd.DataFrame, wanted: Wanted | None = None) -> tuple[Level, ...]:
    """Return the levels of a run's pulsed points, highest resistance first; see `measure_levels`.

    Raises AnalysisError as that does.
    """
    return measure_levels(points, wanted).levels


def measure_levels(points: pd.DataFrame, wanted: Wanted | None = None) -> LevelReport:
    """Return the levels of a run and the readings outside of them.

    `points` has columns `cycle`, `phase`, `amplitude_V`, `resistance_ohm`; those with a `mark` are
    left out. `wanted` gives the number of levels, or their resistances (ohm), by hand. Raises
    AnalysisError for fewer than two readings after a pulse, a constant resistance, a single level,
    or readings that do not repeat, and GradualDeviceError where there are no separate levels.
    """
    pulsed, outliers = screened_points(points)
    try:
        return _measured(points, pulsed, outliers, wanted)
    except GradualDeviceError:
        raise
    except AnalysisError as error:
        if not outliers:
            raise
        raise AnalysisError(f"{error} {left_out(outliers)}") from error


def _measured(
    points: pd.DataFrame,
    pulsed: pd.DataFrame,
    outliers: tuple[Outliers, ...],
    wanted: Wanted | None,
) -> LevelReport:
    by_amplitude = goes_by_amplitude(pulsed)
    drift = None if by_amplitude else find_drift(pulsed)
    steady = steady_ohm(pulsed, drift)
    if np.ptp(steady) == 0:
        raise AnalysisError(
            "The resistance never changes in this run; there are no levels to find."
        )
    raw = rounding_ohm(pulsed["resistance_ohm"].to_numpy(dtype=float))
    chosen = _grouped(pulsed, steady, raw, wanted)
    if wanted is None:
        _check_separate(chosen, pulsed, steady)
    scale, groups, readings = chosen.scale, chosen.grouping.groups, chosen.readings
    fit = fit_levels(readings, groups)
    components = [group.components for group in groups]
    if wanted is None:
        components = _components(readings, fit, components)
    levels = tuple(
        Level(
            cut_at_zero(mean_with_rounding(mean, sigma, raw)),
            with_rounding(cut_at_zero(sigma), raw),
            found.visits,
            found.readings,
            held,
            scale,
            drift,
        )
        for found, held in zip(fit.distributions, components, strict=True)
        if found is not None
        for mean, sigma in [in_ohm(found, scale)]
    )
    if wanted is None and len(levels) < 2:
        raise AnalysisError(SINGLE)
    require_falling([level.mean_ohm for level in levels])
    lost = len(groups) - len(levels)
    label = level_of_readings(pulsed, levels)
    return LevelReport(
        levels,
        readings=len(pulsed),
        missing_readings=missing_readings(points),
        outlying_readings=fit.outlying_readings + sum(kind.readings for kind in outliers),
        outlying_visits=fit.outlying_visits,
        incomplete_cycles=incomplete_cycles(points),
        outliers=outliers,
        number_probability={n - lost: p for n, p in chosen.grouping.number.items()},
        passing=() if by_amplitude else passing_levels(pulsed, label, len(levels)),
        forming=None if by_amplitude else find_forming(pulsed, label),
    )


def _components(readings: pd.DataFrame, fit: LevelFit, known: list[int]) -> list[int]:
    found = [one for one in fit.distributions if one]
    if len(found) < len(known):
        return known
    mean = np.array([one.mean_ohm.value for one in found])
    sigma = np.array([one.sigma_ohm.value for one in found])
    label = label_readings(readings, mean, np.maximum(sigma, narrowest(mean)))
    return list(resolved_components(readings, label, sigma, known))


@dataclass(frozen=True, slots=True)
class _Grouped:
    """Readings in the coordinate of a scale, their groups, and the label of each reading."""

    scale: Scale
    readings: pd.DataFrame
    grouping: Grouping

    def is_gradual(self) -> bool:
        groups = self.grouping.groups
        several = len(groups) > 1
        return is_gradual(
            self.readings, label_readings(self.readings, *centres(groups)) if several else None
        )

    def is_smooth(self, pulsed: pd.DataFrame, steady: Floats) -> bool:
        groups = self.grouping.groups
        if len(groups) < 2:
            return False
        return is_smooth_train(pulsed, steady, label_readings(self.readings, *centres(groups)))


def _grouped(
    pulsed: pd.DataFrame, steady: Floats, rounding: float, wanted: Wanted | None
) -> _Grouped:
    scale = scale_of(steady)
    chosen = _on_scale(pulsed, steady, scale, rounding, wanted)
    if scale == "log" and wanted is None:
        even = _on_scale(pulsed, steady, "linear", rounding, None)
        levels = (len(one.grouping.groups) for one in (even, chosen))
        if is_even_ladder(*levels) and not even.is_gradual():
            return even
    return chosen


def _on_scale(
    pulsed: pd.DataFrame, steady: Floats, scale: Scale, rounding: float, wanted: Wanted | None
) -> _Grouped:
    readings = pulsed.assign(resistance_ohm=coordinate(steady, scale))
    if wanted is not None:
        return _Grouped(scale, readings, group_as_given(readings, _in_coordinate(wanted, scale)))
    least = rounding if scale == "linear" else min(0.1, rounding / float(steady.min()))
    return _Grouped(scale, readings, group_readings(readings, least))


def _check_returns(pulsed: pd.DataFrame) -> None:
    """Raise AnalysisError for a single ladder in which R jumps by decades and stays there."""
    resistance = pulsed["resistance_ohm"].to_numpy(dtype=float)
    start = lasting_change(np.log(np.maximum(resistance, LEAST_OHM)))
    if start is None:
        return
    before, after = (float(np.median(part)) for part in (resistance[:start], resistance[start:]))
    volt = float(pulsed["amplitude_V"].iloc[start])
    what = "a short or burnt junction" if after < before else "an open junction"
    raise AnalysisError(
        f"The resistance changes once, from about {before:.3g} to {after:.3g} Ω at the pulse of "
        f"{volt:.3g} V, and stays there: {what}, forming, or a state of the device; one series of "
        "pulses cannot tell. Measure more cycles, or give the levels by hand."
    )


def _check_separate(chosen: _Grouped, pulsed: pd.DataFrame, steady: Floats) -> None:
    if pulsed["sequence"].nunique() == 1:
        _check_returns(pulsed)
    if chosen.is_gradual() or chosen.is_smooth(pulsed, steady):
        raise GradualDeviceError(*ends_ohm(steady))
    levels, readings = len(chosen.grouping.groups), len(steady)
    if levels < 2:
        raise AnalysisError(SINGLE)
    if readings - levels < max(2, levels / 2):
        raise AnalysisError(
            f"The {readings} readings hardly repeat, so that levels cannot be told from a gradual "
            "change: read each state more than once, or measure more cycles."
        )


def _in_coordinate(wanted: Wanted, scale: Scale) -> int | Floats:
    if isinstance(wanted, int):
        return wanted
    return coordinate(np.array(wanted, dtype=float), scale)
