"""Levels and switching voltages are recovered from points whose truth is known."""

import numpy as np
import pandas as pd
import pytest

from dwmtj.analysis import (
    AnalysisError,
    assign_levels,
    critical_voltage,
    find_levels,
    find_switches,
    state_maps,
)

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
    [([100.0, 100.0, 100.0], "never changes"), ([100.0], "no readings after pulses")],
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
