"""Learning on line: the 784-128-10 network whose every update is written into its devices.

For each batch the gradient of the cross-entropy goes to the update rule of each layer (see
`update_rules`) in units of the layer's range, and the devices do what they can. Rates fall linearly
to 0. Each layer's range is a multiple of 1/√inputs; devices start evenly spread within ±1/√inputs,
written there by the synapse itself.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from ..neuron_network.activation import NeuronCurve
from ..neuron_network.training import SHAPES, Samples, outputs
from ..synapses.synapse import Synapse
from .update_rules import RuleSettings, rule_on


@dataclass(frozen=True, slots=True)
class OnLineSchedule:
    """How to learn; `ranges` are the layers' largest weights, in units of 1/√inputs."""

    epochs: int = 1
    batch: int = 100
    ranges: tuple[float, float] = (3.0, 4.0)


@dataclass(frozen=True, slots=True)
class Learnt:
    """The weights learnt, in units of each layer's range, and the pulses that writing them took.

    `pulses` are of all devices together; `longest` is the sum over batches of the longest train of
    pulses: how many pulses it takes if all devices are written at once.
    """

    weights: list[Tensor]
    pulses: int
    longest: int


def learn(
    synapse: Synapse,
    rule: RuleSettings,
    samples: Samples,
    neuron: NeuronCurve,
    schedule: OnLineSchedule,
    generator: torch.Generator,
    *,
    after_epoch: Callable[[], None] = lambda: None,
    after_update: Callable[[], None] = lambda: None,
) -> Learnt:
    """Learn from every batch once an epoch, in an order drawn anew."""
    reach = layer_ranges(schedule)
    layers = []
    for shape, largest in zip(SHAPES, schedule.ranges, strict=True):
        start = (torch.rand(shape, generator=generator) * 2 - 1) / largest
        written = synapse.update(torch.zeros(shape), start, generator).weights
        layers.append(rule_on(synapse, rule, written, generator))
    pulses = longest = 0
    batches = len(samples.labels) // schedule.batch
    left = updates = schedule.epochs * batches
    for _ in range(schedule.epochs):
        order = torch.randperm(len(samples.labels), generator=generator)
        for chosen in order[: batches * schedule.batch].view(batches, schedule.batch):
            slopes = _slopes([layer.weights for layer in layers], reach, samples, chosen, neuron)
            trains = [
                layer.step(slope, left / updates, generator)
                for layer, slope in zip(layers, slopes, strict=True)
            ]
            left -= 1
            pulses += sum(fired for fired, _ in trains)
            longest += max(train for _, train in trains)
            after_update()
        after_epoch()
    return Learnt([layer.weights for layer in layers], pulses, longest)


def layer_ranges(schedule: OnLineSchedule) -> list[float]:
    """Return the largest weight of each layer."""
    return [times / shape[1] ** 0.5 for times, shape in zip(schedule.ranges, SHAPES, strict=True)]


def scaled(weights: Sequence[Tensor], schedule: OnLineSchedule) -> list[Tensor]:
    """Return weights as the network computes with them."""
    return [weight * reach for weight, reach in zip(weights, layer_ranges(schedule), strict=True)]


def _slopes(
    state: Sequence[Tensor],
    reach: Sequence[float],
    samples: Samples,
    chosen: Tensor,
    neuron: NeuronCurve,
) -> tuple[Tensor, ...]:
    """Return ∂L/∂W of each layer in the network's units, over its range."""
    weights = [
        (weight * largest).requires_grad_() for weight, largest in zip(state, reach, strict=True)
    ]
    z = outputs(weights, samples.images[chosen], neuron)
    slopes = torch.autograd.grad(cross_entropy(z, samples.labels[chosen]), weights)
    return tuple(slope / largest for slope, largest in zip(slopes, reach, strict=True))
