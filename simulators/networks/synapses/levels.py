"""Conductance levels as weights: which weights a notched synapse has, and weights put on them.

A weight is c · L, with a scale c for each layer and a level L in [−1, 1]:

- one device against a fixed reference halfway: L = 2g − 1, n + 1 levels for n notches;
- a pair of devices, one of them at its lowest: L = ±g, 2n + 1 levels;

where g is the device's conductance, normalised from 0 (lowest) to 1 (highest). The junction covers
the track, so domains of both directions conduct side by side and g = k/n at notch k of n; if the
resistance, not the conductance, is linear in the wall's position, g = k/(2n − k) for the neuron
paper's 10 and 20 kΩ.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch
from torch import Tensor

from ....analysis.state_model.model import LevelState, StateModel
from ..errors import NetworkError

Devices = Literal["one", "pair"]
Spacing = Literal["conductance", "resistance"]

# σ_G = 2.53 µS over 0.94 … 1.1 mS: the straight synapse, as the synapse paper takes it (Fig. 6).
MEASURED_SPREAD = 2.53e-6 / (1.1e-3 - 0.94e-3)
SCALES = 96  # number of scales that mse_optimal_scale tries


@dataclass(frozen=True, slots=True)
class SynapseLevels:
    """Levels L ascending in [−1, 1], and the standard deviation of each, in the same units."""

    values: tuple[float, ...]
    spreads: tuple[float, ...]

    def nearest(self, weights: Tensor, scale: float) -> Tensor:
        """Return for each weight the level, times `scale`, that is nearest to it."""
        return self.tensor()[self.index(weights, scale)] * scale

    def with_noise(self, weights: Tensor, scale: float, generator: torch.Generator) -> Tensor:
        """Return weights on levels with programming noise: each drawn around its level."""
        spreads = torch.tensor(self.spreads)[self.index(weights, scale)] * scale
        return weights + spreads * torch.randn(weights.shape, generator=generator)

    def tensor(self) -> Tensor:
        return torch.tensor(self.values)

    def index(self, weights: Tensor, scale: float | Tensor) -> Tensor:
        """Return the index of the level, times `scale`, that is nearest to each weight."""
        levels = self.tensor()
        return torch.bucketize(weights.detach() / scale, (levels[1:] + levels[:-1]) / 2)


def notched_levels(
    notches: int,
    devices: Devices = "one",
    spacing: Spacing = "conductance",
    spread: float = MEASURED_SPREAD,
) -> SynapseLevels:
    """Return the levels of a synapse; `spread` is σ_G over its conductance range."""
    if notches < 1:
        raise NetworkError(f"A synapse has at least 1 notch, not {notches}.")
    notch = np.arange(notches + 1)
    linear = spacing == "conductance"
    conductance = notch / notches if linear else notch / (2 * notches - notch)
    return weight_levels(conductance, np.full(notches + 1, spread), devices)


def levels_of_model(model: StateModel, devices: Devices = "one") -> SynapseLevels:
    """Return the levels of a measured device, spread from visit to visit and device to device.

    Raises NetworkError if a level was visited once only: its spread is not known.
    """
    conductance_S = np.array([level.conductance_S for level in model.levels])
    stds_S = np.array([spread_S(model, number) for number in range(len(model.levels))])
    range_S = conductance_S[-1] - conductance_S[0]
    return weight_levels((conductance_S - conductance_S[0]) / range_S, stds_S / range_S, devices)


def weight_levels(
    conductance: Sequence[float] | np.ndarray,
    spread: Sequence[float] | np.ndarray,
    devices: Devices,
) -> SynapseLevels:
    """Return weight levels of normalised conductances, ascending from 0 to 1, and their spreads."""
    g, sigma = np.asarray(conductance, float), np.asarray(spread, float)
    if devices == "one":
        return SynapseLevels(tuple((2 * g - 1).tolist()), tuple((2 * sigma).tolist()))
    both = np.hypot(sigma, sigma[0])  # the device of the pair that stays at its lowest has one, too
    return SynapseLevels(
        tuple(np.r_[-g[:0:-1], g].tolist()), tuple(np.r_[both[:0:-1], both].tolist())
    )


def max_abs_scale(weights: Tensor) -> float:
    """Return the scale of the largest weight: nothing is clipped."""
    return float(weights.detach().abs().max())


def mse_optimal_scale(weights: Tensor, levels: SynapseLevels) -> float:
    """Return the scale that puts weights on levels with the least squared error.

    Larger weights are clipped to the outermost levels, which then lie where most weights are.
    """
    largest = max_abs_scale(weights)
    tried = [largest * (number + 1) / SCALES for number in range(SCALES)]
    fixed = weights.detach()

    def error(scale: float) -> float:
        return float(((levels.nearest(fixed, scale) - fixed) ** 2).sum())

    return min(tried, key=error)


def spread_S(model: StateModel, number: int) -> float:
    """Return σ_G of a level, from visit to visit and device to device; raises NetworkError."""
    level: LevelState = model.levels[number]
    if level.cycle_std_ohm is None:
        raise NetworkError(
            f"Level {number} of model {model.name} was visited once, so its spread is not known: "
            "measure more cycles, or use levels without a model."
        )
    device = 0.0 if level.device_std_ohm is None else level.device_std_ohm.value
    return float(np.hypot(level.cycle_std_ohm.value, device)) / level.resistance_ohm.value**2
