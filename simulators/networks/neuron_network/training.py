"""The neuron paper's network: 784 inputs, 128 domain-wall neurons, 10 outputs.

z₁ = W₁x, a = neuron(z₁), z₂ = W₂a, trained on the cross-entropy of z₂ with Adam, whose learning
rate falls to 0 along a half cosine. There are no biases: all that is learnt is in synapses. Weights
start uniform within ±1/√inputs.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from ..data.images import Images
from .activation import NeuronCurve

SHAPES = ((128, 784), (10, 128))
TEST_BATCH = 10_000

Weights = Sequence[Tensor]
View = Callable[[Weights], list[Tensor]]


@dataclass(frozen=True, slots=True)
class Samples:
    """Flat images (n, 784) as float32 from 0 to 1, and their labels (n,)."""

    images: Tensor
    labels: Tensor


@dataclass(frozen=True, slots=True)
class Schedule:
    """How long and how fast to train."""

    epochs: int
    learning_rate: float
    batch: int


def samples_of(images: Images) -> tuple[Samples, Samples]:
    """Return the training and test samples of a data set."""
    return (
        _samples(torch.from_numpy(images.train_images), torch.from_numpy(images.train_labels)),
        _samples(torch.from_numpy(images.test_images), torch.from_numpy(images.test_labels)),
    )


def initial_weights(generator: torch.Generator) -> list[Tensor]:
    return [(torch.rand(shape, generator=generator) * 2 - 1) / shape[1] ** 0.5 for shape in SHAPES]


def outputs(weights: Weights, images: Tensor, neuron: NeuronCurve) -> Tensor:
    """Return z₂, (n, 10)."""
    first, second = weights
    return neuron(images @ first.T) @ second.T


def train(
    weights: Weights,
    samples: Samples,
    neuron: NeuronCurve,
    schedule: Schedule,
    generator: torch.Generator,
    *,
    view: View = list,
    after_epoch: Callable[[Weights], None] = lambda _: None,
) -> list[Tensor]:
    """Train copies of the weights and return them; the network computes with `view(weights)`.

    `after_epoch` is called with the weights it computes with.
    """
    learnt = [weight.detach().clone().requires_grad_() for weight in weights]
    optimiser = torch.optim.Adam(learnt, lr=schedule.learning_rate, fused=True)
    batches = len(samples.labels) // schedule.batch
    falling = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, schedule.epochs * batches)
    for _ in range(schedule.epochs):
        order = torch.randperm(len(samples.labels), generator=generator)
        for chosen in order[: batches * schedule.batch].view(batches, schedule.batch):
            z = outputs(view(learnt), samples.images[chosen], neuron)
            optimiser.zero_grad()
            torch.autograd.backward(cross_entropy(z, samples.labels[chosen]))
            optimiser.step()
            falling.step()
        with torch.no_grad():
            after_epoch(view(learnt))
    return [weight.detach() for weight in learnt]


@torch.no_grad()
def predictions(weights: Weights, samples: Samples, neuron: NeuronCurve) -> Tensor:
    """Return the class read for each image, (n,)."""
    parts = torch.split(samples.images, TEST_BATCH)
    return torch.cat([outputs(weights, part, neuron).argmax(dim=1) for part in parts])


def accuracy(weights: Weights, samples: Samples, neuron: NeuronCurve) -> float:
    """Return the share of images correctly classified."""
    right = predictions(weights, samples, neuron) == samples.labels
    return float(right.double().mean())


def confusion(read: Tensor, labels: Tensor, classes: int = 10) -> Tensor:
    """Return how often each class (row) was read as each (column)."""
    return torch.bincount(labels * classes + read, minlength=classes**2).view(classes, classes)


def _samples(images: Tensor, labels: Tensor) -> Samples:
    return Samples(images.flatten(1).float() / 255, labels.long())
