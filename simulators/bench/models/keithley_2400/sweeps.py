"""Source sweeps: the levels that a source-meter steps through, one a reading."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from ...errors import ScpiError

LARGEST_POINTS = 2500


@dataclass(slots=True)
class Spacing:
    """How a staircase is divided, of volts and amps alike; the defaults are those after `*RST`."""

    scale: str = "LIN"
    points: int = LARGEST_POINTS
    direction: str = "UP"
    ranging: str = "BEST"


@dataclass(slots=True)
class Sweep:
    """The mode of a source (FIX, SWE or LIST), its staircase and its list."""

    mode: str = "FIX"
    start: float = 0.0
    stop: float = 0.0
    levels: list[float] = field(default_factory=list)

    def step(self, spacing: Spacing) -> float:
        """Return the step of the linear staircase."""
        return (self.stop - self.start) / (spacing.points - 1)

    def set_step(self, spacing: Spacing, step: float) -> None:
        """Divide the staircase by a step; raises -221 if it does not lead from start to stop."""
        points = round((self.stop - self.start) / step) + 1 if step else 0
        if not 2 <= points <= LARGEST_POINTS:
            raise ScpiError(-221, "Settings conflict", f"{points} sweep points")
        spacing.points = points

    def append(self, levels: Sequence[float]) -> None:
        """Add levels to the list; raises -223 beyond 2500."""
        if len(self.levels) + len(levels) > LARGEST_POINTS:
            raise ScpiError(-223, "Too much data")
        self.levels += levels

    def planned(self, spacing: Spacing, readings: int) -> list[float]:
        """Return the level of each reading, from the first point again after the last."""
        points = self.levels if self.mode == "LIST" else self._staircase(spacing)
        if not points:
            raise ScpiError(801, "Insufficient vector data")
        return [points[number % len(points)] for number in range(readings)]

    def _staircase(self, spacing: Spacing) -> list[float]:
        if spacing.scale == "LOG" and self.start * self.stop <= 0.0:
            raise ScpiError(-221, "Settings conflict", "a logarithmic sweep excludes 0")
        divided: Callable[..., np.ndarray] = np.geomspace if spacing.scale == "LOG" else np.linspace
        levels = [float(level) for level in divided(self.start, self.stop, spacing.points)]
        return levels[::-1] if spacing.direction == "DOWN" else levels
