"""A thermally activated switching probability is recovered from pulses with known outcomes."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from dwmtj.analysis import AnalysisError, Trials, find_levels, fit_depinning, switching_trials

CRITICAL_V, BARRIER, RATE_Hz = 3.2, 80.0, 1e9


def pulses(
    rng: np.random.Generator, widths_s: tuple[float, ...], visits: int, spread: float
) -> Trials:
    ladder = np.arange(2.0, 3.6, 0.01)
    amplitude, width, switched, visit = [], [], [], []
    for number in range(visits):
        width_s = widths_s[number % len(widths_s)]
        critical = CRITICAL_V * (1 + spread * rng.normal())
        gap = np.maximum(0, 1 - ladder / critical)
        chance = 1 - np.exp(-RATE_Hz * width_s * np.exp(-BARRIER * gap**1.5))
        last = int(np.argmax(rng.random(len(ladder)) < chance))
        amplitude += ladder[: last + 1].tolist()
        width += [width_s] * (last + 1)
        switched += [False] * last + [True]
        visit += [number] * (last + 1)
    return Trials(np.array(amplitude), np.array(width), np.array(switched), np.array(visit))


def test_barrier_and_critical_amplitude_lie_in_their_intervals() -> None:
    """20 runs of 40 visits; fewer than 16 of 20 covered at true 95 %: 3e-3 each."""
    covered = []
    for seed in range(20):
        fit = fit_depinning(pulses(np.random.default_rng(seed), (50e-9,), 40, 0.0))
        assert fit.determined
        covered.append((CRITICAL_V in fit.critical_V, BARRIER in fit.barrier_kT))
    assert (np.sum(covered, axis=0) >= 16).all()


def test_the_band_holds_the_true_probability() -> None:
    fit = fit_depinning(pulses(np.random.default_rng(3), (50e-9,), 60, 0.0))
    amplitude = np.linspace(2.3, 3.0, 15)
    truth = 1 - np.exp(-RATE_Hz * 50e-9 * np.exp(-BARRIER * (1 - amplitude / CRITICAL_V) ** 1.5))
    value, low, high = fit.probability(amplitude, 50e-9)
    assert ((low <= value) & (value <= high)).all()
    assert ((low <= truth) & (truth <= high)).mean() >= 0.8


def test_a_spread_from_visit_to_visit_is_told_from_the_thermal_one() -> None:
    trials = pulses(np.random.default_rng(5), (5e-9, 50e-9, 5e-6), 150, 0.02)
    assert 0.02 in fit_depinning(trials, spread=True).spread


def test_few_visits_have_no_strengths_of_their_own() -> None:
    trials = pulses(np.random.default_rng(5), (50e-9,), 29, 0.02)
    with pytest.raises(AnalysisError, match="29 visits are too few to tell a strength of each"):
        fit_depinning(trials, spread=True)
    assert fit_depinning(trials).determined


def test_the_attempt_rate_takes_several_widths() -> None:
    with pytest.raises(AnalysisError, match="one width"):
        fit_depinning(pulses(np.random.default_rng(6), (50e-9,), 20, 0.0), attempt_rate_Hz=None)
    trials = pulses(np.random.default_rng(6), (5e-9, 500e-9, 50e-6), 90, 0.0)
    fit = fit_depinning(trials, attempt_rate_Hz=None)
    assert fit.attempt_rate_fitted
    assert RATE_Hz in fit.attempt_rate_Hz


def test_too_few_switches_are_said() -> None:
    with pytest.raises(AnalysisError, match="at least 5"):
        fit_depinning(pulses(np.random.default_rng(7), (50e-9,), 3, 0.0))


def test_the_trials_of_a_run_are_the_pulses_fired_at_a_level(
    known_levels: Callable[..., Any], staircase_run: Callable[..., Any]
) -> None:
    rng = np.random.default_rng(8)
    run = staircase_run(known_levels(rng, 20, 40), rng, 10)
    trials = switching_trials(run, find_levels(run), 0)
    same_cycle = run["cycle"].to_numpy()[1:] == run["cycle"].to_numpy()[:-1]
    fired = (run["truth"].to_numpy()[:-1] == 0) & same_cycle
    assert len(trials.switched) == fired.sum()
    assert trials.switched.sum() == 10
    assert len(np.unique(trials.visit)) == 10
    with pytest.raises(AnalysisError, match="no column pulse_width_s"):
        switching_trials(run.drop(columns="pulse_width_s"), find_levels(run), 0)
