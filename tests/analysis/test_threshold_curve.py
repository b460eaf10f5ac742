"""Drawn devices share what few cycles leave open about all amplitudes at once."""

import numpy as np
import pytest
from scipy.special import ndtr

from dwmtj.analysis.state_model.threshold_curve import hazards, threshold_curve
from dwmtj.benchmarks.transitions import covered

VOLTS = np.linspace(1.0, 4.0, 61)


def counted(thresholds: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return visits and moves at each amplitude of walls with these thresholds."""
    rung = np.searchsorted(VOLTS, thresholds)
    moved = np.bincount(rung, minlength=len(VOLTS) + 1)[: len(VOLTS)]
    return len(thresholds) - np.r_[0, np.cumsum(moved)[:-1]], moved


def means(cycles: int, seed: int) -> np.ndarray:
    """Return the voltages at which half of the walls of drawn devices have left."""
    rng = np.random.default_rng(seed)
    curve = threshold_curve(VOLTS, *counted(rng.normal(2.5, 0.2, cycles)), 0.5)
    left = (1 - np.cumprod(1 - curve.draw(rng)[0]) for _ in range(300))
    return np.array([VOLTS[np.searchsorted(share, 0.5)] for share in left])


@pytest.mark.parametrize("cycles", [3, 30])
def test_drawn_curves_differ_by_as_much_as_a_mean_of_so_many_cycles(cycles: int) -> None:
    found = means(cycles, seed=1)
    error = 0.2 / np.sqrt(cycles)
    assert abs(found.mean() - 2.5) < 3 * error
    assert 0.6 * error < found.std() < 4 * error


def test_hazards_multiply_to_the_share_that_is_left() -> None:
    (hazard,) = hazards(VOLTS, np.array([2.5]), np.log([0.2]))
    assert np.cumprod(1 - hazard)[30] == pytest.approx(1 - ndtr((VOLTS[30] - 2.5) / 0.2), rel=1e-3)


def test_a_level_never_left_is_left_by_few_drawn_devices() -> None:
    visits = np.full(len(VOLTS), 50)
    curve = threshold_curve(VOLTS, visits, np.zeros(len(VOLTS), dtype=np.int64), 0.5)
    rng = np.random.default_rng(2)
    left = [1 - np.prod(1 - curve.draw(rng)[0]) for _ in range(300)]
    assert np.mean(left) < 0.02


def test_drawn_ladders_enclose_the_truth() -> None:
    """40 devices, 3 cycles; fewer than 33 enclosed at true 95 %: 1e-3. Drawn apart, 80 % were."""
    _, share = covered(3, devices=40)
    assert share >= 33 / 40
