"""Series of readings whose noise is known: what `noise_sources` and its tests draw from.

1/f noise is drawn from Ornstein-Uhlenbeck processes at other correlation times than those of the
analysis, 1.7 apart, and telegraph noise from exponential dwell times in continuous time.
"""

import numpy as np
import pandas as pd
from scipy.signal import lfilter

from dwmtj.arrays import Floats

RATIO = 1.7
MIDDLE_OHM = 76.0


def readings(relative: Floats, interval_s: float) -> pd.DataFrame:
    """Return points of a read series with R = 76 Ω exp(relative), shape (n,), after a pulse."""
    time_s = interval_s * np.arange(len(relative) + 1)
    return pd.DataFrame(
        {
            "phase": np.r_[["write"], np.full(len(relative), "read")],
            "cycle": 0,
            "time_s": time_s,
            "amplitude_V": np.r_[2.0, np.full(len(relative), np.nan)],
            "resistance_ohm": MIDDLE_OHM * np.exp(np.r_[0.0, relative]),
        }
    )


def flicker(rng: np.random.Generator, count: int, interval_s: float, density: float) -> Floats:
    """Draw 1/f noise (n,) of the one-sided spectrum density/f."""
    times_s = 0.05 * interval_s * RATIO ** np.arange(60)
    total = np.zeros(count)
    for time_s in times_s[times_s < 30 * count * interval_s]:
        memory = np.exp(-interval_s / time_s)
        fresh = rng.normal(size=count) * np.sqrt(1 - memory**2)
        fresh[0] = rng.normal()
        total += lfilter([1.0], [1.0, -memory], fresh)
    return np.asarray(total * np.sqrt(density * np.log(RATIO)))


def telegraph(
    rng: np.random.Generator, count: int, interval_s: float, dwell_s: tuple[float, ...]
) -> Floats:
    """Draw the states 0, 1, … (n,) of a process that visits them in turn, up and down.

    `dwell_s` are the mean dwell times; more than two make a process that the analysis has no model
    of.
    """
    end_s, now_s = count * interval_s, -20 * sum(dwell_s)
    states, starts, up = [int(rng.integers(len(dwell_s)))], [now_s], True
    while now_s < end_s:
        now_s += float(rng.exponential(dwell_s[states[-1]]))
        up = (up or states[-1] == 0) and states[-1] < len(dwell_s) - 1
        states.append(states[-1] + (1 if up else -1))
        starts.append(now_s)
    at = np.searchsorted(starts, interval_s * np.arange(count), side="right") - 1
    return np.array(states, dtype=float)[at]


def drift(count: int, exponent: float) -> Floats:
    """Return ln R (n,) of R ∝ t^exponent, the first reading one interval after the pulse."""
    return np.asarray(exponent * np.log(np.arange(1.0, count + 1)))
