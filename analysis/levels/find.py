"""Resistance levels of a junction: how many a run shows, where they lie and how wide they are.

The readings are cut into plateaus, the plateaus grouped by a normal mixture whose size BIC chooses
(see `plateaus`, `mixture`, `merging`). Mean and σ of each level are then fitted to the visits of
its group (see `fit`): σ is the standard deviation of a reading over all cycles, visit to
visit and within a visit.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..errors import AnalysisError
from ..estimate import Estimate
from ..run_points import incomplete_cycles, missing_readings, pulsed_points
from .fit import fit_levels
from .merging import join_split
from .mixture import NARROWEST_FRACTION, find_groups
from .plateaus import cut
from .visits import label_readings

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Level:
    """One resistance level, from `visits` independent visits with `readings` readings in all.

    `components` above 1 says that it may hold that many levels nearer than 4 σ to each other.
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
    """The levels of a run, highest resistance first, and what did not fit.

    `outlying_readings` lie more than 7 σ from every level and are left out of means and σ;
    `outlying_visits` consist of nothing else. `unresolved` are the indices of levels that hold
    several mixture components. `once_visited` are those whose uncertainty one visit cannot tell.
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
    """Return the levels of a run and what did not fit them.

    `points` has columns `cycle`, `phase`, `amplitude_V`, `resistance_ohm`. Raises AnalysisError if
    fewer than two readings after a pulse are there, the resistance never changes, or the run shows
    one level only.
    """
    pulsed = pulsed_points(points)
    resistance = pulsed["resistance_ohm"].to_numpy(dtype=float)
    if np.ptp(resistance) == 0:
        raise AnalysisError(
            "The resistance never changes in this run; there are no levels to find."
        )
    groups = join_split(find_groups(cut(resistance, pulsed["sequence"].to_numpy())), pulsed)
    if len(groups) < 2:
        raise AnalysisError(
            "The run shows a single level; there are no levels to tell apart: use larger pulses."
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
    Single readings are judged alone here; `level_of_readings` knows of visits.
    """
    means, sigmas = widths(levels)
    distance = (resistance_ohm[..., None] - means) / sigmas
    likeliest: Ints = (distance**2 / 2 + np.log(sigmas)).argmin(axis=-1)
    return likeliest


def level_of_readings(pulsed: pd.DataFrame, levels: Sequence[Level]) -> Ints:
    """Return the level index of every one of the `pulsed_points`; a glitch is no move."""
    return label_readings(pulsed, *widths(levels))


def widths(levels: Sequence[Level]) -> tuple[Floats, Floats]:
    """Return means and spreads (ohm), shape (levels,), with a floor under the spreads.

    A level visited once is given the median spread of the others.
    """
    means = np.array([level.mean_ohm for level in levels])
    known = [level.std_ohm for level in levels if level.visits > 1]
    usual = float(np.median(known)) if known else 0.0
    sigmas = [level.std_ohm if level.visits > 1 else max(level.std_ohm, usual) for level in levels]
    return means, np.maximum(sigmas, NARROWEST_FRACTION * float(np.ptp(means)))
