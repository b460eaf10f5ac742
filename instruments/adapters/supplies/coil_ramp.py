"""Ramps of a coil's current: the set points of a ramp, and the limits of each where it is sent."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

from ...errors import BenchError, LimitError

STEP_S = 0.05
PATIENCE_S = 2.0  # for a ramp in another thread to notice that it is to end


@dataclass(frozen=True, slots=True)
class CoilRamp:
    """A coil may get `largest_A`, of either sign, and change by `rate_A_per_s`.

    The supply rounds what it is given by no more than `rounding_A`.
    """

    largest_A: float
    rate_A_per_s: float
    rounding_A: float

    def check(self, current_A: float) -> None:
        """Raise LimitError for a current that the coil may not get."""
        if not abs(current_A) <= self.largest_A + self.rounding_A:
            raise LimitError(
                f"The magnet would need {current_A:.4g} A and may get {self.largest_A:.4g} A (the "
                "supply's own limit, or [limits] field_T over coil_T_per_A in the bench file); ask "
                "for a smaller field, or correct coil_T_per_A."
            )

    def check_step(self, held_A: float, current_A: float) -> None:
        """Raise LimitError for a step that is too large, or leads further beyond the largest."""
        if abs(current_A) > abs(held_A):
            self.check(current_A)
        largest_A = self.rate_A_per_s * STEP_S
        if not abs(current_A - held_A) <= largest_A * (1 + 1e-6) + self.rounding_A:
            raise LimitError(
                f"A step of {current_A - held_A:.4g} A is larger than the {largest_A:.4g} A that "
                "[limits] field_rate_T_per_s in the bench file allows."
            )


def set_points(start: float, target: float, rate_per_s: float) -> Iterator[float]:
    """Yield the set points from start to target, one every STEP_S."""
    count = max(1, math.ceil(abs(target - start) / (rate_per_s * STEP_S) - 1e-9))
    return (start + (target - start) * step / count for step in range(1, count + 1))


def ramp_over(name: str) -> BenchError:
    """Return the error of a ramp that the safe state ends."""
    return BenchError(f"{name} is being made safe: the ramp has ended.")
