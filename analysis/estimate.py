"""A number with its 95 % confidence interval."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Estimate:
    """A value and the ends of its 95 % confidence interval, in the unit of its field's name.

    The interval is (-inf, inf) where the data determine the value but not its uncertainty.
    """

    value: float
    low: float
    high: float

    def __contains__(self, truth: float) -> bool:
        return self.low <= truth <= self.high
