"""Readings without pulses fill the retention and the read noise of a model."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from dwmtj.analysis import AnalysisError, measure_read_noise
from dwmtj.analysis.calibration.model import calibrate
from dwmtj.analysis.calibration.runs import CalibrationRun
from dwmtj.analysis.state_model.file import model_json, parse_model
from dwmtj.tests.analysis.test_calibration import a_run

NOISE = 2e-4
LEAVING_HZ = 0.02


def a_series(
    number: int,
    readings: int = 400,
    interval_s: float = 1.0,
    cycles: int = 1,
    leaving_Hz: float = 0.0,
    device: str = "A3",
    resistance_ohm: float = 93.0,
) -> CalibrationRun:
    """A read-series run that writes one level first; from it the wall escapes to the next."""
    rng = np.random.default_rng(number)
    rows = []
    for cycle in range(cycles):
        escapes = rng.exponential(1 / leaving_Hz) if leaving_Hz else np.inf
        rows += [
            (cycle, "saturate", -3.0, np.nan, 0.05, 100.0),
            (cycle, "bias", -2.0, np.nan, -0.004, 100.0),
            (cycle, "write", -1.0, 2.0, -0.004, resistance_ohm),
        ]
        for time_s in interval_s * np.arange(readings):
            mean = resistance_ohm if time_s < escapes else 76.0
            reading = mean * (1 + NOISE * rng.normal())
            rows.append((cycle, "read", time_s, np.nan, -0.004, reading))
    columns = ["cycle", "phase", "time_s", "amplitude_V", "field_T", "resistance_ohm"]
    points = pd.DataFrame(rows, columns=columns)
    points["pulse_width_s"] = np.where(points["amplitude_V"].isna(), np.nan, 50e-9)
    parameters = {"read_current_A": 2e-5}
    return CalibrationRun(points, device, number, "read-series", "lab.sqlite", "1.0", parameters)


def test_a_series_without_an_escape_bounds_the_lifetime_and_tells_the_noise() -> None:
    without = calibrate([a_run(1)], "A3")
    model = calibrate([a_run(1), a_series(9)], "A3")
    (kept,) = model.retention
    assert (kept.level, kept.lifetime_s.high, kept.source.runs) == (1, None, (9,))
    assert kept.lifetime_s.low == pytest.approx(399 / 3.689, rel=1e-3)
    assert kept.source.method.endswith("at -0.004 T")
    noise = model.read_noise
    assert noise is not None
    assert noise.relative_std.low is not None
    assert noise.relative_std.high is not None
    assert noise.relative_std.low <= NOISE <= noise.relative_std.high
    assert (noise.source.runs, noise.read_current_A) == ((9,), 2e-5)
    assert "bound" not in noise.source.quality
    assert model.pulses[0].counts == without.pulses[0].counts
    assert model.levels_source.runs == (1,)
    assert parse_model(model_json(model)) == model


def test_cycles_and_runs_are_pooled_and_no_cycle_runs_into_the_next() -> None:
    """40 + 40 exponential stays; the interval fails to cover with p = 0.05, the seeds are fixed."""
    runs = [a_series(n, 300, cycles=40, leaving_Hz=LEAVING_HZ) for n in (3, 4)]
    model = calibrate([a_run(1), *runs], "A3")
    first, second = model.retention
    assert (first.level, second.level) == (1, 2)
    assert first.lifetime_s.low is not None
    assert first.lifetime_s.high is not None
    assert first.lifetime_s.low <= 1 / LEAVING_HZ <= first.lifetime_s.high
    assert first.lifetime_s.high < 2 * first.lifetime_s.low
    assert second.lifetime_s.high is None
    assert second.source.quality.startswith("0 escapes")


def test_a_series_too_short_for_a_spectrum_leaves_the_bound_and_says_why() -> None:
    model = calibrate([a_run(1), a_series(7, readings=20)], "A3")
    assert model.read_noise is not None
    assert model.read_noise.source.runs == (1,)
    assert model.read_noise.source.quality.startswith("upper bound: 20 readings without pulses are")
    assert len(model.retention) == 1


def test_an_interval_of_the_noise_covers_what_a_series_of_that_length_shows() -> None:
    """200 series of 256 white readings; fewer than 179 covered at true 95 %: 1e-3."""
    covered = 0
    for seed in range(200):
        reading = 93.0 * (1 + NOISE * np.random.default_rng(seed).normal(size=256))
        points = pd.DataFrame({"time_s": np.arange(256.0), "resistance_ohm": reading})
        covered += NOISE in measure_read_noise(points).relative_std_ci
    assert covered >= 179


def unread(run: CalibrationRun) -> CalibrationRun:
    resistance = run.points["resistance_ohm"].where(run.points.index != 9)
    return replace(run, points=run.points.assign(resistance_ohm=resistance))


def with_values(run: CalibrationRun, **values: float) -> CalibrationRun:
    return replace(run, points=run.points.assign(**values))


@pytest.mark.parametrize(
    ("runs", "told"),
    [
        ([a_series(5)], "Run 5 \\(read-series, A3\\) only reads; name a staircase"),
        ([a_run(1), a_series(5, device="B")], "several devices \\(A3, B\\)"),
        ([a_run(1), a_series(5, resistance_ohm=84.5)], "Run 5 .* of none of the levels"),
        (
            [a_run(1), with_values(a_series(5), time_s=0.0)],
            "Run 5 .*: no time passes",
        ),
        (
            [a_run(1), unread(a_series(5))],
            "Run 5 .*: some readings of the series are not numbers",
        ),
        (
            [a_run(1), a_series(5), with_values(a_series(6), field_T=0.01)],
            "field during the readings goes from -0.004 T to 0.01 T",
        ),
    ],
)
def test_readings_that_tell_nothing_are_refused_in_one_sentence(
    runs: Sequence[CalibrationRun], told: str
) -> None:
    with pytest.raises(AnalysisError, match=told) as refused:
        calibrate(runs, "A3")
    assert "\n" not in str(refused.value)
