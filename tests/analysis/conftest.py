"""Runs whose truth is known: a wall that re-seats at every visit and creeps within it."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest

READ_NOISE_OHM = 0.02


@dataclass(frozen=True, slots=True)
class KnownLevels:
    """Means and standard deviations (ohm) of levels, how much of the variance the seat has, and the
    memory of the creep."""

    mean_ohm: np.ndarray
    sigma_ohm: np.ndarray
    seat_share: np.ndarray
    memory: float


def draw_levels(rng: np.random.Generator, nearest: float, farthest: float) -> KnownLevels:
    """Draw 2 to 9 levels, neighbours between `nearest` and `farthest` σ apart."""
    count = int(rng.integers(2, 10))
    sigma = np.exp(rng.uniform(-0.5, 0.5, count))
    apart = np.exp(rng.uniform(np.log(nearest), np.log(farthest), count - 1))
    mean = 1000 - np.r_[0, np.cumsum(apart * np.maximum(sigma[1:], sigma[:-1]))]
    return KnownLevels(
        mean, sigma, rng.uniform(0, 1, count), float(rng.choice([0, 0.3, 0.6, 0.93]))
    )


def staircase_over(levels: KnownLevels, rng: np.random.Generator, cycles: int) -> pd.DataFrame:
    """A staircase of 300 pulses a cycle that visits every level once, flat seats, normal creep."""
    count, pulses = len(levels.mean_ohm), 300
    frames = []
    for cycle in range(cycles):
        due = np.linspace(0, 1, count + 1)[1:-1] * pulses + rng.normal(0, 0.03 * pulses, count - 1)
        index = np.searchsorted(np.sort(due), np.arange(pulses), side="right")
        seat = np.sqrt(3 * levels.seat_share) * levels.sigma_ohm * rng.uniform(-1, 1, count)
        creep = _creep(rng, pulses, levels.memory)
        creep *= (np.sqrt(1 - levels.seat_share) * levels.sigma_ohm)[index]
        noise = rng.normal(0, READ_NOISE_OHM, pulses)
        frames.append(
            pd.DataFrame(
                {
                    "cycle": cycle,
                    "phase": "write",
                    "amplitude_V": np.round(0.1 + 0.01 * np.arange(pulses), 2),
                    "pulse_width_s": 50e-9,
                    "resistance_ohm": levels.mean_ohm[index] + seat[index] + creep + noise,
                    "truth": index,
                }
            )
        )
    return pd.concat(frames, ignore_index=True)


@pytest.fixture
def known_levels() -> Callable[..., KnownLevels]:
    return draw_levels


@pytest.fixture
def staircase_run() -> Callable[..., pd.DataFrame]:
    return staircase_over


def _creep(rng: np.random.Generator, count: int, memory: float) -> np.ndarray:
    fresh = rng.normal(size=count)
    creep = np.empty(count)
    creep[0] = fresh[0]
    for i in range(1, count):
        creep[i] = memory * creep[i - 1] + np.sqrt(1 - memory**2) * fresh[i]
    return creep
