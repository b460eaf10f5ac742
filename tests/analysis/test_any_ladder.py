"""Levels of ladders of any kind: each test is a kind, tried with several seeds.

Wrong numbers of levels in 1 % of such runs would make one of these tests fail in 1 % to 10 %; the
seeds are fixed.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import pytest

from dwmtj.analysis import AnalysisError, find_levels, measure_levels
from dwmtj.analysis.levels.grouping.gradual import GradualDeviceError
from dwmtj.analysis.levels.remarks import level_remarks

from .kinds import FOUR_OHM, endurance, ladder, points

SEEDS = range(8)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("stay", [(1, 1), (1, 3), (5, 12)])
def test_two_to_sixty_four_levels_are_found(seed: int, stay: tuple[int, int]) -> None:
    rng = np.random.default_rng([1, seed])
    number = (2, 4, 7, 12, 24, 40, 55, 64)[seed]
    means = (50 + 3.4 * np.arange(number)[::-1]).tolist()
    run = ladder(rng, means, cycles=3, stay=stay, seat_ohm=0.1, noise_ohm=0.03)
    levels = find_levels(run)
    assert [level.mean_ohm for level in levels] == pytest.approx(means, abs=0.4)


@pytest.mark.parametrize("seed", range(2))
def test_many_levels_that_walls_often_pass_keep_their_number(seed: int) -> None:
    """Sixty-four levels 19 σ apart, of which a quarter of the walls pass each; six cycles.

    No ladder visits all, so that some neighbours are never visited by the same one.
    """
    rng = np.random.default_rng([14, seed])
    means = np.linspace(400, 100, 64)
    run = ladder(
        rng,
        means.tolist(),
        cycles=6,
        stay=(1, 4),
        seat_ohm=0.2,
        noise_ohm=0.15,
        passed=0.26,
    )
    nearest = np.abs(run["resistance_ohm"].to_numpy()[:, None] - means).argmin(axis=1)
    visited = len(np.unique(nearest))
    report = measure_levels(run)
    assert len(report.levels) == visited
    assert report.number_text == str(visited)


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize(("number", "apart"), [(64, 6.0), (40, 6.5), (16, 7.0)])
def test_coarse_ladders_of_close_levels_lose_none(seed: int, number: int, apart: float) -> None:
    """Every pulse moves the wall; levels are `apart` σ from each other, in ln R or in R."""
    rng = np.random.default_rng([13, seed])
    step = 0.07 if seed % 2 else 0.01
    means = 1e5 * np.exp(-step * np.arange(number))
    spread = step / apart * means
    run = ladder(rng, means.tolist(), cycles=20, stay=(1, 1), seat_ohm=0, noise_ohm=0)
    run["resistance_ohm"] += np.tile(spread, 20) * rng.normal(size=len(run))
    assert len(find_levels(run)) == number


@pytest.mark.parametrize("seed", range(1))
def test_among_very_many_readings_the_rarest_make_no_level(seed: int) -> None:
    run = ladder(
        np.random.default_rng([14, seed]),
        FOUR_OHM,
        cycles=700,
        stay=(30, 50),
        seat_ohm=0,
        noise_ohm=0.3,
    )
    report = measure_levels(run)
    assert [level.mean_ohm for level in report.levels] == pytest.approx(FOUR_OHM, abs=0.01)
    assert report.unresolved == ()


@pytest.mark.parametrize("seed", SEEDS)
def test_walls_that_pass_levels_in_some_cycles_leave_all_levels(seed: int) -> None:
    run = ladder(np.random.default_rng([2, seed]), FOUR_OHM, cycles=9, stay=(1, 4), passed=0.3)
    assert len(find_levels(run)) == 4


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("value", [1e6, 9.9e37, 999.9, 0.01, -5.0])
def test_spikes_of_any_value_are_no_levels(seed: int, value: float) -> None:
    rng = np.random.default_rng([3, seed])
    run = ladder(rng, FOUR_OHM, cycles=6, stay=(2, 5))
    at = rng.choice(len(run), 1 if value < 0 else 3, replace=False)
    run.loc[at, "resistance_ohm"] = value
    report = measure_levels(run)
    assert [level.mean_ohm for level in report.levels] == pytest.approx(FOUR_OHM, abs=1)
    assert sum(kind.readings for kind in report.outliers) == len(at)


@pytest.mark.parametrize("burnt_ohm", [3.0, 1e7])
def test_a_junction_that_burns_keeps_the_levels_it_had(burnt_ohm: float) -> None:
    rng = np.random.default_rng(4)
    run = ladder(rng, FOUR_OHM, cycles=6, stay=(2, 5))
    dead = run.index >= int(0.8 * len(run))
    run.loc[dead, "resistance_ohm"] = burnt_ohm * (1 + 0.05 * rng.normal(size=dead.sum()))
    report = measure_levels(run)
    assert len(report.levels) == 4
    assert [(kind.kind, kind.readings) for kind in report.outliers] == [
        ("burnt junction", dead.sum())
    ]


@pytest.mark.parametrize("seed", SEEDS)
def test_a_junction_that_burns_before_its_last_cycle_has_no_level_of_it(seed: int) -> None:
    """Also the second of two cycles, and with an open contact among the burnt readings."""
    for cycles in (2, 3, 6):
        rng = np.random.default_rng([21, seed, cycles])
        run = ladder(rng, FOUR_OHM, cycles=cycles, stay=(5, 8))
        dead = np.flatnonzero(run["cycle"] == cycles - 1)
        run.loc[dead, "resistance_ohm"] = 3.0 * (1 + 0.05 * rng.normal(size=len(dead)))
        if cycles > 2:
            run.loc[dead[10], "resistance_ohm"] = 1.2e9
        report = measure_levels(run)
        assert [level.mean_ohm for level in report.levels] == pytest.approx(FOUR_OHM, abs=1)
        (burnt,) = report.outliers
        assert (burnt.kind, burnt.readings) == ("burnt junction", len(dead))


def test_a_first_cycle_at_a_lower_resistance_is_not_taken_for_the_sound_one() -> None:
    run = ladder(np.random.default_rng(22), FOUR_OHM, cycles=2, stay=(5, 8))
    first = run["cycle"] == 0
    run.loc[first, "resistance_ohm"] = 3.0 * np.linspace(0.99, 1.01, first.sum())
    try:
        outliers = measure_levels(run).outliers
    except AnalysisError:
        return
    assert "burnt junction" not in [kind.kind for kind in outliers]


def test_readings_that_never_repeat_are_no_levels() -> None:
    steps = np.linspace(100, 60, 10) + np.random.default_rng(23).normal(0, 0.1, 10)
    with pytest.raises(AnalysisError, match="10 readings hardly repeat"):
        measure_levels(points(0, 2.0, steps))


@pytest.mark.parametrize("seed", SEEDS)
def test_states_decades_apart_are_grouped_in_log_R(seed: int) -> None:
    run = endurance(np.random.default_rng([5, seed]), 20 + 40 * seed, (2e5, 0.4))
    upper, lower = find_levels(run)
    assert (upper.scale, lower.scale) == ("log", "log")
    assert 2e5 in upper.resistance_ohm or upper.mean_ohm == pytest.approx(2e5, rel=0.2)
    assert lower.mean_ohm == pytest.approx(5e3, rel=0.1)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("rate", [-0.01, 0.01])
def test_a_drift_of_one_per_cent_a_cycle_is_tracked_and_reported(seed: int, rate: float) -> None:
    rng = np.random.default_rng([6, seed])
    run = ladder(rng, FOUR_OHM, cycles=8 + 2 * seed, stay=(1, 8), seat_ohm=0.2)
    run["resistance_ohm"] *= np.exp(rate * (run["cycle"] - run["cycle"].mean()))
    levels = find_levels(run)
    assert len(levels) == 4
    drift = levels[0].drift
    assert drift is not None
    assert drift.per_cycle.value == pytest.approx(rate, abs=1e-3)


def test_levels_that_do_not_drift_have_no_drift() -> None:
    for seed in SEEDS:
        run = ladder(np.random.default_rng([7, seed]), FOUR_OHM, cycles=5 + seed, stay=(1, 8))
        assert find_levels(run)[0].drift is None


@pytest.mark.parametrize("cycles", [2, 3])
@pytest.mark.parametrize("stay", [(2, 5), (60, 100)])
def test_two_or_three_cycles_show_the_levels_or_say_how_many_are_likely(
    cycles: int, stay: tuple[int, int]
) -> None:
    """The paper's trapezoid; the second level scatters by 1.1 ohm from visit to visit."""
    for seed in SEEDS:
        rng = np.random.default_rng([8, seed, cycles])
        run = ladder(
            rng, (100, 93.3, 76.1, 67.1), cycles=cycles, stay=stay, seat_ohm=(0.03, 1.1, 0.4, 0.3)
        )
        report = measure_levels(run)
        assert len(report.levels) == 4 or report.number_probability[4] > 0.05
        assert sum(report.number_probability.values()) == pytest.approx(1)


