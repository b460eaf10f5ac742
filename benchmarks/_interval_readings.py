"""Series of readings whose truth is known: retention, drift and read noise."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from dwmtj.analysis.errors import AnalysisError
from dwmtj.analysis.estimate import Estimate
from dwmtj.analysis.levels.find import Level
from dwmtj.analysis.read_noise import measure_read_noise
from dwmtj.analysis.retention import measure_retention
from dwmtj.arrays import Floats, Ints
from dwmtj.benchmarks._coverage import Case, events_seen

READ_INTERVAL_s = 0.1
LEVELS = tuple(
    Level(Estimate(mean, mean, mean), Estimate(0.1, 0.1, 0.1), 10) for mean in (100.0, 80.0)
)


def retention_cases(rng: np.random.Generator, devices: int) -> Iterator[Case]:
    """Yield intervals of the rate at which a wall hops between two levels, by hops seen."""
    for _ in range(devices):
        readings = int(np.exp(rng.uniform(np.log(20), np.log(3000))))
        expected = np.exp(rng.uniform(np.log(0.005), np.log(min(300, readings / 3))))
        rates_Hz = expected / (readings * READ_INTERVAL_s) * np.exp(rng.uniform(-0.7, 0.7, 2))
        level = _telegraph(rng, rates_Hz, readings)
        ohm = np.array([100.0, 80.0])[level] + rng.normal(0, 0.1, readings)
        for found in measure_retention(_points(ohm), LEVELS):
            rate, seen = rates_Hz[found.level], found.escapes
            if rate * found.observation_time_s >= 0.005:
                yield Case(
                    "escape rate, lifetime",
                    events_seen(seen),
                    rate in found.escape_rate_Hz,
                    not seen,
                )


def drift_cases(rng: np.random.Generator, devices: int) -> Iterator[Case]:
    """Yield intervals of the drift per decade, under white and 1/f noise."""
    for _ in range(devices):
        readings = int(rng.choice([100, 1000, 10_000]))
        name, noise = _noise(rng, readings)
        slope = rng.normal(0, 0.2)
        time_s = READ_INTERVAL_s * np.arange(readings)
        drift = slope * np.log10(np.maximum(time_s, READ_INTERVAL_s))
        (found,) = measure_retention(_points(100 + drift + 0.1 * noise), LEVELS)
        yield Case(
            "drift per decade", f"{readings} readings, {name}", slope in found.drift_ohm_per_decade
        )


def noise_cases(rng: np.random.Generator, devices: int) -> Iterator[Case]:
    """Yield intervals of white noise, 1/f noise and σ of a reading."""
    for number in range(devices):
        readings = (64, 256, 4096)[number % 3]
        white = float(np.exp(rng.uniform(-3, 3)))
        relative = 1e-4 * _spectrum_noise(rng, readings, white, 1.0)
        try:
            found = measure_read_noise(_points(100 * (1 + relative)))
        except AnalysisError:
            continue
        yield Case("read noise, white", f"{readings} readings", 1e-8 * white in found.white_per_Hz)
        yield Case("read noise, 1/f", f"{readings} readings", 1e-8 in found.flicker)
        sigma = 1e-4 * _std_of_series(readings, white, 1.0)
        yield Case(
            "read noise, σ of the series", f"{readings} readings", sigma in found.relative_std_ci
        )


def _telegraph(rng: np.random.Generator, rates_Hz: Floats, readings: int) -> Ints:
    level = np.empty(readings, dtype=np.intp)
    state, left_s = 0, rng.exponential(1 / rates_Hz[0])
    for reading in range(readings):
        level[reading] = state
        left_s -= READ_INTERVAL_s
        while left_s < 0:
            state = 1 - state
            left_s += rng.exponential(1 / rates_Hz[state])
    return level


def _noise(rng: np.random.Generator, readings: int) -> tuple[str, Floats]:
    kind = int(rng.integers(2))
    white = (1e3, 1.0)[kind]
    noise = _spectrum_noise(rng, readings, white, 1.0)
    return ("white noise", "1/f noise")[kind], noise / noise.std()


def _spectrum_noise(
    rng: np.random.Generator, readings: int, white: float, flicker: float
) -> Floats:
    """Return normal noise of density white + flicker/f, from a record eight times as long."""
    count = 8 * readings
    frequency = np.fft.rfftfreq(count, READ_INTERVAL_s)
    density = white + flicker / np.maximum(frequency, frequency[1])
    scale = np.sqrt(density / READ_INTERVAL_s / 2)
    normal = np.fft.rfft(rng.normal(size=count))
    return np.fft.irfft(normal * scale, count)[:readings]


def _std_of_series(readings: int, white: float, flicker: float) -> float:
    """Return the standard deviation expected of a series of `_spectrum_noise` about its mean."""
    count = 8 * readings
    frequency = np.fft.rfftfreq(count, READ_INTERVAL_s)[1:]
    angle = np.pi * frequency * READ_INTERVAL_s
    of_mean = (np.sin(readings * angle) / (readings * np.sin(angle))) ** 2
    density = (white + flicker / frequency) * (1 - of_mean)
    density[-1] /= 2
    variance = density.sum() / (count * READ_INTERVAL_s) * readings / (readings - 1)
    return float(np.sqrt(variance))


def _points(ohm: Floats) -> pd.DataFrame:
    time_s = READ_INTERVAL_s * np.arange(len(ohm))
    return pd.DataFrame({"phase": "read", "cycle": 0, "time_s": time_s, "resistance_ohm": ohm})
