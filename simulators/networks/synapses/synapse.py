"""Updates of a synapse, as networks see them; and synapses that are written by pulses.

Weights are in units of the layer's range, −1 … 1. A network asks for an increment; the device does
what it can, and the weight is the result.
"""

from dataclasses import dataclass
from typing import NamedTuple, Protocol

import torch
from torch import Tensor

MAX_PULSES = 100  # for one update of one weight: more than the whole way of every device here


class UpdateResult(NamedTuple):
    """The weights after an update, the pulses fired in all, and the longest train of pulses.

    Trains are of one polarity: the longest of those upward plus the longest of those downward.
    """

    weights: Tensor
    pulses: int
    longest: int


class Synapse(Protocol):
    """A device that takes updates."""

    def update(
        self, weights: Tensor, increments: Tensor, generator: torch.Generator
    ) -> UpdateResult:
        """Return the weights, of any shape, that the asked-for increments lead to."""
        ...


class PulsedDevice(Protocol):
    """A device that is written by pulses of one amplitude and width, upward or downward."""

    @property
    def mean_steps(self) -> tuple[float, float]:
        """By how much a pulse upward, and one downward, moves the weight on average; both > 0."""
        ...

    def pulse(self, weights: Tensor, upward: Tensor, generator: torch.Generator) -> Tensor:
        """Return weights (n,) after one pulse each, upward where `upward` (n,) is true."""
        ...


@dataclass(frozen=True, slots=True)
class IdealSynapse:
    """The ideal linear update, within the range; writing it takes nothing."""

    def update(
        self, weights: Tensor, increments: Tensor, _generator: torch.Generator
    ) -> UpdateResult:
        return UpdateResult((weights + increments).clamp_(-1, 1), 0, 0)


@dataclass(frozen=True, slots=True)
class PulsedSynapse:
    """Fires as many pulses as the increment is mean steps long, rounded stochastically.

    The number of pulses is drawn so that its mean is |increment| over the direction's mean step:
    whole steps, and the chance of one more. The state is not read before a pulse: what the device
    does differently from its mean step is in the weight.
    """

    device: PulsedDevice

    def update(
        self, weights: Tensor, increments: Tensor, generator: torch.Generator
    ) -> UpdateResult:
        up, down = self.device.mean_steps
        asked = increments.flatten()
        steps = torch.where(asked > 0, asked / up, asked / down)
        chance = torch.rand(steps.shape, generator=generator)
        counts = (steps.abs() + chance).floor_().clamp_(max=MAX_PULSES)
        return self.fire(weights, counts.copysign_(steps).view_as(weights), generator)

    def fire(self, weights: Tensor, steps: Tensor, generator: torch.Generator) -> UpdateResult:
        """Fire whole numbers of pulses, `steps` of the shape of the weights, downward below 0."""
        chosen = steps.flatten().nonzero().squeeze(1)
        after = weights.flatten().clone()
        wanted = steps.flatten()[chosen]
        left, upward = wanted.abs(), wanted > 0
        pulses = int(left.sum())
        longest = sum(int(part.max()) for part in (left[upward], left[~upward]) if len(part))
        while len(chosen):
            after[chosen] = self.device.pulse(after[chosen], upward, generator).clamp_(-1, 1)
            left = left - 1
            more = left > 0
            chosen, upward, left = chosen[more], upward[more], left[more]
        return UpdateResult(after.view_as(weights), pulses, longest)
