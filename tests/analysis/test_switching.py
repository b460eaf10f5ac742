"""Switching voltages, hops, resets and maps are recovered, steps and gaps included."""

import numpy as np
import pandas as pd
import pytest

from dwmtj.analysis import (
    Estimate,
    Level,
    SwitchingEvent,
    critical_voltage,
    find_switches,
    first_arrivals,
    levels_crossed_shares,
    one_step_resets,
    state_maps,
    voltage_statistics,
)
from dwmtj.analysis.intervals import mean_ci, std_ci

LEVELS = [Level(Estimate(r, r, r), Estimate(0.5, 0.4, 0.6), 10) for r in (100.0, 80.0, 60.0)]


@pytest.mark.parametrize("scatter_V", [0.002, 0.008, 0.05])
def test_the_interval_of_a_switching_voltage_covers_it_whatever_the_step(scatter_V: float) -> None:
    """300 devices of 13 cycles, step 10 mV; fewer than 91 % at true 95 %: 1e-3."""
    rng = np.random.default_rng(1)
    mean_covered, sigma_covered = [], []
    for _ in range(300):
        truth = rng.uniform(2.9, 3.1)
        found = np.ceil(rng.normal(truth, scatter_V, 13) * 100) / 100 - 0.005
        measured = voltage_statistics(found, 0.01)
        mean_covered.append(truth in measured.voltage_V)
        sigma_covered.append(scatter_V in measured.sigma_V)
    assert np.mean(mean_covered) >= 0.91
    assert np.mean(sigma_covered) >= 0.91
    if scatter_V > 0.01:
        assert np.mean(mean_covered) <= 0.98


def test_var_is_the_papers_and_its_expectation_holds_the_sampling() -> None:
    """The mean range of 13 normal values is 3.336 σ (Tippett)."""
    voltages = 3.0 + 0.02 * np.random.default_rng(2).normal(size=2000)
    measured = voltage_statistics(voltages[:13], 0.0)
    assert measured.variation == pytest.approx(2 * np.ptp(voltages[:13]) / voltages[:13].mean())
    ratio = measured.expected_variation.value * measured.mean_V / (2 * measured.std_V)
    assert ratio == pytest.approx(3.336, abs=2e-3)


@pytest.mark.parametrize("cycles", [2, 3, 13])
def test_voltages_found_without_a_step_have_students_and_chi_squares_intervals(cycles: int) -> None:
    voltages = 3.0 + 0.02 * np.random.default_rng(3).normal(size=cycles)
    measured = voltage_statistics(voltages, 0.0)
    student, spread = mean_ci(voltages), std_ci(float(voltages.std(ddof=1)), cycles - 1)
    for found, expected in ((measured.voltage_V, student), (measured.sigma_V, spread)):
        assert (found.value, found.low, found.high) == pytest.approx(
            (expected.value, expected.low, expected.high)
        )
    assert (measured.cycles, measured.step_V) == (cycles, 0.0)
    spans = measured.expected_variation
    assert (spans.low / spans.value, spans.high / spans.value) == pytest.approx(
        (spread.low / spread.value, spread.high / spread.value)
    )


def test_a_step_adds_its_variance_to_what_is_seen_and_its_bias_to_the_interval() -> None:
    """Sheppard's correction, and the largest error (s/π) exp(−2π²σ²/s²) of a rounded mean."""
    voltages = 3.0 + 0.1 * np.array([-2.0, -1.0, -1.0, 0.0, 0.0, 0.0, 1.0, 1.0, 2.0])
    step_V, seen = 0.1, voltages.var(ddof=1)
    measured, plain = voltage_statistics(voltages, step_V), voltage_statistics(voltages, 0.0)
    assert measured.std_V**2 == pytest.approx(seen - step_V**2 / 12)
    low, high = plain.sigma_V.low, plain.sigma_V.high
    assert measured.sigma_V.low**2 == pytest.approx(low**2 - step_V**2 / 12)
    assert measured.sigma_V.high**2 == pytest.approx(high**2 - step_V**2 / 12)
    bias_V = step_V / np.pi * np.exp(-2 * np.pi**2 * measured.std_V**2 / step_V**2)
    assert measured.voltage_V.high - plain.voltage_V.high == pytest.approx(bias_V, abs=1e-12)


def test_no_visible_scatter_leaves_the_whole_step_open() -> None:
    measured = voltage_statistics(np.full(5, 3.0), 0.1)
    assert (measured.voltage_V.low, measured.voltage_V.high) == pytest.approx((2.95, 3.05))
    assert (measured.std_V, measured.sigma_V.low) == (0.0, 0.0)
    assert 0.05 < measured.sigma_V.high < 0.15


@pytest.mark.parametrize(("cycles", "sigma_V"), [(15, 0.02), (100, 0.03)])
def test_a_scatter_far_below_the_step_lies_in_its_interval(cycles: int, sigma_V: float) -> None:
    """200 runs with steps of 0.1 V; fewer than 176 covered at true 95 %: 1e-4."""
    rng = np.random.default_rng(7)
    covered = 0
    for _ in range(200):
        volts = rng.uniform(3.0, 3.1) + sigma_V * rng.normal(size=cycles)
        seen = 0.1 * (np.ceil(volts / 0.1) - 0.5)
        covered += sigma_V in voltage_statistics(seen, 0.1).sigma_V
    assert covered >= 176


