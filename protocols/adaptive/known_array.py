"""What is known of an array that is being trained: the latest reading of every device."""

from collections.abc import Hashable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...arrays import Floats
from ...storage import Point
from .write_plan import WritePlan

NO_LEVEL = -1


class KnownArray:
    """Resistance (ohm, NaN where open or unread), level (−1 for none), and pulses withstood.

    Arrays of shape (devices,), row by row. `withstood` counts the pulses in a row that left the
    level as it was; a device that withstood `most_withstood` is `stuck` until it reads as another
    level.
    """

    def __init__(self, plan: WritePlan, most_withstood: int) -> None:
        devices = plan.rows * plan.columns
        self.plan = plan
        self.most_withstood = most_withstood
        self.resistance_ohm: Floats = np.full(devices, np.nan)
        self.level: NDArray[np.int64] = np.full(devices, NO_LEVEL)
        self.withstood: NDArray[np.int64] = np.zeros(devices, dtype=np.int64)

    @property
    def stuck(self) -> NDArray[np.bool_]:
        return np.asarray(self.withstood >= self.most_withstood)

    def add(self, point: Point) -> Point:
        """Take note of a reading whose extra has row and column; return it with level and stuck."""
        device = int(point.extra["row"] or 0) * self.plan.columns + int(point.extra["column"] or 0)
        level = self._add(device, point.resistance_ohm, point.amplitude_V is not None)
        extra: dict[str, Any] = {**point.extra, "level": level}
        if self.withstood[device] >= self.most_withstood:
            extra["stuck"] = True
        return replace(point, extra=extra)

    def add_row(self, row: Mapping[Hashable, Any]) -> None:
        """Take note of a stored reading, a row of `Store.points`."""
        device = int(row["row"]) * self.plan.columns + int(row["column"])
        self._add(device, row["resistance_ohm"], bool(np.isfinite(row["amplitude_V"])))

    def _add(self, device: int, resistance_ohm: float | None, pulsed: bool) -> int | None:
        level = self.plan.level_of(resistance_ohm)
        found = NO_LEVEL if level is None else level
        if found != self.level[device]:
            self.withstood[device] = 0
        elif pulsed:
            self.withstood[device] += 1
        self.level[device] = found
        self.resistance_ohm[device] = np.nan if resistance_ohm is None else resistance_ohm
        return level
