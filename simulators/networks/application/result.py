"""Accuracies of a network on a measured device, and what the measurement leaves open of them.

For draw d, a device is drawn from the posterior and a network programmed on such devices, with the
same random numbers as one on the likeliest device: their difference is what the measurement leaves
open. The range of n draws without the k lowest and the k highest holds one more network with the
probability (n + 1 − 2k)/(n + 1), whatever the distribution (order statistics; David & Nagaraja,
Order Statistics (2003), 7.2): 95 % for 39 draws.
"""

from dataclasses import dataclass
from math import floor, sqrt
from typing import Any

import numpy as np

from ..documents import document

TAIL = 0.025
DIGITS = 12  # of a standard deviation; accuracies differ by an image or not at all


@dataclass(frozen=True, slots=True)
class Range:
    """A range of accuracies (0 … 1), and the probability that one more network is within it."""

    low: float
    high: float
    probability: float


@dataclass(frozen=True, slots=True)
class Applied:
    """Accuracies (0 … 1) of `images` inputs; those of networks have one for each draw.

    `trained` are the weights as trained, `on_levels` on the levels without any error. Networks are
    programmed on the `likeliest` device and on `drawn` ones, every device at its level but for its
    scatter; `written` are those of drawn devices written by one ladder of rising pulses each, None
    where the model has no transitions.
    """

    task: str
    images: int
    trained: float
    on_levels: float
    likeliest: tuple[float, ...]
    drawn: tuple[float, ...]
    written: tuple[float, ...] | None

    @property
    def from_measurement(self) -> float:
        """Standard deviation that is due to what the measurement leaves open."""
        return _std(np.subtract(self.drawn, self.likeliest))

    @property
    def from_programming(self) -> float:
        """Standard deviation from programming to programming, of the likeliest device."""
        return _std(np.array(self.likeliest))

    @property
    def from_images(self) -> float:
        """Binomial standard deviation of so many test images."""
        mean = float(np.mean(self.drawn))
        return sqrt(mean * (1 - mean) / self.images)

    def document(self) -> dict[str, Any]:
        """Return it as plain data, for the store."""
        return dict(document(self))


def range_of(accuracies: tuple[float, ...]) -> Range:
    """Return the range that holds one more network with about 95 %, or what so few draws give."""
    ordered = sorted(accuracies)
    count = len(ordered)
    left_out = max(1, floor(TAIL * (count + 1) + 1e-9))
    share = max(0, count + 1 - 2 * left_out) / (count + 1)
    return Range(ordered[left_out - 1], ordered[-left_out], share)


def _std(values: np.ndarray[Any, np.dtype[np.float64]]) -> float:
    """Return the standard deviation, 0 where nothing but rounding differs."""
    return round(float(values.std(ddof=1)), DIGITS) if len(values) > 1 else 0.0
