"""Two runs side by side: what is the same, what differs, and what differs beyond read noise."""

import numpy as np
import pandas as pd
import pytest

from dwmtj.analysis.run_comparison import compare_runs

NOISE = 1e-3
COUNT = 400


def a_run(seed: int, moved: dict[int, float] | None = None) -> pd.DataFrame:
    """A staircase between two levels with read noise; `moved` multiplies single readings."""
    generator = np.random.default_rng(seed)
    points = np.arange(COUNT)
    resistance = np.where(points < COUNT // 2, 1000.0, 800.0)
    resistance *= 1 + NOISE * generator.standard_normal(COUNT)
    for point, factor in (moved or {}).items():
        resistance[point] *= factor
    return pd.DataFrame(
        {
            "attempt": 1,
            "phase": np.where(points < 100, "bias", "write"),
            "cycle": points // 200,
            "amplitude_V": np.where(points < 100, np.nan, points * 0.01),
            "resistance_ohm": resistance,
        }
    )


def test_a_run_is_identical_to_itself_and_to_its_repetition_in_another_attempt() -> None:
    run = a_run(1)
    compared = compare_runs(run, run.assign(attempt=2))
    assert compared.identical
    assert compared.first is None
    assert [each.differing for each in compared.phases] == [0, 0]


def test_the_last_digit_counts() -> None:
    run = a_run(1)
    other = run.copy()
    other.loc[250, "resistance_ohm"] = np.nextafter(other["resistance_ohm"].iloc[250], 0)
    compared = compare_runs(run, other)
    assert not compared.identical
    assert compared.first is not None
    assert (compared.first.point, compared.first.column) == (250, "resistance_ohm")
    assert (compared.first.phase, compared.first.cycle) == ("write", 1)
    assert compared.first_beyond_noise is None


def test_the_read_noise_is_found_beside_a_switching_event() -> None:
    compared = compare_runs(a_run(1), a_run(2))
    assert compared.relative_noise == pytest.approx(NOISE, rel=0.15)


def test_noise_alone_is_beyond_noise_in_few_comparisons() -> None:
    """5 % of 100 comparisons in the mean; more than 13 has a probability of 1e-3."""
    alarms = sum(
        compare_runs(a_run(seed), a_run(1000 + seed)).first_beyond_noise is not None
        for seed in range(100)
    )
    assert alarms <= 13


def test_a_reading_that_moved_is_beyond_noise_and_named() -> None:
    compared = compare_runs(a_run(1), a_run(2, {30: 1.02, 350: 1.01}))
    assert compared.first_beyond_noise is not None
    assert (compared.first_beyond_noise.point, compared.first_beyond_noise.phase) == (30, "bias")
    assert compared.first_beyond_noise.amplitude_V is None
    assert [each.beyond_noise for each in compared.phases] == [1, 1]
    assert compared.phases[0].largest == pytest.approx(0.02, abs=5 * NOISE)


def test_a_junction_that_is_open_in_one_run_only_is_beyond_noise() -> None:
    other = a_run(1)
    other.loc[7, "resistance_ohm"] = np.nan
    compared = compare_runs(a_run(1), other)
    assert compared.first_beyond_noise is not None
    assert compared.first_beyond_noise.point == 7


def test_a_run_that_is_shorter_is_not_identical_and_compared_as_far_as_it_goes() -> None:
    run = a_run(1)
    compared = compare_runs(run, run.head(150))
    assert not compared.identical
    assert compared.first is None
    assert (compared.recorded_points, compared.repeated_points) == (400, 150)
    assert [each.points for each in compared.phases] == [100, 50]


def test_a_column_that_one_run_lacks_makes_every_point_differ() -> None:
    run = a_run(1)
    compared = compare_runs(run.assign(row=0), run)
    assert compared.first is not None
    assert compared.first.column == "row"


def test_readings_without_noise_differ_beyond_it_as_soon_as_they_differ() -> None:
    run = a_run(1).assign(resistance_ohm=100.0)
    other = run.copy()
    other.loc[3, "resistance_ohm"] = 100.1
    compared = compare_runs(run, other)
    assert compared.relative_noise is None
    assert compared.first_beyond_noise is not None
    assert compared.first_beyond_noise.point == 3
