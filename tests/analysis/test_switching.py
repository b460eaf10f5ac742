"""Switching voltages, hops, resets and maps are recovered, steps and gaps included."""

import numpy as np
import pandas as pd
import pytest

from dwmtj.analysis import (
    Estimate,
    Level,
    SwitchingEvent,
    levels_crossed_shares,
    one_step_resets,
    state_maps,
    voltage_statistics,
)

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


def test_a_single_cycle_tells_no_spread() -> None:
    measured = voltage_statistics(np.array([3.0]), 0.01)
    assert measured.voltage_V.high == np.inf
    assert measured.sigma_V.high == np.inf


def test_hops_and_resets_are_counted_with_intervals() -> None:
    switches = [SwitchingEvent(c, "write", 0, 2 if c < 3 else 1, 3.0) for c in range(10)]
    switches += [SwitchingEvent(c, "reset", 2, 0, -3.7) for c in range(9)]
    switches += [SwitchingEvent(9, "reset", 2, 1, -3.6), SwitchingEvent(9, "reset", 1, 0, -3.7)]
    hops = levels_crossed_shares(switches, "write")
    assert hops[2].value == pytest.approx(0.3)
    assert 0.3 in hops[2]
    assert hops[2].low == pytest.approx(0.1078, abs=1e-3)
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
