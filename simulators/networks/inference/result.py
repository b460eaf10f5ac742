"""What inference on devices gave: accuracies of every programming, and intervals of 95 %."""

import math
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from scipy import stats
from torch import Tensor

CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True)
class Cell:
    """One number of notches and one noise: accuracies of its programmings, and what it loses.

    `lost` is the mean accuracy below that of the same levels without any error, on the same images;
    `lost_reach` is half of its 95 % interval, over programmings and over images.
    """

    notches: int
    noise: float
    accuracies: tuple[float, ...]
    lost: float
    lost_reach: float

    @property
    def mean(self) -> float:
        return float(np.mean(self.accuracies))

    @property
    def std(self) -> float:
        return float(np.std(self.accuracies, ddof=1)) if len(self.accuracies) > 1 else 0.0

    @property
    def reach(self) -> float:
        """Half of the 95 % interval of the mean, over programmings."""
        return half_interval(self.accuracies)


@dataclass(frozen=True, slots=True)
class Inference:
    """What came out: the accuracy of the trained weights themselves, and every cell."""

    accuracy_trained: float
    images: int
    cells: tuple[Cell, ...]

    def document(self) -> dict[str, Any]:
        """Return it as plain data, for the store."""
        return asdict(self)


def half_interval(accuracies: tuple[float, ...]) -> float:
    """Return half of the interval of the mean of programmings; 0 for a single one."""
    count = len(accuracies)
    if count < 2:
        return 0.0
    return _factor(count) * float(np.std(accuracies, ddof=1)) / math.sqrt(count)


def loss(right: Tensor, ideal: Tensor) -> tuple[float, float]:
    """Return how much less is read right than `ideal`, and half of its 95 % interval.

    Its variance is that over programmings plus that over images, for other ones would have been
    programmed and shown.
    """
    lost = ideal - right
    by_programming, by_image = lost.mean(dim=1), lost.mean(dim=0)
    variance = by_programming.var() / len(by_programming) + by_image.var() / len(by_image)
    return float(lost.mean()), _factor(len(right)) * math.sqrt(float(variance))


def _factor(count: int) -> float:
    """Return half of Student's 95 % interval, in standard errors."""
    return float(stats.t.ppf((1 + CONFIDENCE) / 2, count - 1))
