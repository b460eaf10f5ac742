"""How an array was written, device by device: yield, pulses, time, energy, and their figures."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from dwmtj.analysis import AnalysisError
from dwmtj.analysis.figures import array_map, panels_of, pulses_per_device, save
from dwmtj.analysis.report.numbers import result_tables
from dwmtj.analysis.writing.outcome import NO_LEVEL, measure_write_outcome

COLUMNS = ("attempt", "cycle", "time_s", "amplitude_V", "resistance_ohm", "target", "level")
ROWS = [
    (1, 0, 0.1, None, 100.0, 0, 0),
    (1, 1, 0.2, None, 100.0, 2, 0),
    (1, 1, 0.3, 3.0, 80.0, 2, 1),
    (2, 1, 0.5, None, 80.0, 2, 1),  # interrupted and resumed
    (2, 1, 0.6, 4.0, 60.0, 2, 2),
    (2, 2, 0.7, None, None, 1, None),  # open
    (2, 3, 0.8, None, 100.0, 1, 0),
    (2, 3, 0.9, -2.0, 100.0, 1, 0),  # given up
]


@pytest.fixture
def points() -> pd.DataFrame:
    frame = pd.DataFrame(ROWS, columns=list(COLUMNS)).astype({"amplitude_V": float})
    return frame.assign(
        phase=np.where(frame["amplitude_V"].isna(), "read", "write"),
        pulse_width_s=np.where(frame["amplitude_V"].isna(), np.nan, 50e-9),
        row=frame["cycle"] // 2,
        column=frame["cycle"] % 2,
    )


def test_a_device_is_written_if_its_last_reading_is_of_its_target(points: pd.DataFrame) -> None:
    writing = measure_write_outcome(points)
    assert writing.written.tolist() == [True, True, False, False]
    assert writing.level.tolist() == [0, 2, NO_LEVEL, 0]
    assert writing.yield_.value == 0.5
    assert 0.5 in writing.yield_
    assert (writing.row.tolist(), writing.column.tolist()) == ([0, 0, 1, 1], [0, 1, 0, 1])


def test_pulses_of_an_attempt_that_was_interrupted_count_too(points: pd.DataFrame) -> None:
    writing = measure_write_outcome(points)
    assert writing.pulses.tolist() == [0, 2, 0, 1]
    assert writing.pulsed.tolist() == [False, True, False, True]
    assert writing.energy_J(1000.0) == pytest.approx((9 + 16 + 4) * 50e-9 / 1000)
    assert writing.time_s == pytest.approx(0.3 + 0.9)


def test_the_resistance_is_that_of_the_last_reading_and_the_width_that_of_the_pulses(
    points: pd.DataFrame,
) -> None:
    writing = measure_write_outcome(points.iloc[::-1].sort_values("time_s"))
    assert writing.resistance_ohm == pytest.approx([100.0, 60.0, np.nan, 100.0], nan_ok=True)
    assert writing.pulse_width_s == 50e-9
    once = measure_write_outcome(points[points["cycle"] == 3].drop(columns="attempt"))
    assert (once.pulse_width_s, once.time_s) == (50e-9, 0.9)
    untouched = measure_write_outcome(points[points["cycle"] == 0])
    assert (untouched.pulse_width_s, untouched.energy_J(1.0)) == (0.0, 0.0)


def test_devices_are_listed_in_the_order_of_their_cycles(points: pd.DataFrame) -> None:
    mixed = pd.concat([points[points["cycle"] >= 2], points[points["cycle"] < 2]])
    assert measure_write_outcome(mixed).target.tolist() == [0, 2, 1, 1]
    assert measure_write_outcome(mixed).pulses.tolist() == [0, 2, 0, 1]


def test_a_run_that_wrote_no_array_is_refused(points: pd.DataFrame) -> None:
    with pytest.raises(AnalysisError, match="wrote no array"):
        measure_write_outcome(points.drop(columns="target"))


def test_the_map_marks_devices_that_miss_their_target(points: pd.DataFrame, tmp_path: Path) -> None:
    panel = array_map(points)
    assert panel.data["level"].fillna(-1).tolist() == [0, 2, -1, 0]
    png, _, csv = save(panel, tmp_path, "array")
    assert png.stat().st_size > 1000
    assert len(pd.read_csv(csv)) == 4
    with pytest.raises(AnalysisError, match="went to no array"):
        array_map(points.drop(columns="row"))


def test_figures_and_numbers_of_an_array_are_those_of_its_writing(
    points: pd.DataFrame, tmp_path: Path
) -> None:
    found = panels_of(points)
    assert [panel.name for panel in found.drawn] == ["array", "pulses"]
    for panel in found.drawn:
        save(panel, tmp_path, panel.name)
    (table,) = result_tables(points)
    assert table.rows[0] == ("devices", "4")
    only_read = points.drop(columns=["target", "level"])
    assert [panel.name for panel in panels_of(only_read).drawn] == ["array"]
    assert result_tables(only_read) == ()


def test_an_array_that_needed_no_pulse_has_no_figure_of_pulses(points: pd.DataFrame) -> None:
    untouched = points[points["cycle"].isin([0, 2])]
    with pytest.raises(AnalysisError, match="No pulse was fired"):
        pulses_per_device(untouched)
    assert [panel.name for panel in panels_of(untouched).drawn] == ["array"]
    assert "No pulse was fired" in panels_of(untouched).absent[0]
