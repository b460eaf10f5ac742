"""Layers on levels: quantised to the nearest, trained through them, with programming noise."""

from collections.abc import Sequence

import torch
from torch import Tensor

from ..synapses.levels import SynapseLevels
from .training import Weights


def nearest_levels(
    weights: Weights, levels: SynapseLevels, scales: Sequence[float]
) -> list[Tensor]:
    """Return each layer's weights on the nearest levels of its scale."""
    return [levels.nearest(weight, scale) for weight, scale in zip(weights, scales, strict=True)]


def straight_through(
    weights: Weights, levels: SynapseLevels, scales: Sequence[float]
) -> list[Tensor]:
    """Return the same, with the gradient of the weights clipped to the scale."""
    clipped = [weight.clamp(-scale, scale) for weight, scale in zip(weights, scales, strict=True)]
    nearest = nearest_levels(clipped, levels, scales)
    return [
        weight + (level - weight).detach() for weight, level in zip(clipped, nearest, strict=True)
    ]


def with_programming_noise(
    weights: Weights, levels: SynapseLevels, scales: Sequence[float], generator: torch.Generator
) -> list[Tensor]:
    """Return each layer's weights with programming noise, drawn around their levels."""
    return [
        levels.with_noise(weight, scale, generator)
        for weight, scale in zip(weights, scales, strict=True)
    ]
