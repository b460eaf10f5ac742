"""Telegraph noise between two levels is told from switching by pulses."""

import numpy as np
import pandas as pd
import pytest

from dwmtj.analysis import AnalysisError
from dwmtj.analysis.levels.find import measure_levels
from dwmtj.analysis.switching.hopping import hopping_remarks
from dwmtj.analysis.switching.voltages import find_switches
from dwmtj.analysis.switching.width_ratio import depinning_voltages

from . import kinds


def hopping(hops: float, seed: int = 1, cycles: int = 10) -> pd.DataFrame:
    """Return a ladder over 100, 130 and 170 Ω whose middle state hops by 15 Ω after a pulse."""
    rng = np.random.default_rng(seed)
    run = kinds.ladder(rng, (100.0, 130.0, 170.0), cycles=cycles, stay=(15, 20))
    middle = run["resistance_ohm"].between(115, 150)
    high = np.cumsum(rng.random(len(run)) < hops) % 2
    run["resistance_ohm"] += 15.0 * middle * high
    return run


def remarks(hops: float, seed: int = 1, cycles: int = 10) -> tuple[str, ...]:
    run = hopping(hops, seed, cycles)
    return hopping_remarks(find_switches(run, measure_levels(run).levels))


@pytest.mark.parametrize("hops", [0.15, 0.3])
def test_a_level_that_hops_both_ways_is_named(hops: float) -> None:
    (sentence,) = remarks(hops)
    assert "hops by itself" in sentence
    assert "level 1 changes to 2" in sentence


def test_levels_that_pulses_pass_once_a_cycle_are_not() -> None:
    assert remarks(0.0, cycles=30) == ()


def test_a_junction_that_hops_has_no_width_ratio() -> None:
    run = hopping(0.3)
    with pytest.raises(AnalysisError, match="both ways under pulses of one sign"):
        depinning_voltages(run, measure_levels(run).levels)