def test_an_open_number_of_levels_is_said_with_its_probabilities() -> None:
    run = points([0] * 6 + [1] * 6, [1, 2, 3, 4, 5, 6] * 2, [100, 100, 94, 94, 67, 67] * 2)
    run["resistance_ohm"] += 0.01 * np.arange(12)
    run.loc[8:9, "resistance_ohm"] -= 4
    report = measure_levels(run)
    assert set(report.number_probability) == {3, 4}
    assert "4 (" in report.number_text
    assert "3 (" in report.number_text


@pytest.mark.parametrize("seed", SEEDS)
def test_potentiation_curves_have_no_separate_levels(seed: int) -> None:
    rng = np.random.default_rng([9, seed])
    pulses, cycles = 20 + 6 * seed, 1 + seed
    rise = 1 + 4 * (1 - np.exp(-np.arange(pulses) / (0.5 * pulses)))
    resistance = np.tile(1e5 / rise, cycles) * (1 + 0.01 * rng.normal(size=pulses * cycles))
    with pytest.raises(GradualDeviceError, match="gradual"):
        find_levels(points(np.repeat(np.arange(cycles), pulses), 2.0, resistance))


def test_a_meter_of_one_ohm_makes_no_level_of_a_digit() -> None:
    for seed in SEEDS:
        run = ladder(np.random.default_rng([10, seed]), FOUR_OHM, cycles=5, stay=(3, 6))
        levels = find_levels(run.round({"resistance_ohm": 0}))
        assert [level.mean_ohm for level in levels] == pytest.approx(FOUR_OHM, abs=1)
        assert min(level.std_ohm for level in levels) >= 1 / np.sqrt(12) - 1e-9


