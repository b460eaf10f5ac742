"""What is known of an array that is being trained: the latest reading of every device."""

from collections.abc import Hashable, Mapping
from dataclasses import replace
from math import isfinite
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
    level as it was. A device that withstood `most_withstood`, among them one of the largest
    amplitude of the plan, is `stuck` until it reads as another level: smaller ones alone are no
    evidence, as many of them leave a sound wall in place.
    """

    def __init__(self, plan: WritePlan, most_withstood: int) -> None:
        devices = plan.rows * plan.columns
        self.plan = plan
        self.most_withstood = most_withstood
        self.resistance_ohm: Floats = np.full(devices, np.nan)
        self.level: NDArray[np.int64] = np.full(devices, NO_LEVEL)
        self.withstood: NDArray[np.int64] = np.zeros(devices, dtype=np.int64)
        self._largest_withstood: NDArray[np.bool_] = np.zeros(devices, dtype=np.bool_)

    @property
    def stuck(self) -> NDArray[np.bool_]:
        return np.asarray((self.withstood >= self.most_withstood) & self._largest_withstood)

    def add(self, point: Point) -> Point:
        """Take note of a reading whose extra has row and column; return it with level and stuck."""
        device = int(point.extra["row"] or 0) * self.plan.columns + int(point.extra["column"] or 0)
        level = self._add(device, point.resistance_ohm, point.amplitude_V)
        extra: dict[str, Any] = {**point.extra, "level": level}
        if self.stuck[device]:
            extra["stuck"] = True
        return replace(point, extra=extra)

    def add_row(self, row: Mapping[Hashable, Any]) -> None:
        """Take note of a stored reading, a row of `Store.points`."""
        device = int(row["row"]) * self.plan.columns + int(row["column"])
        amplitude_V = float(row["amplitude_V"])
        self._add(device, row["resistance_ohm"], amplitude_V if isfinite(amplitude_V) else None)

    def _add(
        self, device: int, resistance_ohm: float | None, amplitude_V: float | None
    ) -> int | None:
        level = self.plan.level_of(resistance_ohm)
        found = NO_LEVEL if level is None else level
        if found != self.level[device]:
            self.withstood[device], self._largest_withstood[device] = 0, False
        elif amplitude_V is not None:
            self.withstood[device] += 1
            self._largest_withstood[device] |= self._is_largest(amplitude_V)
        self.level[device] = found
        self.resistance_ohm[device] = np.nan if resistance_ohm is None else resistance_ohm
        return level

    def _is_largest(self, amplitude_V: float) -> bool:
        ladder_V = self.plan.positive_V if amplitude_V > 0 else self.plan.negative_V
        return abs(amplitude_V) >= ladder_V[-1] * (1 - 1e-9)
