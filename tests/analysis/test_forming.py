"""A first cycle that differs from all later ones is named, and one that does not is not."""

import numpy as np
import pandas as pd
import pytest

from dwmtj.analysis import measure_levels
from dwmtj.analysis.levels.remarks import level_remarks

from .kinds import FOUR_OHM, points

AMPLITUDES_V = np.round(np.arange(0.5, 4.0, 0.1), 2)
THRESHOLDS_V = np.linspace(1.5, 3.0, len(FOUR_OHM) - 1)


def staircases(
    seed: int, cycles: int, *, first_V: float = 0.0, start_ohm: float = FOUR_OHM[0]
) -> pd.DataFrame:
    """Thresholds that scatter by 0.05 V; those of the first cycle are higher, or its start is."""
    rng = np.random.default_rng([43, seed])
    parts = []
    for cycle in range(cycles):
        threshold_V = THRESHOLDS_V + rng.normal(0, 0.05, len(THRESHOLDS_V)) + first_V * (not cycle)
        seat = np.array(FOUR_OHM) + rng.normal(0, 0.3, len(FOUR_OHM))
        if cycle == 0:
            seat[0] += start_ohm - FOUR_OHM[0]
        level = np.searchsorted(np.maximum.accumulate(threshold_V), AMPLITUDES_V)
        parts.append(seat[level] + rng.normal(0, 0.05, len(level)))
    return points(
        np.repeat(np.arange(cycles), len(AMPLITUDES_V)),
        np.tile(AMPLITUDES_V, cycles),
        np.concatenate(parts),
    )


@pytest.mark.parametrize("cycles", [5, 8, 14])
def test_a_first_cycle_of_higher_threshold_is_named(cycles: int) -> None:
    """0.7 V are 14 standard deviations: Student's t beyond its limit in all but 0.1 % of runs."""
    for seed in range(4):
        report = measure_levels(staircases(seed, cycles, first_V=0.7))
        assert report.forming is not None
        assert report.forming.later_V == pytest.approx(1.5, abs=0.15)
        assert report.forming.first_V == pytest.approx(2.25, abs=0.2)
        assert any(
            "as by forming: it changes level first" in said for said in level_remarks(report)
        )


@pytest.mark.parametrize("cycles", [5, 8])
def test_a_first_cycle_with_a_level_of_its_own_is_named(cycles: int) -> None:
    report = measure_levels(staircases(1, cycles, start_ohm=130.0))
    assert report.forming is not None
    assert report.forming.levels == (0,)
    assert any("it visits level 0, which no later" in said for said in level_remarks(report))


def test_cycles_that_are_alike_show_no_forming() -> None:
    """12 runs; a false alarm in each with a probability of 0.2 % would fail this in 2 %."""
    runs = [staircases(100 + seed, 5 + seed % 10) for seed in range(12)]
    assert [measure_levels(run).forming for run in runs] == [None] * 12


def test_fewer_than_five_cycles_show_no_forming() -> None:
    assert measure_levels(staircases(1, 4, first_V=0.7)).forming is None
