"""Levels and switching voltages are recovered from points whose truth is known."""

import numpy as np
import pandas as pd
import pytest

from dwmtj.analysis import (
    AnalysisError,
    Estimate,
    Level,
    assign_levels,
    critical_voltage,
    find_levels,
    find_switches,
    measure_levels,
    state_maps,
)
from dwmtj.analysis.levels.find import means_and_sigmas

MEANS = np.array([100.0, 93.3, 76.1, 67.1])
AMPLITUDES = np.round(np.arange(0.1, 4.0, 0.01), 2)


def staircase(seed: int, cycles: int = 13) -> tuple[pd.DataFrame, np.ndarray]:
    """Points of a staircase with known switching voltages, and those voltages (cycles, 3)."""
    rng = np.random.default_rng(seed)
    switching = np.array([1.2, 3.0, 3.5]) + rng.normal(0, [0.05, 0.02, 0.03], (cycles, 3))
    frames = []
    for cycle in range(cycles):
        level = (AMPLITUDES[:, None] >= switching[cycle]).sum(axis=1)
        visited = MEANS + rng.normal(0, [0.05, 1.1, 0.4, 0.3])
        resistance = visited[level] + rng.normal(0, 0.05, len(level))
        frames.append(
            pd.DataFrame(
                {
                    "cycle": cycle,
                    "phase": "write",
                    "amplitude_V": AMPLITUDES,
                    "resistance_ohm": resistance,
                }
            )
        )
    return pd.concat(frames, ignore_index=True), switching


@pytest.mark.parametrize("seed", range(20))
def test_known_levels_are_found_with_their_means(seed: int) -> None:
    """Tolerance 4.5 standard errors of 13 visits: false alarms below 1e-3 over the 20 seeds."""
    points, _ = staircase(seed)
    levels = find_levels(points)
    assert len(levels) == len(MEANS)
    errors = np.abs([level.mean_ohm for level in levels] - MEANS)
    assert (errors <= 4.5 * np.array([0.1, 1.1, 0.4, 0.3]) / np.sqrt(13)).all()


def test_switching_voltages_lie_half_a_step_below_the_first_amplitude_beyond() -> None:
    points, switching = staircase(seed=1)
    levels = find_levels(points)
    for level in (1, 2, 3):
        found = critical_voltage(find_switches(points, levels), level)
        assert found is not None
        truth = np.ceil(switching[:, level - 1] * 100 - 1e-9) / 100 - 0.005
        assert found.mean_V == pytest.approx(truth.mean())
        assert found.variation == pytest.approx(2 * np.ptp(truth) / truth.mean())
        assert found.cycles == 13


def test_a_hop_over_a_level_counts_the_levels_it_spans() -> None:
    points = pd.DataFrame(
        {
            "cycle": [0] * 6 + [1] * 6,
            "phase": "ramp",
            "amplitude_V": [1.0, 2, 3, 4, 5, 6] * 2,
            "resistance_ohm": [100, 100, 80, 80, 60, 60, 100, 100, 100, 60, 60, 60],
        }
    )
    hops = [
        (s.cycle, s.amplitude_V, s.levels_crossed)
        for s in find_switches(points, find_levels(points))
    ]
    assert hops == [(0, 3.0, 1), (0, 5.0, 1), (1, 4.0, 2)]


def test_a_state_map_has_every_cycle_in_one_level_at_every_amplitude() -> None:
    points, _ = staircase(seed=2)
    (found,) = state_maps(points, find_levels(points))
    assert found.amplitudes_V.tolist() == AMPLITUDES.tolist()
    assert found.hits.shape == (len(AMPLITUDES), 4)
    assert (found.hits.sum(axis=1) == 13).all()
    assert found.hits[0].tolist() == [13, 0, 0, 0]
    assert found.hits[-1].tolist() == [0, 0, 0, 13]


def test_every_reading_belongs_to_the_nearest_level() -> None:
    points, _ = staircase(seed=3)
    levels = find_levels(points)
    means = np.array([level.mean_ohm for level in levels])
    assert assign_levels(means, levels).tolist() == [0, 1, 2, 3]


