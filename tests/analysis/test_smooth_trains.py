"""Trains of equal pulses: smooth curves are gradual, steps between levels are not."""

import numpy as np
import pandas as pd
import pytest

from dwmtj.analysis import find_levels
from dwmtj.analysis.levels.grouping.gradual import GradualDeviceError

from .kinds import points


def trains(values_ohm: np.ndarray, pulses: int, cycles: int) -> pd.DataFrame:
    return points(np.repeat(np.arange(cycles), pulses), 2.0, values_ohm)


@pytest.mark.parametrize(("pulses", "cycles"), [(10, 1), (10, 2), (10, 6), (16, 3)])
@pytest.mark.parametrize("noise", [0.001, 0.01])
@pytest.mark.parametrize("decay", [1.5, 4.0])
def test_saturating_curves_of_few_pulses_are_gradual(
    pulses: int, cycles: int, noise: float, decay: float
) -> None:
    """The conductance rises exponentially from 20 to 50 µS, each pulse to a value of its own."""
    rng = np.random.default_rng([51, pulses, cycles])
    rise = 1 - np.exp(-np.arange(pulses) / decay)
    ohm = np.tile(1 / (20e-6 + 30e-6 * rise / rise[-1]), cycles)
    with pytest.raises(GradualDeviceError):
        find_levels(trains(ohm * (1 + noise * rng.normal(size=len(ohm))), pulses, cycles))


@pytest.mark.parametrize(("pulses", "levels", "cycles"), [(10, 4, 10), (12, 3, 6), (20, 5, 3)])
@pytest.mark.parametrize("chance", [0.3, 1.0])
def test_levels_that_equal_pulses_climb_stay_levels(
    pulses: int, levels: int, cycles: int, chance: float
) -> None:
    """Each pulse moves the wall by chance, or every third one surely; levels are 30 σ apart."""
    rng = np.random.default_rng([52, pulses])
    tried = rng.random((cycles, pulses)) if chance < 1 else np.arange(pulses) % 3 * 0.5 + 0.0
    moved = tried < chance if chance < 1 else np.tile(tried == 1.0, (cycles, 1))
    level = np.minimum(np.cumsum(moved, axis=1), levels - 1)
    ohm = 100.0 - 9 * level.ravel() + rng.normal(0, 0.3, pulses * cycles)
    found = find_levels(trains(ohm, pulses, cycles))
    assert len(found) == len(np.unique(level))
