"""Drifts and first failures over the cycles are found, and not found where there are none."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from dwmtj.analysis import AnalysisError, find_levels, find_switches, measure_endurance
from dwmtj.analysis.switching.cycling import has_single_halves, measure_cycling

Maker = Callable[..., Any]


def test_a_drift_is_found_and_none_invented(known_levels: Maker, staircase_run: Maker) -> None:
    """Of 34 intervals 6 or more miss their truth with probability 6e-3."""
    rng = np.random.default_rng(2)
    invented = missed = 0
    for _ in range(5):
        run = staircase_run(known_levels(rng, 20, 40), rng, 12)
        levels = find_levels(run)
        found = measure_endurance(run, levels, find_switches(run, levels))
        assert found.first_failure is None
        assert found.failure_probability.high == pytest.approx(0.2646, abs=1e-3)
        invented += sum(0.0 not in drift for drift in found.level_drift_ohm)
        run["resistance_ohm"] += 0.3 * run["cycle"]
        drifting = measure_endurance(run, levels, find_switches(run, levels))
        missed += sum(0.3 not in drift for drift in drifting.level_drift_ohm)
        assert any(0.0 not in drift for drift in drifting.level_drift_ohm)
    assert invented <= 5
    assert missed <= 5


def test_the_first_cycle_that_misses_a_level_is_the_first_failure(
    known_levels: Maker, staircase_run: Maker
) -> None:
    rng = np.random.default_rng(3)
    run = staircase_run(known_levels(rng, 20, 40), rng, 30)
    stuck = (run["cycle"] == 21) & (run["truth"] > 0)
    run.loc[stuck, "resistance_ohm"] = run["resistance_ohm"].iloc[0]
    levels = find_levels(run)
    found = measure_endurance(run, levels, find_switches(run, levels))
    assert found.failed == (21,)
    assert found.first_failure == 21
    assert 1 / 30 in found.failure_probability


def test_two_cycles_tell_no_drift(known_levels: Maker, staircase_run: Maker) -> None:
    rng = np.random.default_rng(4)
    run = staircase_run(known_levels(rng, 20, 40), rng, 2)
    levels = find_levels(run)
    with pytest.raises(AnalysisError, match="too few"):
        measure_endurance(run, levels, find_switches(run, levels))
    assert np.isfinite([level.mean_ohm for level in levels]).all()


def test_a_table_without_amplitudes_has_endurance_all_the_same() -> None:
    written, reset = np.full(30, 5.2e3), np.full(30, 12.3e3)
    reset[20:] = 5.3e3
    table = pd.DataFrame(
        {
            "cycle": np.repeat(np.arange(30), 2),
            "phase": ["write", "reset"] * 30,
            "amplitude_V": np.nan,
            "resistance_ohm": np.column_stack([written, reset]).ravel(),
        }
    )
    assert has_single_halves(table)
    assert measure_cycling(table).lasting_failure == 21
