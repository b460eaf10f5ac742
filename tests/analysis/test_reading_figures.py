"""A series of readings has a figure and a table of its own."""

import numpy as np
import pandas as pd
import pytest

from dwmtj.analysis import AnalysisError
from dwmtj.analysis.figures import panels_of, png_of, readings_against_time
from dwmtj.analysis.report.numbers import result_tables


def series(cycles: int, readings: int = 100, interval_s: float = 60.0) -> pd.DataFrame:
    """Twenty readings after pulses, then readings without, cycle after cycle."""
    rng = np.random.default_rng(1)
    frames = []
    for cycle in range(cycles):
        frame = pd.DataFrame({"time_s": interval_s * (readings * cycle + np.arange(readings))})
        frame["phase"] = np.where(frame.index < 20, "write", "read")
        frame["amplitude_V"] = np.where(frame.index < 20, 0.1 + 0.1 * frame.index, np.nan)
        frame["cycle"] = cycle
        frame["resistance_ohm"] = 93.0 + rng.normal(0, 0.02, readings)
        frames.append(frame)
    return pd.concat(frames, ignore_index=True)


@pytest.mark.parametrize("cycles", [1, 3])
def test_every_cycle_of_a_series_is_drawn_from_its_own_first_reading_on(cycles: int) -> None:
    panel = readings_against_time(series(cycles))
    assert (
        panel.data.groupby("cycle")["time_s"].agg(["min", "max"]).to_numpy().tolist()
        == [[0.0, 79 * 60.0]] * cycles
    )
    assert png_of(panel).startswith(b"\x89PNG")
    assert "readings" in [drawn.name for drawn in panels_of(series(cycles)).drawn]


def test_a_report_tells_the_noise_of_a_series_or_why_it_cannot() -> None:
    (table, *_) = result_tables(series(2))
    assert table.title == "Read noise"
    value, low, _, high = table.rows[0][1].strip(")").replace("(", "").split()
    assert float(low) < float(value) < float(high)
    assert float(low) < 0.02 / 93 * 1e6 < float(high)
    (table, *_) = result_tables(series(1, readings=40))
    assert "too few" in table.remarks[0]


def test_1f_noise_that_stands_for_jumps_between_two_states_is_said_to() -> None:
    rng = np.random.default_rng(2)
    points = series(1, readings=620, interval_s=0.1)
    state = np.cumsum(rng.uniform(size=620) < 0.1) % 2
    points["resistance_ohm"] += 0.2 * state
    noise, kind, *_ = result_tables(points)
    assert kind.rows[0][1] == "telegraph"
    assert any("The kind of noise is telegraph" in remark for remark in noise.remarks)
    assert any(name.startswith("test: their spectrum") for name, _ in noise.rows)


def test_a_run_that_never_only_read_has_no_such_figure() -> None:
    with pytest.raises(AnalysisError, match="take the figure from a read-series run"):
        readings_against_time(series(1).assign(phase="write"))
