"""Read noise and retention are recovered from readings without pulses."""

import numpy as np
import pandas as pd
import pytest

from dwmtj.analysis import AnalysisError, Estimate, Level, measure_read_noise, measure_retention

LEVELS = [Level(Estimate(r, r, r), Estimate(0.5, 0.4, 0.6), 10) for r in (100.0, 80.0)]


def readings(resistance: np.ndarray, interval_s: float = 0.1) -> pd.DataFrame:
    time = interval_s * np.arange(len(resistance))
    return pd.DataFrame({"time_s": time, "amplitude_V": np.nan, "resistance_ohm": resistance})


def noise(rng: np.random.Generator, count: int, white: float, flicker: float) -> np.ndarray:
    """Periodic noise of the one-sided density white + flicker/f at 10 readings a second."""
    frequency = np.fft.rfftfreq(count, 0.1)
    density = white + flicker / np.maximum(frequency, frequency[1])
    phases = rng.normal(size=(2, len(frequency)))
    amplitude = np.sqrt(density * count / 0.1 / 4) * (phases[0] + 1j * phases[1])
    amplitude[0] = 0
    return np.fft.irfft(amplitude, count)


@pytest.mark.parametrize("flicker", [1e-9, 1e-11])
def test_white_and_flicker_noise_lie_in_their_intervals(flicker: float) -> None:
    """60 series of 1,024 readings; fewer than 52 of 60 covered at true 95 %: 5e-3."""
    covered = []
    for seed in range(60):
        series = noise(np.random.default_rng(seed), 1024, 1e-9, flicker)
        found = measure_read_noise(readings(76.0 * (1 + series)))
        covered.append((1e-9 in found.white_per_Hz, flicker in found.flicker))
    assert (np.sum(covered, axis=0) >= 52).all()


@pytest.mark.parametrize(
    ("series", "told"),
    [
        (readings(np.full(20, 80.0)), "too few"),
        (readings(np.full(200, 80.0)), "resolution"),
        (readings(np.where(np.arange(200) == 7, np.nan, 80.0)), "not numbers"),
        (readings(np.arange(200.0) + 1).drop(index=range(50, 60)), "steady rate"),
        (readings(np.full(200, 80.0)).assign(amplitude_V=1.0), "without pulses"),
    ],
)
def test_what_is_no_noise_measurement_is_said(series: pd.DataFrame, told: str) -> None:
    with pytest.raises(AnalysisError, match=told):
        measure_read_noise(series)


def test_without_an_escape_retention_is_a_lower_bound() -> None:
    rng = np.random.default_rng(1)
    (found,) = measure_retention(readings(100 + rng.normal(0, 0.1, 1000)), LEVELS)
    assert (found.level, found.escapes) == (0, 0)
    assert found.mean_lifetime_s.high == np.inf
    assert found.mean_lifetime_s.low == pytest.approx(99.9 / 3.689, rel=1e-3)
    assert found.survival_probability(99.9).low == pytest.approx(np.exp(-3.689), rel=1e-3)
    assert 0.0 in found.drift_ohm_per_decade


def test_an_escape_rate_lies_in_its_interval() -> None:
    """200 stays at 0.05 Hz; fewer than 179 covered at true 95 %: 1e-3."""
    covered = 0
    for seed in range(200):
        rng = np.random.default_rng(seed)
        stays = rng.exponential(20.0, 40)
        level = np.concatenate([np.full(1 + int(10 * stay), i % 2) for i, stay in enumerate(stays)])
        found = measure_retention(readings(np.where(level == 0, 100.0, 80.0)), LEVELS)
        covered += 0.05 in found[0].escape_rate_Hz
    assert covered >= 179


def test_a_logarithmic_drift_is_found() -> None:
    rng = np.random.default_rng(2)
    time = 0.1 * np.arange(5000)
    drift = 0.2 * np.log10(np.maximum(time, 0.1))
    found = measure_retention(readings(100 + drift + rng.normal(0, 0.05, 5000)), LEVELS)
    assert 0.2 in found[0].drift_ohm_per_decade
    assert 0.0 not in found[0].drift_ohm_per_decade
