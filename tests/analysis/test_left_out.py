"""A figure names the readings that it leaves out."""

import matplotlib.style
import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from dwmtj.analysis import AnalysisError, find_levels
from dwmtj.analysis.figures import conductance_histogram, resistance_against_amplitude
from dwmtj.analysis.figures.left_out import left_out_text
from dwmtj.analysis.figures.panel import STYLE


def staircases(cycles: int = 6) -> pd.DataFrame:
    """Return staircases over two levels, 100 and 76 Ω, with three open contacts among them."""
    rng = np.random.default_rng(1)
    amplitude = np.round(np.arange(0.5, 4.0, 0.1), 2)
    points = pd.DataFrame(
        {
            "cycle": np.repeat(np.arange(cycles), len(amplitude)),
            "phase": "write",
            "amplitude_V": np.tile(amplitude, cycles),
            "pulse_width_s": 50e-9,
        }
    )
    level = np.where(points["amplitude_V"] < 2.5, 100.0, 76.0)
    points["resistance_ohm"] = level + rng.normal(0, 0.3, len(points))
    return points


def spoilt() -> pd.DataFrame:
    points = staircases()
    points.loc[[12, 80, 150], "resistance_ohm"] = [2.1e6, 2.4e6, 1.9e6]
    return points


def texts(panel: object, points: pd.DataFrame) -> str:
    assert callable(panel)
    with matplotlib.style.context(STYLE):
        axes = Figure().add_subplot()
        panel(axes)
    return " ".join(each.get_text().replace("\n", " ") for each in axes.texts)


def test_outliers_are_counted_and_named() -> None:
    assert left_out_text(spoilt()) == "3 readings outside the axis: open contact"
    missing = spoilt()
    missing.loc[20, "resistance_ohm"] = np.nan
    assert left_out_text(missing).endswith("open contact; 1 pulse without a reading")


def test_a_sound_run_has_no_such_note() -> None:
    points = staircases()
    assert left_out_text(points) == ""
    assert texts(resistance_against_amplitude(points), points) == ""


def test_a_staircase_below_zero_is_drawn_as_read_with_the_reason() -> None:
    points = staircases().assign(resistance_ohm=lambda table: 80 - table["resistance_ohm"])
    panel = resistance_against_amplitude(points)
    assert len(panel.data) == len(points) and panel.data["resistance_ohm"].min() < -15
    note = texts(panel, points)
    assert note.startswith("As read: ") and "zero or less" in note and "wiring" in note
    with pytest.raises(AnalysisError, match="zero or less"):
        find_levels(points)


@pytest.mark.parametrize("kind", ["amplitude", "conductance"])
def test_the_note_stands_in_the_figure(kind: str) -> None:
    points = spoilt()
    panel = (
        resistance_against_amplitude(points)
        if kind == "amplitude"
        else conductance_histogram(points, find_levels(points))
    )
    assert "3 readings outside the axis: open contact" in texts(panel, points)
