"""Points of staircase runs, as the store returns them."""

from typing import Any

import numpy as np
import numpy.typing as npt

from dwmtj.gui.plots import RunPoints

Columns = dict[str, npt.NDArray[Any]]


def staircase(cycles: int = 3, steps: int = 40, seed: int = 1, first_point: int = 0) -> Columns:
    """Return points of a staircase run with two levels; each cycle begins with a saturation."""
    random = np.random.default_rng(seed)
    step = np.tile(np.arange(steps + 1), cycles)
    amplitude_V = np.where(step > 0, 0.1 * step, np.nan)
    high = np.nan_to_num(amplitude_V) < 2.0 + random.normal(0, 0.1, cycles).repeat(steps + 1)
    count = len(step)
    return {
        "point": first_point + np.arange(count),
        "cycle": np.arange(cycles).repeat(steps + 1),
        "time_s": 0.5 * np.arange(count),
        "amplitude_V": amplitude_V,
        "field_T": np.where(step > 0, -0.004, 0.05),
        "resistance_ohm": np.where(high, 100.0, 70.0) + random.normal(0, 0.3, count),
        "phase": np.where(step > 0, "write", "saturate"),
        "mark": np.zeros(count, bool),
    }


def points_of(columns: Columns) -> RunPoints:
    points = RunPoints()
    points.append(columns)
    return points


def part(columns: Columns, start: int, stop: int) -> Columns:
    return {name: values[start:stop] for name, values in columns.items()}
