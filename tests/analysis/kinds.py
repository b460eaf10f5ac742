"""Ladders of any kind, whose levels are known: coarse or fine, of few cycles or many."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

FOUR_OHM = (100.0, 93.0, 80.0, 67.0)


def points(cycle: object, amplitude_V: object, resistance_ohm: object) -> pd.DataFrame:
    """Points of a run whose phase follows from the sign of the pulses."""
    frame = pd.DataFrame(
        {"cycle": cycle, "amplitude_V": amplitude_V, "resistance_ohm": resistance_ohm}
    )
    return frame.assign(phase=np.where(frame["amplitude_V"] < 0, "reset", "write"))


def ladder(
    rng: np.random.Generator,
    means_ohm: Sequence[float],
    *,
    cycles: int,
    stay: tuple[int, int],
    seat_ohm: float | Sequence[float] = 0.3,
    noise_ohm: float = 0.05,
    passed: float = 0.0,
) -> pd.DataFrame:
    """Rising pulses that stay at each level for `stay` readings; inner levels may be passed."""
    rows = []
    seats = np.broadcast_to(seat_ohm, len(means_ohm))
    for cycle in range(cycles):
        amplitude_V = 1.0
        for level, mean in enumerate(means_ohm):
            inner = 0 < level < len(means_ohm) - 1
            if inner and rng.random() < passed:
                continue
            seat = mean + rng.normal(0, seats[level])
            for _ in range(int(rng.integers(stay[0], stay[1] + 1))):
                rows.append((cycle, round(amplitude_V, 3), seat + rng.normal(0, noise_ohm)))
                amplitude_V += 0.1
    return points(*zip(*rows, strict=True))


def endurance(rng: np.random.Generator, cycles: int, high: tuple[float, float]) -> pd.DataFrame:
    """Single pulses of alternating sign between two log-normal states: medians, σ of ln R."""
    upper, sigma = high
    z = rng.normal(size=2 * cycles)
    states = np.where(
        np.arange(2 * cycles) % 2 == 0, upper * np.exp(sigma * z), 5e3 * np.exp(z / 9)
    )
    return points(np.repeat(np.arange(cycles), 2), np.tile([-2.0, 2.0], cycles), states)