@pytest.mark.parametrize(("steps", "shows_scatter"), [((0, 1), False), ((-1, 0, 1), True)])
def test_two_neighbouring_steps_show_no_scatter_and_three_do(
    steps: tuple[int, ...], shows_scatter: bool
) -> None:
    measured = voltage_statistics(3.0 + 0.1 * np.repeat(steps, 100), 0.1)
    assert measured.std_V > 0.03
    assert (measured.sigma_V.low > 0) is shows_scatter


@pytest.mark.parametrize("scatter_V", [0.002, 0.02, 0.2])
def test_switching_voltages_do_not_depend_on_the_unit(scatter_V: float) -> None:
    voltages = np.round(np.random.default_rng(4).normal(3, scatter_V, 9), 2)
    small, large = voltage_statistics(voltages, 0.01), voltage_statistics(voltages * 1e3, 10.0)
    for one, other in ((small.voltage_V, large.voltage_V), (small.sigma_V, large.sigma_V)):
        assert (other.value, other.low, other.high) == pytest.approx(
            (one.value * 1e3, one.low * 1e3, one.high * 1e3), rel=1e-6, abs=1e-9
        )
    assert large.variation == pytest.approx(small.variation)
    assert large.expected_variation.high == pytest.approx(small.expected_variation.high)


def test_a_single_cycle_tells_no_spread() -> None:
    measured = voltage_statistics(np.array([3.0]), 0.01)
    assert (measured.voltage_V.value, measured.variation) == (3.0, 0.0)
    assert (measured.voltage_V.low, measured.voltage_V.high) == (0.0, np.inf)
    for spread in (measured.sigma_V, measured.expected_variation):
        assert (spread.value, spread.low, spread.high) == (0.0, 0.0, np.inf)
    assert (measured.cycles, measured.step_V) == (1, 0.01)


def test_voltages_about_zero_have_no_relative_variation() -> None:
    measured = voltage_statistics(np.array([-1.0, 1.0]), 0.0)
    assert measured.variation == measured.expected_variation.value == np.inf


def test_a_change_of_level_is_one_event_at_the_first_amplitude_beyond() -> None:
    run = pd.DataFrame(
        {
            "cycle": [0, 0, 0, 0, 0, 0, 1, 1],
            "phase": ["write"] * 3 + ["reset"] * 3 + ["write"] * 2,
            "amplitude_V": [1.0, 1.5, 2.5, -1.0, -3.0, -2.0, 1.0, 1.5],
            "resistance_ohm": [100.0, 80.0, 60.0, 60.0, 80.0, 100.0, 80.0, 80.0],
        }
    )
    assert find_switches(run, LEVELS) == (
        SwitchingEvent(0, "write", 0, 1, 1.5, 0.5),
        SwitchingEvent(0, "write", 1, 2, 2.5, 1.0),
        SwitchingEvent(0, "reset", 2, 1, -3.0, 2.0),
        SwitchingEvent(0, "reset", 1, 0, -2.0, 0.0),  # at a smaller pulse: no step beyond
    )


def test_a_cycle_counts_with_its_first_arrival_half_a_step_below_the_amplitude() -> None:
    switches = [
        SwitchingEvent(0, "write", 0, 1, 2.0, 0.2),
        SwitchingEvent(0, "write", 1, 2, 2.5, 0.2),
        SwitchingEvent(0, "reset", 2, 1, -3.0, 0.4),
        SwitchingEvent(1, "reset", 2, 1, -3.4, 0.4),
        SwitchingEvent(1, "write", 0, 1, 2.2, 0.4),
        SwitchingEvent(1, "write", 0, 1, 2.6, 0.4),
        SwitchingEvent(2, "write", 0, 1, 2.4, 0.4),
    ]
    assert first_arrivals(switches, 1, "write") == pytest.approx({0: 1.9, 1: 2.0, 2: 2.2})
    assert first_arrivals(switches, 1) == pytest.approx({0: 1.9, 1: 3.2, 2: 2.2})
    measured = critical_voltage(switches, 1, "write")
    assert measured is not None
    assert (measured.mean_V, measured.step_V, measured.cycles) == pytest.approx((6.1 / 3, 0.4, 3))
    assert critical_voltage(switches, 0) is None
    assert critical_voltage(switches, 2, "reset") is None


def test_hops_and_resets_are_counted_with_intervals() -> None:
    switches = [SwitchingEvent(c, "write", 0, 2 if c < 3 else 1, 3.0) for c in range(10)]
    switches += [SwitchingEvent(c, "reset", 2, 0, -3.7) for c in range(9)]
    switches += [SwitchingEvent(9, "reset", 2, 1, -3.6), SwitchingEvent(9, "reset", 1, 0, -3.7)]
    hops = levels_crossed_shares(switches, "write")
    assert hops[2].value == pytest.approx(0.3)
    assert 0.3 in hops[2]
    assert hops[2].low == pytest.approx(0.0667, abs=1e-3)
    assert one_step_resets(switches, LEVELS).value == pytest.approx(0.9)


def test_a_map_says_what_so_few_cycles_cannot_exclude() -> None:
    run = pd.DataFrame(
        {
            "cycle": [0, 0, 0, 1, 1],
            "phase": "ramp",
            "amplitude_V": [1.0, 2.0, 3.0, 1.0, 2.0],
            "resistance_ohm": [100.0, 80.0, 80.0, 100.0, 100.0],
        }
    )
    (found,) = state_maps(run, LEVELS)
    assert found.trials.tolist() == [2, 2, 1]
    assert found.share[1].tolist() == [0.5, 0.5, 0.0]
    assert found.never_reached == (2,)
    assert (found.low[:, 2] == 0).all()
    assert (found.high[:, 2] > 0.6).all()
