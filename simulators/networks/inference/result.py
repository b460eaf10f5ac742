"""Results of inference on devices: accuracies of every programming, and 95 % intervals."""

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from scipy import stats
from torch import Tensor

from ..documents import document, stored_as

CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True)
class Cell:
    """One number of notches and one noise: accuracies of its programmings, and their mean drop.

    `accuracy_drop` is below the accuracy of the same levels without any error, on the same images;
    `accuracy_drop_half_width` is half of its 95 % interval, over programmings and over images.
    """

    notches: int
    noise: float
    accuracies: tuple[float, ...]
    accuracy_drop: float = field(metadata=stored_as("lost"))
    accuracy_drop_half_width: float = field(metadata=stored_as("lost_reach"))

    @property
    def mean(self) -> float:
        return float(np.mean(self.accuracies))

    @property
    def std(self) -> float:
        return float(np.std(self.accuracies, ddof=1)) if len(self.accuracies) > 1 else 0.0

    @property
    def half_width(self) -> float:
        """Half of the 95 % interval of the mean, over programmings."""
        return half_width(self.accuracies)


@dataclass(frozen=True, slots=True)
class Inference:
    """The accuracy of the trained weights themselves, and every cell."""

    accuracy_trained: float
    images: int
    cells: tuple[Cell, ...]

    def document(self) -> dict[str, Any]:
        """Return it as plain data, for the store."""
        return dict(document(self))


def half_width(accuracies: tuple[float, ...]) -> float:
    """Return half of the 95 % interval of the mean of programmings; 0 for a single one."""
    count = len(accuracies)
    if count < 2:
        return 0.0
    return _factor(count) * float(np.std(accuracies, ddof=1)) / math.sqrt(count)


def accuracy_drop(right: Tensor, ideal: Tensor) -> tuple[float, float]:
    """Return the accuracy drop from `ideal` (images,) to `right` (programmings, images), and half
    of its 95 % interval.

    Its variance is that over programmings plus that over images, for other ones would have been
    programmed and shown.
    """
    drop = ideal - right
    by_programming, by_image = drop.mean(dim=1), drop.mean(dim=0)
    variance = by_programming.var() / len(by_programming) + by_image.var() / len(by_image)
    return float(drop.mean()), _factor(len(right)) * math.sqrt(float(variance))


def _factor(count: int) -> float:
    """Return half of Student's 95 % interval, in standard errors."""
    return float(stats.t.ppf((1 + CONFIDENCE) / 2, count - 1))
