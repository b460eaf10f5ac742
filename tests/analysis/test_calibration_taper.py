"""A calibration finds the width ratio of a taper where its notches are alike."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from dwmtj.analysis import AnalysisError, wall_position
from dwmtj.analysis.calibration.model import calibrate
from dwmtj.analysis.calibration.runs import CalibrationRun
from dwmtj.tests.analysis.test_calibration import covers

RATIO = 0.3
EXTREMES_OHM = (100.0, 65.0)
LEVELS_OHM = np.array([100.0, 94.0, 86.0, 79.0, 72.0, 67.0])


def positions() -> np.ndarray:
    share = (1 / LEVELS_OHM - 0.01) / (1 / EXTREMES_OHM[1] - 0.01)
    return np.array([wall_position(float(value), RATIO) for value in share])


def a_write(seed: int, cycles: int = 12, device: str = "A3") -> CalibrationRun:
    """Staircases over a taper whose notches scatter by 1 % from cycle to cycle and by 1 % between
    each other; the injection needs 0.5 V, whatever the width."""
    rng = np.random.default_rng(seed)
    nominal = 4 * (RATIO + (1 - RATIO) * positions())[1:-1]
    nominal = np.r_[0.5, nominal * rng.normal(1, 0.01, len(nominal))]
    amplitudes = np.round(np.arange(0.1, 4.2, 0.03), 6)
    rows = []
    for cycle in range(cycles):
        thresholds = nominal * rng.normal(1, 0.01, len(nominal))
        settled = LEVELS_OHM + rng.normal(0, [0.01, 0.2, 0.2, 0.2, 0.2, 0.2])
        rows.append((cycle, "saturate", np.nan, 0.05, settled[0]))
        for amplitude in amplitudes:
            level = int((amplitude >= thresholds).sum())
            rows.append((cycle, "write", amplitude, -0.004, settled[level] + rng.normal(0, 0.02)))
    columns = ["cycle", "phase", "amplitude_V", "field_T", "resistance_ohm"]
    points = pd.DataFrame(rows, columns=columns)
    points["pulse_width_s"] = np.where(points["amplitude_V"].isna(), np.nan, 50e-9)
    return CalibrationRun(points, device, seed, "staircase-write")


def a_loop(device: str = "A3") -> CalibrationRun:
    field = np.r_[np.linspace(0.07, -0.07, 71), np.linspace(-0.068, 0.07, 70)]
    parallel = np.r_[field[:71] < -0.03, field[71:] < 0.02]
    points = pd.DataFrame(
        {
            "cycle": 0,
            "phase": "loop",
            "amplitude_V": np.nan,
            "field_T": field,
            "resistance_ohm": np.where(parallel, EXTREMES_OHM[1], EXTREMES_OHM[0]),
        }
    )
    return CalibrationRun(points, device, 99, "minor-loop")


def test_the_width_ratio_lies_in_its_interval() -> None:
    """30 devices; fewer than 24 covered at true 95 %: 6e-4."""
    hits = []
    for seed in range(30):
        taper = calibrate([a_loop(), a_write(seed)], "A3").metaplasticity
        assert taper is not None
        assert taper.source.runs == (seed, 99)
        assert "injection" not in taper.source.method
        hits.append(covers(taper.width_ratio, RATIO))
    assert sum(hits) >= 24


def test_with_too_few_notches_the_injection_stands_in_and_is_named() -> None:
    run = a_write(1)
    few = run.points[run.points["amplitude_V"].isna() | (run.points["amplitude_V"] < 2.7)]
    taper = calibrate([replace(run, points=few)], "A3").metaplasticity
    assert taper is not None
    assert "injection" in taper.source.method


def test_two_thresholds_make_no_line_and_no_width_ratio() -> None:
    run = a_write(1)
    few = run.points[run.points["amplitude_V"].isna() | (run.points["amplitude_V"] < 2.0)]
    assert calibrate([replace(run, points=few)], "A3").metaplasticity is None


def test_a_broken_minor_loop_is_named() -> None:
    loop = a_loop()
    flat = replace(loop, points=loop.points.assign(resistance_ohm=80.0))
    with pytest.raises(AnalysisError, match=r"Run 99 .*does not switch"):
        calibrate([flat, a_write(1)], "A3")


def test_a_minor_loop_of_another_device_is_refused() -> None:
    with pytest.raises(AnalysisError, match="is a minor loop; name a staircase"):
        calibrate([a_loop("B1"), a_write(1)], "A3", several_devices=True)
