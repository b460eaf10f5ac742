"""Trains of equal pulses are calibrated by what their first pulses do, and a stay is one visit."""

import numpy as np
import pandas as pd
import pytest

from dwmtj.analysis.calibration.ladders import count_transitions
from dwmtj.analysis.calibration.levels import visits_by_level
from dwmtj.analysis.calibration.runs import CalibrationRun
from dwmtj.analysis.calibration.state_sequences import assign_states
from dwmtj.arrays import Floats

AMPLITUDES_V, PULSES, TRIALS = (2.4, 2.5, 2.6), 10, 80


def trains(*, thresholds: bool) -> pd.DataFrame:
    """Return trains of equal pulses from saturation that move the wall from 100 to 93 Ω.

    With `thresholds` each visit has one of its own, 2.5 ± 0.1 V; else every pulse moves the wall
    with the same probability, that of a first pulse with thresholds.
    """
    rng = np.random.default_rng(1)
    rows = []
    for cycle, amplitude_V in enumerate(TRIALS * AMPLITUDES_V):
        rows.append((cycle, "bias", np.nan, 100.0))
        threshold_V = np.full(PULSES, rng.normal(2.5, 0.1))
        if not thresholds:
            threshold_V = rng.normal(2.5, 0.1, PULSES)
        moved = np.maximum.accumulate(amplitude_V > threshold_V)
        rows += [(cycle, "write", amplitude_V, 93.0 if each else 100.0) for each in moved]
    points = pd.DataFrame(rows, columns=["cycle", "phase", "amplitude_V", "resistance_ohm"])
    points["resistance_ohm"] += rng.normal(0, 0.2, len(points))
    return points.assign(time_s=0.0, pulse_width_s=50e-9, field_T=-0.004)


def moved(points: pd.DataFrame) -> tuple[Floats, int]:
    """Return the share of counted pulses that moved the wall at each amplitude, and the visits."""
    found = assign_states([CalibrationRun(points, "d", 1)], [100.0, 93.0])
    counts = count_transitions(found.ladders, found.states, 2)[:, 0]
    visits = sum(len(each) for each in visits_by_level(found))
    return counts[:, 1] / counts.sum(axis=1), visits


@pytest.mark.parametrize("thresholds", [True, False])
def test_the_probability_is_that_of_a_first_pulse_however_often_it_is_repeated(
    thresholds: bool,
) -> None:
    """80 first pulses at each amplitude: within 3 standard errors of 0.16, 0.5 and 0.84."""
    share, _ = moved(trains(thresholds=thresholds))
    assert share == pytest.approx([0.1587, 0.5, 0.8413], abs=3 * 0.056)


def test_a_stay_over_equal_pulses_is_one_visit() -> None:
    points = trains(thresholds=True)
    _, visits = moved(points)
    assert visits == TRIALS * len(AMPLITUDES_V)  # a wall moves at the first pulse or never


def test_trains_of_one_amplitude_in_two_cycles_do_not_repeat_each_other() -> None:
    points = trains(thresholds=True)
    without_bias = points[points["amplitude_V"].notna() & (points["amplitude_V"] == 2.6)]
    _, visits = moved(without_bias)
    assert visits == TRIALS