@pytest.mark.parametrize(
    ("resistance", "told"),
    [([100.0, 100.0, 100.0], "never changes"), ([100.0], "a single reading after a pulse")],
)
def test_what_cannot_be_determined_is_said(resistance: list[float], told: str) -> None:
    points = pd.DataFrame(
        {
            "cycle": 0,
            "phase": "write",
            "amplitude_V": np.arange(len(resistance)) + 1.0,
            "resistance_ohm": resistance,
        }
    )
    with pytest.raises(AnalysisError, match=told):
        find_levels(points)


def cycles(*readings_ohm: list[float]) -> pd.DataFrame:
    """Points of one ramp in each cycle, with amplitudes 1 V, 2 V, …"""
    rows = [
        (cycle, "ramp", number + 1.0, resistance_ohm)
        for cycle, ramp in enumerate(readings_ohm)
        for number, resistance_ohm in enumerate(ramp)
    ]
    return pd.DataFrame(rows, columns=["cycle", "phase", "amplitude_V", "resistance_ohm"])


def test_two_levels_are_enough_and_one_is_not() -> None:
    high, low = [100.1, 99.9, 100.0] * 2, [80.1, 79.9, 80.0] * 2
    found = measure_levels(cycles(*[[*high, *low]] * 4))
    assert [level.mean_ohm for level in found.levels] == pytest.approx([100.0, 80.0])
    assert [level.visits for level in found.levels] == [4, 4]
    with pytest.raises(AnalysisError, match="show a single level"):
        measure_levels(cycles(*[high] * 4))


def test_the_report_counts_every_reading_that_is_in_no_level() -> None:
    rng = np.random.default_rng(1)
    ramps = [
        [*rng.normal(100, 0.1, 12).tolist(), *rng.normal(80, 0.1, 12).tolist()] for _ in range(6)
    ]
    ramps[1][3] = 140.0  # a glitch
    ramps[2][20] = np.nan
    ramps[5] = ramps[5][:20]
    found = measure_levels(cycles(*ramps))
    assert (found.readings, found.missing_readings) == (6 * 24 - 1 - 4, 1)
    assert (found.outlying_readings, found.outlying_visits) == (1, 0)
    assert found.incomplete_cycles == (5,)
    assert found.once_visited == ()
    assert sum(level.readings for level in found.levels) == found.readings - 1


def level(mean_ohm: float, std_ohm: float, visits: int = 10) -> Level:
    return Level(Estimate(mean_ohm, 0, 0), Estimate(std_ohm, 0, 0), visits)


def test_a_level_visited_once_is_as_wide_as_the_others_usually_are() -> None:
    known = [level(100, 1.0), level(90, 0.5, 2), level(80, 2.0)]
    once = [level(70, 0.0, 1), level(60, 0.2, 1), level(50, 9.0, 1)]
    mean, sigma = means_and_sigmas([*known, *once[:2]])
    assert mean.tolist() == [100, 90, 80, 70, 60]
    assert sigma.tolist() == [1.0, 0.5, 2.0, 1.0, 1.0]
    assert means_and_sigmas([*known, *once])[1].tolist() == [1.0, 0.5, 2.0, 1.0, 1.0, 9.0]


def test_no_level_is_narrower_than_a_share_of_their_range() -> None:
    for visits in (1, 5):
        _, sigma = means_and_sigmas([level(100, 0.0, visits), level(50, 0.0, visits)])
        assert sigma.tolist() == [0.1, 0.1]


def test_a_reading_belongs_to_the_level_under_which_it_is_more_likely() -> None:
    """Between N(100, 1) and N(90, 4) the densities are equal at one point x in between."""
    levels = [level(100, 1.0), level(90, 4.0)]
    x = np.linspace(90, 100, 100_001)
    narrow, wide = np.exp(-((x - 100) ** 2) / 2), np.exp(-((x - 90) ** 2) / 32) / 4
    boundary = x[np.argmax(narrow > wide)]
    beside = np.array([[boundary - 0.01, boundary + 0.01], [70.0, 100.0]])
    assert assign_levels(beside, levels).tolist() == [[1, 0], [1, 0]]
