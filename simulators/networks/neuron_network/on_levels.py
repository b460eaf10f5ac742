"""Layers on levels: put on the nearest, trained through them, and as devices have them."""

from collections.abc import Sequence

import torch
from torch import Tensor

from ..synapses.levels import SynapseLevels
from .training import Weights


def nearest_levels(
    weights: Weights, levels: SynapseLevels, ranges: Sequence[float]
) -> list[Tensor]:
    """Return each layer's weights on the nearest levels of its range."""
    return [levels.nearest(weight, reach) for weight, reach in zip(weights, ranges, strict=True)]


def straight_through(
    weights: Weights, levels: SynapseLevels, ranges: Sequence[float]
) -> list[Tensor]:
    """Return the same, with the gradient of the weights clipped to the range."""
    clipped = [weight.clamp(-reach, reach) for weight, reach in zip(weights, ranges, strict=True)]
    nearest = nearest_levels(clipped, levels, ranges)
    return [
        weight + (level - weight).detach() for weight, level in zip(clipped, nearest, strict=True)
    ]


def spread_levels(
    weights: Weights, levels: SynapseLevels, ranges: Sequence[float], generator: torch.Generator
) -> list[Tensor]:
    """Return each layer's weights as devices have them, drawn around their levels."""
    return [
        levels.spread(weight, reach, generator)
        for weight, reach in zip(weights, ranges, strict=True)
    ]