def train(rng: np.random.Generator, amplitudes_V: Sequence[float], moves: float) -> pd.DataFrame:
    """Ten equal pulses at each amplitude, from 100 to 93 Ω, read with 0.2 Ω of noise."""
    rows = []
    for cycle, amplitude_V in enumerate(amplitudes_V):
        moved = (rng.random(10) < moves).cumsum() > 0
        rows += [(cycle, amplitude_V, 93.0 if each else 100.0) for each in moved]
    run = points(*zip(*rows, strict=True))
    run["resistance_ohm"] += rng.normal(0, 0.2, len(run))
    return run


@pytest.mark.parametrize("seed", range(12))
def test_a_few_trains_of_equal_pulses_have_two_levels(seed: int) -> None:
    run = train(np.random.default_rng([15, seed]), [1.1, 1.2, 1.3, 1.1, 1.2, 1.3], 0.3)
    assert [level.mean_ohm for level in find_levels(run)] == pytest.approx([100, 93], abs=0.3)


def test_trains_of_different_amplitude_tell_a_level_that_one_train_alone_visits() -> None:
    """A train too weak to move the wall stays where the others never are."""
    rng = np.random.default_rng(17)
    rows = [(0, 1.0, 100.0)] * 10
    for cycle, amplitude_V in enumerate((1.5, 2.0, 2.5, 3.0), start=1):
        rows += [(cycle, amplitude_V, 94.0 + rng.normal(0, 0.6))] * 10
    run = points(*zip(*rows, strict=True))
    run["resistance_ohm"] += rng.normal(0, 0.3, len(run))
    assert [level.mean_ohm for level in find_levels(run)] == pytest.approx([100, 94], abs=1)


