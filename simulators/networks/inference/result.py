"""Results of inference on devices: accuracies of every programming, and 95 % intervals."""

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from torch import Tensor

from ....analysis.intervals import t_quantile
from ..documents import document, stored_as


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
    return t_quantile(count - 1) * float(np.std(accuracies, ddof=1)) / math.sqrt(count)


def accuracy_drop(right: Tensor, ideal: Tensor) -> tuple[float, float]:
    """Return the accuracy drop from `ideal` (images,) to `right` (programmings, images), and half
    of its 95 % interval.

    Other programmings would have been made and other images shown, which are crossed random
    effects: half the intervals of both, each with Student's t of its own, add up in squares, and
    the scatter within the pairs counts once. Source: Searle, Casella & McCulloch, Variance
    Components (1992), ch. 4; Howe, J. Am. Stat. Assoc. 69, 789 (1974).
    """
    drop = ideal - right
    by_programming, by_image = drop.mean(dim=1), drop.mean(dim=0)
    programmings, images = len(by_programming), len(by_image)
    rest = drop - by_programming[:, None] - by_image + drop.mean()
    within = float(rest.square().sum()) / ((programmings - 1) * (images - 1))
    of_programmings = float(by_programming.var()) / programmings
    of_images = max(0.0, float(by_image.var()) - within / programmings) / images
    half_widths = (
        t_quantile(programmings - 1) * math.sqrt(of_programmings),
        t_quantile(images - 1) * math.sqrt(of_images),
    )
    return float(drop.mean()), math.hypot(*half_widths)
