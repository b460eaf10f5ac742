"""Resistance levels of a junction: their number, means and standard deviations from a run.

Readings are segmented into plateaus, and plateaus grouped by a normal mixture of a size that BIC
selects (see `plateaus`, `mixture`, `merging`). Mean and σ of each level are then fitted to the
visits of its group (see `fit`): σ is the standard deviation of a reading over all cycles, visit to
visit and within a visit.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ...arrays import Floats, Ints
from ..errors import AnalysisError
from ..estimate import Estimate
from ..run_points import incomplete_cycles, missing_readings, pulsed_points
from .fit import fit_levels
from .merging import merge_split_levels
from .mixture import NARROWEST_FRACTION, find_groups
from .plateaus import find_plateaus
from .visits import label_readings


@dataclass(frozen=True, slots=True)
class Level:
    """One resistance level, from `visits` independent visits with `readings` readings in all.

    `components` above 1: the level may hold that many levels less than 4 σ apart.
    """

    resistance_ohm: Estimate
    sigma_ohm: Estimate
    visits: int
    readings: int = 0
    components: int = 1

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
    resistance = pulsed["resistance_ohm"].to_numpy(dtype=float)
    if np.ptp(resistance) == 0:
        raise AnalysisError(
            "The resistance never changes in this run; there are no levels to find."
        )
    groups = merge_split_levels(
        find_groups(find_plateaus(resistance, pulsed["sequence"].to_numpy())), pulsed
    )
    if len(groups) < 2:
        raise AnalysisError(
            "The run shows a single level; there are no levels to distinguish: use larger pulses."
        )
    fit = fit_levels(pulsed, groups)
    return LevelReport(
        tuple(
            Level(found.mean_ohm, found.sigma_ohm, found.visits, found.readings, group.components)
            for found, group in zip(fit.distributions, groups, strict=True)
            if found is not None
        ),
        readings=len(resistance),
        missing_readings=missing_readings(points),
        outlying_readings=fit.outlying_readings,
        outlying_visits=fit.outlying_visits,
        incomplete_cycles=incomplete_cycles(points),
    )


def assign_levels(resistance_ohm: Floats, levels: Sequence[Level]) -> Ints:
    """Return for each resistance the index of the level it most likely belongs to; shape as given.

    Every level is a normal distribution, none narrower than `NARROWEST_FRACTION` of their range.
    Single readings are classified alone here; `level_of_readings` takes account of visits.
    """
    means, sigmas = means_and_sigmas(levels)
    distance = (resistance_ohm[..., None] - means) / sigmas
    closest: Ints = (distance**2 / 2 + np.log(sigmas)).argmin(axis=-1)
    return closest


def level_of_readings(pulsed: pd.DataFrame, levels: Sequence[Level]) -> Ints:
    """Return the level index of each of the `pulsed_points`; single outliers change no level."""
    return label_readings(pulsed, *means_and_sigmas(levels))


def means_and_sigmas(levels: Sequence[Level]) -> tuple[Floats, Floats]:
    """Return means and spreads (ohm), shape (levels,), with a floor under the spreads.

    A level visited once is given the median spread of the others.
    """
    means = np.array([level.mean_ohm for level in levels])
    known = [level.std_ohm for level in levels if level.visits > 1]
    usual = float(np.median(known)) if known else 0.0
    sigmas = [level.std_ohm if level.visits > 1 else max(level.std_ohm, usual) for level in levels]
    return means, np.maximum(sigmas, NARROWEST_FRACTION * float(np.ptp(means)))