def test_ten_readings_of_one_level_have_no_levels() -> None:
    """Chance makes close groups of them, rarely such as a wall that goes one way would make."""
    refused = 0
    for seed in range(24):
        try:
            find_levels(train(np.random.default_rng([16, seed]), [1.2], 0.0))
        except AnalysisError:
            refused += 1
    assert refused >= 20


@pytest.mark.parametrize("when", ["first", "last"])
def test_a_device_that_changes_during_a_run_is_said_to(when: str) -> None:
    rng = np.random.default_rng(5)
    run = ladder(rng, FOUR_OHM, cycles=20, stay=(5, 8))
    assert measure_levels(run).passing == ()
    other = run["cycle"] < 3 if when == "first" else run["cycle"] >= 17
    run.loc[other, "resistance_ohm"] *= 1.05
    report = measure_levels(run)
    assert report.passing
    assert any("changed during the run" in remark for remark in level_remarks(report))


def test_levels_that_higher_pulses_alone_reach_are_no_change_of_the_device() -> None:
    run = ladder(np.random.default_rng(5), FOUR_OHM, cycles=20, stay=(5, 8))
    run = run[(run["cycle"] >= 10) | (run["resistance_ohm"] > 77)]
    assert measure_levels(run).passing == ()


def test_levels_given_by_number_or_position_are_those() -> None:
    run = ladder(np.random.default_rng(11), FOUR_OHM, cycles=6, stay=(3, 6))
    assert len(find_levels(run, 3)) == 3
    upper, lower = find_levels(run, [96.0, 73.0])
    assert upper.mean_ohm == pytest.approx(96.5, abs=1.5)
    assert lower.mean_ohm == pytest.approx(73.5, abs=1.5)
    with pytest.raises(AnalysisError, match="Two levels or more"):
        find_levels(run, [80.0])


def test_masked_readings_are_left_out() -> None:
    run = ladder(np.random.default_rng(12), FOUR_OHM, cycles=6, stay=(3, 6))
    run["mark"] = ["masked" if ohm < 73 else None for ohm in run["resistance_ohm"]]
    assert [round(level.mean_ohm) for level in find_levels(run)] == [100, 93, 80]


@pytest.mark.parametrize(("cycle", "R_ohm"), [(0, 1e6), (3, 3.0), (5, 3.0)])
def test_a_whole_cycle_apart_is_no_level(cycle: int, R_ohm: float) -> None:
    """A contact open before forming, a short for a cycle, and one to the end."""
    rng = np.random.default_rng(cycle)
    volts = np.arange(0.5, 4.01, 0.1)
    seats = np.array([100, 93, 80, 67])[np.searchsorted([1.2, 2.6, 3.5], volts)]
    table = [
        (number, volt, ohm)
        for number in range(6)
        for volt, ohm in zip(
            volts,
            (np.full(len(volts), R_ohm) if number == cycle else seats)
            * (1 + 1e-3 * rng.normal(size=len(volts))),
            strict=True,
        )
    ]
    number, volt, ohm = (np.array(column) for column in zip(*table, strict=True))
    report = measure_levels(points(number.astype(int), volt, ohm))
    assert [round(level.mean_ohm) for level in report.levels] == [100, 93, 80, 67]
    (apart,) = report.outliers
    assert (apart.kind, apart.readings) == ("burnt junction" if cycle == 5 else "ladder apart", 36)
