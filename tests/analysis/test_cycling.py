"""Endurance: states, window and first failure, of one cycle, a million, and a broken junction."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from dwmtj.analysis import AnalysisError
from dwmtj.analysis.figures import panels_of, png_of
from dwmtj.analysis.figures.endurance import endurance_makers, states_over_cycles
from dwmtj.analysis.report.numbers import result_tables
from dwmtj.analysis.switching.cycling import (
    has_single_halves,
    measure_cycling,
    window_over_cycles,
)
from dwmtj.storage import Phase


def cycled(cycles: int, written: float = 67.0, reset: float = 100.0, seed: int = 1) -> pd.DataFrame:
    """Return points of cycles with one write and one reset pulse each, read with 0.5 Ω of noise."""
    rng = np.random.default_rng(seed)
    resistance = np.tile([written, reset], cycles) + rng.normal(0, 0.5, 2 * cycles)
    return pd.DataFrame(
        {
            "cycle": np.repeat(np.arange(cycles), 2),
            "phase": np.tile([Phase.WRITE.value, Phase.RESET.value], cycles),
            "time_s": np.arange(2.0 * cycles),
            "amplitude_V": np.tile([3.5, -3.5], cycles),
            "resistance_ohm": resistance,
        }
    )


def test_sound_cycles_do_not_fail_and_the_share_of_failures_has_a_bound() -> None:
    found = measure_cycling(cycled(300))
    assert found.first_failure is None and found.lasting_failure is None
    assert found.middle_ohm == pytest.approx(83.5, abs=0.2)
    assert found.failure_probability.value == 0 and found.failure_probability.high < 0.02


def test_a_state_on_the_wrong_side_is_the_first_failure_and_does_not_last() -> None:
    points = cycled(300)
    points.loc[2 * 41, "resistance_ohm"] = 100.0  # the write of the 42nd cycle
    found = measure_cycling(points)
    assert found.first_failure == 42 and found.lasting_failure is None
    assert found.failed.sum() == 1


def test_one_failure_at_the_end_is_not_said_to_last() -> None:
    points = cycled(200)
    points.loc[2 * 199 :, "resistance_ohm"] = 20.0
    table = next(each for each in result_tables(points) if each.title == "Endurance")
    assert any("one failure does not show whether it lasts" in each for each in table.remarks)


def test_a_broken_junction_fails_for_good_from_its_cycle_on() -> None:
    points = cycled(200)
    points.loc[2 * 150 :, "resistance_ohm"] = 20.0
    found = measure_cycling(points)
    assert found.first_failure == found.lasting_failure == 151
    table = next(each for each in result_tables(points) if each.title == "Endurance")
    assert ("first failure", "cycle 151") in table.rows
    (remark,) = (each for each in table.remarks if "From cycle 151 on" in each)
    assert "all 50 cycles that were read fail, the first after cycle 150" in remark
    assert "of further ones, 92.9 to 100 % would" in remark
    drawn = {panel.name: panel for panel in panels_of(points).drawn}
    assert png_of(drawn["endurance"]).startswith(b"\x89PNG")


@pytest.mark.parametrize("what", ["missing", "marked"])
def test_a_reading_that_is_no_number_or_is_marked_fails_its_cycle(what: str) -> None:
    points = cycled(50).assign(mark=None)
    if what == "missing":
        points.loc[2 * 10, "resistance_ohm"] = np.nan
    else:
        points.loc[2 * 10, "mark"] = "below 30 Ω"
    found = measure_cycling(points)
    assert found.first_failure == 11 and found.failed.sum() == 1


def test_a_cycle_that_was_not_finished_is_no_failure() -> None:
    found = measure_cycling(cycled(50).iloc[:-1])
    assert len(found.cycle) == 49 and found.first_failure is None


def test_one_cycle_has_states_and_figures_and_says_that_it_is_one() -> None:
    points = cycled(1)
    assert measure_cycling(points).first_failure is None
    for make in endurance_makers(points).values():
        assert png_of(make()).startswith(b"\x89PNG")
    table = next(each for each in result_tables(points) if each.title == "Endurance")
    assert any("One cycle" in remark for remark in table.remarks)


def test_negative_resistances_have_a_window_too() -> None:
    """A Hall resistance: written −5 Ω, reset −2 Ω, with 0.5 Ω of noise."""
    found = measure_cycling(cycled(200, written=-5.0, reset=-2.0))
    window = window_over_cycles(found)
    assert found.reset_is_higher
    assert window.margin_ohm[-2] == pytest.approx(3 - 2 * 1.645 * 0.5, abs=0.4)


def test_the_order_of_the_states_is_that_of_the_device() -> None:
    found = measure_cycling(cycled(50, written=100.0, reset=67.0))
    assert not found.reset_is_higher and found.first_failure is None
    assert (window_over_cycles(found).margin_ohm > 25).all()


def test_a_million_cycles_are_drawn_from_a_few_thousand_readings_with_every_failure() -> None:
    points = cycled(10**6)
    points.loc[2 * 777_776, "resistance_ohm"] = 101.0
    found = measure_cycling(points)
    assert found.first_failure == 777_777
    window = window_over_cycles(found)
    assert 50 < len(window.margin_ohm) <= 61 and (window.margin_ohm > 30).all()
    for make in endurance_makers(points).values():
        assert png_of(make()).startswith(b"\x89PNG")


def test_what_is_no_cycling_between_two_states_is_refused() -> None:
    points = cycled(5)
    only_writes = points[points["phase"] == "write"]
    with pytest.raises(AnalysisError, match="no write and reset"):
        measure_cycling(only_writes)
    with pytest.raises(AnalysisError, match="No cycle has a sound reading"):
        measure_cycling(points.assign(resistance_ohm=np.nan))
    assert not has_single_halves(only_writes)
    assert not has_single_halves(pd.concat([points] * 3))  # staircases


def test_states_decades_apart_are_told_at_their_middle_in_decades() -> None:
    """No reading of ln σ 0.3 in 600 falls below 31.6 kΩ, 6 σ away; one in 70 below 102 kΩ."""
    points = cycled(600, 5e3, 2e5)
    spread = np.exp(0.3 * np.random.default_rng(5).normal(size=len(points)))
    found = measure_cycling(points.assign(resistance_ohm=points["resistance_ohm"] * spread))
    assert found.middle_ohm == pytest.approx(31.6e3, rel=0.2)
    assert found.first_failure is None
    axes = Figure().subplots()
    states_over_cycles(found).paint(axes)
    assert axes.get_yscale() == "log"
