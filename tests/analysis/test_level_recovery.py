"""Number, means and spreads of levels come out right as often as their intervals say."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from dwmtj.analysis import AnalysisError, find_levels, find_switches, measure_levels
from dwmtj.analysis.levels.grouping.gradual import GradualDeviceError
from dwmtj.simulators.device import Device, load_device

Maker = Callable[..., Any]
READ_NOISE_OHM = 0.02


def test_numbers_means_and_spreads_are_recovered(known_levels: Maker, staircase_run: Maker) -> None:
    """50 devices of 2 to 9 levels 6 to 50 σ apart: 98 % are to be right.

    A true share of 98 % gives fewer than 46 with probability 3e-3. About 280 intervals of each
    kind: at 95 % true coverage fewer than 91 % or more than 98.5 % happen with probability 3e-3.
    """
    right, mean_covered, sigma_covered = 0, [], []
    for seed in range(50):
        rng = np.random.default_rng(1000 + seed)
        truth = known_levels(rng, 6, 50)
        run = staircase_run(truth, rng, int(rng.integers(6, 16)))
        visited = sorted(run["truth"].unique())
        levels = find_levels(run)
        if len(levels) != len(visited):
            continue
        right += 1
        for level, k in zip(levels, visited, strict=True):
            sigma = float(np.hypot(truth.sigma_ohm[k], READ_NOISE_OHM))
            mean_covered.append(truth.mean_ohm[k] in level.resistance_ohm)
            sigma_covered.append(sigma in level.sigma_ohm)
    assert right >= 46
    assert 0.91 <= np.mean(mean_covered) <= 0.985
    assert 0.91 <= np.mean(sigma_covered) <= 0.985


def device_runs(count: int, cycles: int) -> list[pd.DataFrame]:
    device = Device(load_device("trapezoid"), seed=11, count=count)
    amplitudes = np.round(np.arange(0.5, 4.0, 0.01), 2)
    readings = []
    for _ in range(cycles):
        device.drive(0.0, 1.0, field_T=0.05)
        for amplitude in amplitudes:
            device.drive(float(amplitude), 50e-9, -0.004, 10e-9, 10e-9)
            device.drive(0.0, 10e-3, -0.004)
            readings.append(device.junction_voltage_V(1e-4, 0.02) / 1e-4)
    frame = pd.DataFrame(
        {
            "cycle": np.repeat(np.arange(cycles), len(amplitudes)),
            "phase": "write",
            "amplitude_V": np.tile(amplitudes, cycles),
            "pulse_width_s": 50e-9,
        }
    )
    return [frame.assign(resistance_ohm=column) for column in np.array(readings).T]


def test_the_simulated_trapezoids_levels_lie_in_their_intervals() -> None:
    """40 devices, 160 intervals of each kind; fewer than 88 % covered at true 95 %: 2e-4.

    Truth: means and σ of each level over 20,000 devices in that notch, read noise included.
    """
    truth = [(99.98, 0.032), (93.28, 1.126), (76.12, 0.416), (67.13, 0.301)]
    covered = []
    for run in device_runs(count=40, cycles=10):
        levels = find_levels(run)
        assert len(levels) == 4
        covered += [
            (mean in level.resistance_ohm, sigma in level.sigma_ohm)
            for level, (mean, sigma) in zip(levels, truth, strict=True)
        ]
    assert (np.mean(covered, axis=0) >= 0.88).all()


def test_a_glitch_is_reported_and_moves_nothing(known_levels: Maker, staircase_run: Maker) -> None:
    rng = np.random.default_rng(5)
    run = staircase_run(known_levels(rng, 10, 20), rng, 10)
    before = measure_levels(run)
    run.loc[500, "resistance_ohm"] = 1300.0
    run.loc[700, "resistance_ohm"] = np.nan
    after = measure_levels(run)
    assert (after.outlying_readings, after.missing_readings) == (1, 1)
    assert len(after.levels) == len(before.levels)
    assert len(find_switches(run, after.levels)) == len(find_switches(run, before.levels))


def test_levels_too_near_to_tell_apart_are_said_to_be_unresolved() -> None:
    rng = np.random.default_rng(3)
    cycles = 60
    visits = np.array([100.0, 70.0, 66.5]) + rng.normal(0, 1.0, (cycles, 3))
    run = pd.DataFrame(
        {
            "cycle": np.repeat(np.arange(cycles), 90),
            "phase": "write",
            "amplitude_V": np.tile(np.arange(90) * 0.02 + 0.1, cycles),
            "resistance_ohm": np.repeat(visits, 30) + rng.normal(0, 0.05, 90 * cycles),
        }
    )
    report = measure_levels(run)
    assert len(report.levels) == 2
    assert report.unresolved == (1,)


def test_a_level_visited_once_has_no_known_spread() -> None:
    rng = np.random.default_rng(4)
    resistance = np.r_[np.full(50, 100.0), np.full(50, 70.0)] + rng.normal(0, 0.1, 100)
    run = pd.DataFrame(
        {
            "cycle": 0,
            "phase": "write",
            "amplitude_V": np.arange(100) * 0.02,
            "resistance_ohm": resistance,
        }
    )
    report = measure_levels(run)
    assert report.once_visited == (0, 1)
    assert report.levels[0].resistance_ohm.high == np.inf


def test_an_aborted_cycle_is_named(known_levels: Maker, staircase_run: Maker) -> None:
    rng = np.random.default_rng(6)
    run = staircase_run(known_levels(rng, 10, 20), rng, 5)
    assert measure_levels(run.iloc[:-100]).incomplete_cycles == (4,)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"device": ["A", "B"] * 750}, "2 devices"),
        ({"resistance_ohm": np.nan}, "not numbers"),
        ({"resistance_ohm": 80.0}, "never changes"),
        ({"amplitude_V": np.nan}, "no readings after pulses"),
        ({"resistance_ohm": -5.0}, "zero or less"),
    ],
)
def test_bad_input_gets_a_sentence(
    change: dict[str, Any], told: str, known_levels: Maker, staircase_run: Maker
) -> None:
    rng = np.random.default_rng(6)
    run = staircase_run(known_levels(rng, 10, 20), rng, 5).assign(**change)
    with pytest.raises(AnalysisError, match=told):
        find_levels(run)


def test_a_single_noisy_level_is_no_set_of_levels() -> None:
    rng = np.random.default_rng(8)
    run = pd.DataFrame(
        {
            "cycle": np.repeat(np.arange(10), 100),
            "phase": "write",
            "amplitude_V": np.tile(np.arange(100) * 0.02, 10),
            "resistance_ohm": 80 + rng.normal(0, 0.5, 1000),
        }
    )
    with pytest.raises(AnalysisError, match="single level"):
        find_levels(run)


def test_a_run_without_the_columns_says_which() -> None:
    with pytest.raises(AnalysisError, match="no column cycle, phase"):
        find_levels(pd.DataFrame({"amplitude_V": [1.0], "resistance_ohm": [2.0]}))


def few_readings(count: int) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "cycle": 0,
            "phase": "write",
            "amplitude_V": 0.1 * np.arange(count),
            "resistance_ohm": np.where(np.arange(count) < count // 2, 100.0, 70.0),
        }
    )


@pytest.mark.parametrize("count", [5, 6, 7, 20])
def test_a_few_readings_show_a_jump(count: int) -> None:
    levels = measure_levels(few_readings(count)).levels
    assert [level.mean_ohm for level in levels] == pytest.approx([100.0, 70.0])


@pytest.mark.parametrize("count", [2, 3])
def test_too_few_readings_for_a_plateau_on_either_side_get_a_sentence(count: int) -> None:
    with pytest.raises(AnalysisError, match="single level"):
        measure_levels(few_readings(count))


def test_levels_merged_because_they_lie_close_are_said_to_be_unresolved(
    known_levels: Maker, staircase_run: Maker
) -> None:
    """12 devices, neighbours 3 to 4 σ apart; 51 of 53 wrong numbers are said to be unsure."""
    said = []
    for seed in range(12):
        rng = np.random.default_rng(500 + seed)
        truth = known_levels(rng, 3, 4)
        try:
            report = measure_levels(staircase_run(truth, rng, 15))
        except GradualDeviceError:  # no separate levels: said, too
            said.append(True)
            continue
        if len(report.levels) != len(truth.mean_ohm):
            said.append(bool(report.unresolved) or len(report.number_probability) > 1)
    assert np.mean(said) >= 0.8
