"""The level of each reading, given the levels."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from ...arrays import Floats, Ints
from .drift import steady_ohm
from .grouping.mixture import narrowest
from .level import Level
from .scale import coordinate
from .visits import label_readings


def assign_levels(resistance_ohm: Floats, levels: Sequence[Level]) -> Ints:
    """Return for each resistance the index of the level it most likely belongs to; shape as given.

    Every level is a normal distribution, none too narrow (see `grouping.mixture`).
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
    return means, np.maximum(spread, narrowest(means))
