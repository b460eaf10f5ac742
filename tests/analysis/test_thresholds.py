"""Thresholds of notches that walls run through are recovered, and say what they cannot tell."""

import numpy as np
import pandas as pd
import pytest

from dwmtj.analysis import Estimate, Level, find_switches, find_thresholds

LEVELS = [Level(Estimate(r, r, r), Estimate(0.2, 0.1, 0.3), 10) for r in (100.0, 90.0, 80.0, 70.0)]


def ramps(
    thresholds_V: list[float], sigma_V: float, seed: int, cycles: int = 12, step_V: float = 0.02
) -> pd.DataFrame:
    """Ramps to 4 V over notches that each draw their threshold anew whenever a wall comes by."""
    rng = np.random.default_rng(seed)
    amplitudes = np.round(np.arange(1.0, 4.0, step_V), 6)
    rows = []
    for cycle in range(cycles):
        level, holds_V = 0, rng.normal(thresholds_V[0], sigma_V)
        for amplitude in amplitudes:
            while level < len(thresholds_V) and amplitude > holds_V:
                level += 1
                here = thresholds_V[level] if level < len(thresholds_V) else np.inf
                holds_V = rng.normal(here, sigma_V)
            rows.append((cycle, "ramp", amplitude, 100.0 - 10 * level + 0.1 * rng.normal()))
    return pd.DataFrame(rows, columns=["cycle", "phase", "amplitude_V", "resistance_ohm"])


def test_walls_that_run_through_do_not_bias_the_thresholds() -> None:
    """Three equal notches, 75 runs: the mean of 75 errors is beyond 0.03 V with p < 1e-3, and
    fewer than 88 % of 225 intervals hold the truth, if they do in 95 %, with p < 3e-5."""
    errors, covered, naive = [], [], []
    for seed in range(75):
        points = ramps([2.5, 2.5, 2.5], 0.2, seed)
        for threshold in find_thresholds(points, LEVELS):
            covered.append(2.5 in threshold.voltage_V)
            if threshold.level == 2:
                errors.append(threshold.voltage_V.value - 2.5)
        left = [switch.voltage_V for switch in find_switches(points, LEVELS) if switch.before == 2]
        naive.append(np.mean(left) - 2.5)
    assert abs(np.mean(errors)) < 0.03
    assert np.mean(naive) > 0.05  # departures alone see the strong visits only
    assert np.mean(covered) > 0.88


def test_every_visit_is_counted_once() -> None:
    points = ramps([2.0, 2.1, 9.0], 0.1, seed=3)
    first, second = find_thresholds(points, LEVELS)
    assert len(first.freed_V) == 12
    assert len(second.freed_V) + second.passed == 12
    assert (first.passed, first.kept, second.kept) == (0, 0, 0)


def test_a_level_that_is_never_left_has_no_threshold() -> None:
    points = ramps([2.0, 9.0, 9.0], 0.1, seed=3)
    assert [threshold.level for threshold in find_thresholds(points, LEVELS)] == [0]


def test_scatter_hidden_by_the_step_leaves_the_step_as_uncertainty() -> None:
    points = ramps([2.05, 9.0, 9.0], 1e-4, seed=3, step_V=0.1)
    (threshold,) = find_thresholds(points, LEVELS)
    assert threshold.voltage_V.value == pytest.approx(2.05, abs=1e-6)
    assert threshold.voltage_V.high - threshold.voltage_V.low >= 0.1
    assert threshold.sigma_V.low == 0
