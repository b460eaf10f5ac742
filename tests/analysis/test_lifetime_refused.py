"""Readings without a lifetime, and laws that are not extrapolated as they do not fit."""

from math import inf

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from dwmtj.analysis import AnalysisError
from dwmtj.analysis.figures import panels_of
from dwmtj.analysis.figures.series.retention import retention_course
from dwmtj.analysis.lifetime.decays import decays_of
from dwmtj.analysis.report.numbers import result_tables
from dwmtj.analysis.report.series import retention_remarks, retention_row
from dwmtj.arrays import Floats
from dwmtj.benchmarks._noise_series import telegraph
from dwmtj.tests.analysis.test_lifetime import TIMES_S, decay, waits


def series(ratio: Floats) -> pd.DataFrame:
    """Return readings every 0.1 s of a level of 100 Ω times a course (n,), with noise of 1e-3."""
    noise = 1 + 1e-3 * np.random.default_rng(6).normal(size=len(ratio))
    return pd.DataFrame(
        {
            "cycle": 0,
            "phase": "read",
            "time_s": 0.1 * np.arange(len(ratio)),
            "amplitude_V": np.nan,
            "resistance_ohm": 100 * ratio * noise,
        }
    )


def test_a_drift_that_no_power_law_follows_is_not_extrapolated() -> None:
    for late in (0.01, 0.03):  # within the tolerance, and past it
        (found,) = decays_of(series(np.linspace(1, 1 + late, 600)))
        assert not found.drift_fits and found.drifted_in_ten_years is None
        said = " ".join(retention_remarks([found]))
        assert "not extrapolated" in said and "power law goes on" not in said
    assert found.waits.crept == 1 and "creeps" in said
    assert retention_row(found)[4:6] == ("no jump", "not extrapolated")


def test_a_bent_drift_is_rejected_in_few_readings_and_a_straight_one_is_not() -> None:
    """20 drifts that follow the law; more than 3 rejected at 1 %: 4e-5."""
    points = waits(np.full(3, inf))
    time_s = np.r_[0.0, TIMES_S]
    bent = points["resistance_ohm"] * np.tile(1 + 1e-6 * time_s, 3)
    (found,) = decays_of(points.assign(resistance_ohm=bent))
    assert not found.drift_fits
    fits = [decay(np.full(cycles, inf), exponent=5e-4).drift_fits for cycles in range(1, 21)]
    assert sum(fits) >= 17


def test_a_state_left_for_good_by_a_jump_has_a_lifetime_telegraph_noise_dwell_times() -> None:
    (found,) = decays_of(series(np.where(np.arange(600) < 250, 1.0, 1.03)))
    assert found.waits.escapes == 1 and not found.waits.crept and found.drift_fits
    hops = telegraph(np.random.default_rng(1), 600, 0.1, (2.0, 3.0))
    points = series(1 + 0.03 * hops)
    with pytest.raises(AnalysisError, match="by telegraph noise: how long they last are the dwell"):
        decays_of(points)
    table = result_tables(points)[-1]
    assert table.title == "Retention" and not table.rows
    (held,) = decays_of(series(1 + 0.01 * hops))  # within the level, which is held
    assert held.waits.escapes == 0


@pytest.mark.parametrize(("longest_s", "scale"), [(2.5, "linear"), (1e4, "log")])
def test_within_a_decade_the_time_axis_is_linear(longest_s: float, scale: str) -> None:
    times_s = np.geomspace(1.4, longest_s, 20)
    panel = retention_course(decays_of(waits(np.full(2, inf), times_s=times_s)))
    axes = Figure().subplots()
    panel.paint(axes)
    assert axes.get_xscale() == scale


def read_thrice(step_s: float) -> pd.DataFrame:
    """Return a ladder with two further readings after each pulse, at a steady rate."""
    count = 3 * 60
    after_pulse = np.arange(count) % 3 == 0
    return pd.DataFrame(
        {
            "cycle": 0,
            "phase": np.where(after_pulse, "write", "read"),
            "time_s": step_s * np.arange(count),
            "amplitude_V": np.where(after_pulse, 1 + np.arange(count) / 90, np.nan),
            "pulse_width_s": np.nan,
            "field_T": np.nan,
            "resistance_ohm": np.repeat([100.0, 93.0, 80.0, 67.0], count // 4)
            * (1 + 1e-3 * np.random.default_rng(3).normal(size=count)),
        }
    )


@pytest.mark.parametrize("step_s", [0.0, 0.1])
def test_readings_between_pulses_are_no_retention_and_no_noise(step_s: float) -> None:
    points = read_thrice(step_s)
    names = {table.title for table in result_tables(points)}
    assert "Levels" in names and not names & {"Retention", "Read noise", "Kind of noise"}
    assert not {panel.name for panel in panels_of(points).drawn} & {"readings", "retention"}
    with pytest.raises(AnalysisError, match="Pulses come between the readings"):
        decays_of(points)


def test_readings_without_times_have_no_lifetime() -> None:
    points = series(np.linspace(1, 1.1, 50)).assign(time_s=0.0)
    with pytest.raises(AnalysisError, match="No time passes"):
        decays_of(points)
