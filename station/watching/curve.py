"""The latest readings of a run as a drawing of lines, in SVG, without a plotting library."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...storage import Store, StoreError

MOST_POINTS = 600
WIDTH, HEIGHT = 340.0, 170.0  # of the axes, in units of the drawing


@dataclass(frozen=True, slots=True)
class Curve:
    """Resistance against the number of the point: a path for SVG, and the ends of both axes."""

    path: str
    width: float
    height: float
    first: int
    last: int
    lowest_ohm: float
    highest_ohm: float


def curve_of(database: str, run_id: int) -> Curve | None:
    """Return the last points of a run; None if there is nothing to draw."""
    try:
        with Store.open(database, read_only=True) as store:
            points = next((run.points for run in store.runs(first=run_id)), 0)
            found = store.points_after(run_id, points - MOST_POINTS - 1, ("resistance_ohm",))
    except StoreError:
        return None
    numbers, readings = found["point"], found["resistance_ohm"]
    known = np.isfinite(readings)
    if known.sum() < 2:
        return None
    low, high = float(readings[known].min()), float(readings[known].max())
    x = (numbers - numbers[0]) / max(1, int(numbers[-1] - numbers[0])) * WIDTH
    y = (high - readings) / ((high - low) or 1.0) * HEIGHT
    return Curve(_path(x, y, known), WIDTH, HEIGHT, int(numbers[0]), int(numbers[-1]), low, high)


def _path(x: NDArray[np.float64], y: NDArray[np.float64], known: NDArray[np.bool_]) -> str:
    """Return lines between neighbouring readings; a missing one interrupts them."""
    pen_down, commands = False, []
    for here, at_x, at_y in zip(known, x, y, strict=True):
        if here:
            commands.append(f"{'L' if pen_down else 'M'}{at_x:.1f} {at_y:.1f}")
        pen_down = bool(here)
    return "".join(commands)
