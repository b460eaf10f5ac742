"""The decay of every level of a run, or why its readings have no lifetime."""

from collections.abc import Callable

import pandas as pd

from ..errors import AnalysisError
from ..noise.sources import NoiseSources, first_series, identify_noise, is_steady
from .decay import Decay, measure_decay
from .waits import TOLERANCE, waits_of


def decays_of(
    points: pd.DataFrame,
    tolerance: float = TOLERANCE,
    identify: Callable[[], NoiseSources] | None = None,
) -> tuple[Decay, ...]:
    """Return the decay of each level, from the highest resistance on.

    `identify` returns the noise of the first series, where that is known already. Raises
    AnalysisError where `waits_of` does, and where states are left by telegraph noise: then a wait
    ends at the first of many jumps, and the dwell times say how long states last.
    """
    waits = waits_of(points, tolerance)
    noise = _noise(points, identify)
    step = None if noise is None else noise.chosen.step
    left = any(level.escapes for level in waits)
    if noise and noise.chosen.telegraph and left and step and abs(step.value) > tolerance / 2:
        lower, upper = (dwell.value for dwell in noise.chosen.telegraph.dwell_s)
        raise AnalysisError(
            "The states are left by telegraph noise: how long they last are the dwell times "
            f"({lower:.2g} s in the lower R, {upper:.2g} s in the higher), see the kind of noise "
            "in the report."
        )
    fits = noise is None or (noise.goodness.fits and noise.chosen.linear_drift is None)
    # a jump is no part of any noise, so that of a series with one says nothing of its drift
    return tuple(measure_decay(each, fits or each.escapes > each.crept) for each in waits)


def _noise(
    points: pd.DataFrame, identify: Callable[[], NoiseSources] | None
) -> NoiseSources | None:
    """Return the noise of a steady series, None where kinds of noise cannot be told apart."""
    series = first_series(points)
    if not is_steady(series):
        return None
    try:
        return identify() if identify else identify_noise(series)
    except AnalysisError:
        return None
