"""Readings before or after one change that nothing undoes, as by burning or forming."""

import numpy as np
import pandas as pd
import pytest

from dwmtj.analysis import AnalysisError, measure_levels
from dwmtj.analysis.formatting import format_interval
from dwmtj.analysis.levels.remarks import level_remarks

from .kinds import FOUR_OHM, ladder

SEEDS = range(2)


def staircases(seed: int, cycles: int) -> pd.DataFrame:
    return ladder(np.random.default_rng([41, seed]), FOUR_OHM, cycles=cycles, stay=(5, 12))


def replaced(run: pd.DataFrame, where: np.ndarray, ohm: float, seed: int) -> pd.DataFrame:
    noise = np.exp(0.01 * np.random.default_rng([42, seed]).normal(size=len(run)))
    return run.assign(resistance_ohm=run["resistance_ohm"].where(~where, ohm * noise))


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("cycles", [2, 5, 10])
@pytest.mark.parametrize("ohm", [3.0, 1e7])
def test_a_junction_that_burns_in_its_first_cycle_is_named_with_its_cycles(
    seed: int, cycles: int, ohm: float
) -> None:
    run = staircases(seed, cycles)
    burnt = run.index.to_numpy() >= (run["cycle"] == 0).sum() // 2
    report = measure_levels(replaced(run, burnt, ohm, seed))
    assert {round(level.mean_ohm) for level in report.levels} <= set(range(66, 102))
    (left,) = level_remarks(report)[:1]
    assert left.startswith(f"Left out as outliers: burnt junction in cycles 1 to {cycles} (")


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("cycles", [3, 8])
def test_readings_before_a_forming_pulse_are_no_level(seed: int, cycles: int) -> None:
    run = staircases(seed, cycles)
    early = run.index.to_numpy() < (run["cycle"] == 0).sum() // 3
    report = measure_levels(replaced(run, early, 1e6, seed))
    assert len(report.levels) == 4
    (left,) = report.outliers
    assert (left.kind, left.readings, left.cycles) == ("before forming", early.sum(), (0, 0))


@pytest.mark.parametrize("ohm", [3.0, 1e6])
def test_of_two_cycles_apart_neither_is_taken_for_the_device(ohm: float) -> None:
    run = staircases(1, 2)
    with pytest.raises(AnalysisError, match=r"in the series of pulses 2 .* never comes back"):
        measure_levels(replaced(run, (run["cycle"] == 0).to_numpy(), ohm, 1))


def test_an_error_about_levels_names_what_was_left_out() -> None:
    run = staircases(1, 6)
    early = 8
    burnt = run.index.to_numpy() >= early
    run.loc[: early - 1, "resistance_ohm"] = 100.0 + 0.01 * np.arange(early) % 0.03
    with pytest.raises(AnalysisError, match=r"single level.* burnt junction in cycles 1 to 6"):
        measure_levels(replaced(run, burnt, 3.0, 1))


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("cycles", [3, 6])
def test_an_open_contact_is_no_level_however_long_and_equal_its_readings(
    seed: int, cycles: int
) -> None:
    run = staircases(seed, cycles)
    at = (seed + 1) * len(run) // 6
    run.loc[at : at + seed * 3 + 1, "resistance_ohm"] = 1.2e9
    report = measure_levels(run)
    assert len(report.levels) == 4
    assert [kind.kind for kind in report.outliers] == ["open contact"]


@pytest.mark.parametrize(("ohm", "what"), [(0.5, "a short or burnt junction"), (1e6, "an open")])
def test_one_ladder_that_jumps_by_decades_and_stays_is_no_device(ohm: float, what: str) -> None:
    run = staircases(3, 1)
    late = run.index.to_numpy() >= len(run) // 2
    with pytest.raises(AnalysisError, match=f"stays there: {what}.* one series of pulses cannot"):
        measure_levels(replaced(run, late, ohm, 3))
    by_hand = measure_levels(replaced(run, late, ohm, 3), 2)
    assert len(by_hand.levels) == 2


def test_one_ladder_without_a_jump_keeps_its_levels() -> None:
    assert len(measure_levels(staircases(3, 1)).levels) == 4


def test_the_median_of_a_level_visited_once_has_no_upper_end() -> None:
    run = staircases(3, 1)
    late = run.index.to_numpy() >= len(run) // 2
    for level in measure_levels(replaced(run, late, 0.5, 3), 2).levels:
        ends = level.resistance_ohm
        assert format_interval(ends.value, ends.low, ends.high).endswith("(interval unbounded)")
