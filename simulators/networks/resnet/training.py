"""Training a residual network on CIFAR-100: momentum, one learning rate for each step, epochs kept.

Stochastic gradient descent with Nesterov's momentum and weight decay. The learning rate rises
linearly to its peak and falls along a half cosine to 0 ("one-cycle", Smith and Topin 2018), or only
falls ("cosine"). Everything random in an epoch comes from (seed, epoch), so that an interrupted
training resumes after its last complete epoch to the same weights.
"""

import copy
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict, dataclass
from math import cos, pi
from typing import Any, Literal

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from ...sweeps.checkpoint import Checkpoint
from ..crossbar.training_noise import with_weight_noise
from ..data.image_batches import (
    ImageBytes,
    accuracy,
    colour_statistics,
    on_device,
    training_batches,
)
from ..data.images import Images
from ..errors import NetworkError
from ..progress import Report
from ..tensors import as_arrays, as_tensors
from .network import Resnet, ResnetShape

RateCurve = Literal["one-cycle", "cosine"]
Precision = Literal["float32", "bfloat16"]

RISING = 0.3  # the share of the steps in which one-cycle's learning rate rises
PARTS = "epochs"


@dataclass(frozen=True, slots=True)
class ResnetConfiguration:
    """All that the weights depend on, except code and images; `images` None is all of them.

    `weight_error` is ε of `crossbar.training_noise`; `start` is the hash of the weights that
    training starts from, None for random ones.
    """

    shape: ResnetShape
    epochs: int
    batch: int = 128
    learning_rate: float = 0.2
    rate_curve: RateCurve = "one-cycle"
    momentum: float = 0.9
    weight_decay: float = 5e-4
    label_smoothing: float = 0.0
    precision: Precision = "float32"
    seed: int = 0
    images: int | None = None
    weight_error: float = 0.0
    start: str | None = None

    def document(self) -> dict[str, Any]:
        """Return it as plain data."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Epoch:
    """Mean loss over the training images of an epoch, and test accuracy (0 … 1)."""

    loss: float
    test_accuracy: float


def train_resnet(
    configuration: ResnetConfiguration,
    images: Images,
    checkpoint: Checkpoint,
    device: torch.device,
    report: Report,
    start: Resnet | None = None,
) -> tuple[Resnet, list[Epoch]]:
    """Train and return the network, on the CPU in evaluation mode, and what each epoch came to.

    Starts from random weights or a copy of `start`. Resumes after the epochs in the checkpoint.
    `report` gets the progress in words and how many more batches are done. Raises NetworkError if
    the loss diverges.
    """
    training, test = _data(configuration, images, device)
    network = _fresh(configuration, training) if start is None else copy.deepcopy(start)
    network = network.to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]
    optimiser = torch.optim.SGD(
        network.parameters(),
        lr=configuration.learning_rate,
        momentum=configuration.momentum,
        weight_decay=configuration.weight_decay,
        nesterov=configuration.momentum > 0,
    )
    epochs = _restored(checkpoint, network, optimiser)
    report(
        _description(configuration, epochs), len(epochs) * batches_per_epoch(configuration, images)
    )
    while len(epochs) < configuration.epochs:
        loss = _train_epoch(configuration, network, optimiser, training, epochs, report)
        epochs.append(Epoch(loss, accuracy(network.eval(), test)))
        checkpoint.keep(
            PARTS,
            {
                "network": as_arrays(dict(network.state_dict())),
                "optimiser": as_arrays(optimiser.state_dict()),
                "epochs": [asdict(epoch) for epoch in epochs],
            },
        )
    return network.cpu().eval(), epochs


def epochs_kept(checkpoint: Checkpoint) -> int:
    """Return how many epochs are in the checkpoint."""
    kept = checkpoint.find(PARTS)
    return 0 if kept is None else len(kept["epochs"])


def batches_per_epoch(configuration: ResnetConfiguration, images: Images) -> int:
    """Return how many batches an epoch has."""
    count = min(len(images.train_labels), configuration.images or len(images.train_labels))
    return max(1, count // configuration.batch)


def learning_rate(configuration: ResnetConfiguration, share: float) -> float:
    """Return the learning rate after this share, from 0 to 1, of all steps."""
    rising = RISING if configuration.rate_curve == "one-cycle" else 0.0
    if share < rising:
        return configuration.learning_rate * (0.04 + 0.96 * share / rising)
    return configuration.learning_rate * (1 + cos(pi * (share - rising) / (1 - rising))) / 2


def _train_epoch(
    configuration: ResnetConfiguration,
    network: Resnet,
    optimiser: torch.optim.Optimizer,
    training: ImageBytes,
    epochs: list[Epoch],
    report: Report,
) -> float:
    device = training.images.device
    order, errors = np.random.SeedSequence([configuration.seed, len(epochs)]).generate_state(2)
    batches = training_batches(
        training, configuration.batch, torch.Generator().manual_seed(int(order))
    )
    generator = torch.Generator(device).manual_seed(int(errors))
    count = max(1, len(training) // configuration.batch)
    total = torch.zeros((), device=device)
    network.train()
    for number, (images, labels) in enumerate(batches):
        share = (len(epochs) + number / count) / configuration.epochs
        for group in optimiser.param_groups:
            group["lr"] = learning_rate(configuration, share)
        optimiser.zero_grad()
        with _devices(configuration, network, generator):
            loss = _loss(configuration, network, images, labels)
            torch.autograd.backward(loss)
        optimiser.step()
        total += loss.detach()
        report(_description(configuration, epochs), 1)
    mean = float(total) / count
    if not np.isfinite(mean):
        raise NetworkError(
            f"The loss diverged in epoch {len(epochs) + 1}: train with a lower --rate."
        )
    return mean


def _devices(
    configuration: ResnetConfiguration, network: Resnet, generator: torch.Generator
) -> AbstractContextManager[None]:
    if configuration.weight_error == 0:
        return nullcontext()
    return with_weight_noise(network, configuration.weight_error, generator)


def _loss(
    configuration: ResnetConfiguration, network: Resnet, images: Tensor, labels: Tensor
) -> Tensor:
    with torch.autocast(
        images.device.type, torch.bfloat16, enabled=configuration.precision == "bfloat16"
    ):
        outputs = network(images.contiguous(memory_format=torch.channels_last))
        return cross_entropy(outputs.float(), labels, label_smoothing=configuration.label_smoothing)


def _fresh(configuration: ResnetConfiguration, training: ImageBytes) -> Resnet:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(configuration.seed)
        network = Resnet(configuration.shape)
    mean, std = colour_statistics(training.images)
    network.mean.copy_(mean)
    network.std.copy_(std)
    return network


def _data(
    configuration: ResnetConfiguration, images: Images, device: torch.device
) -> tuple[ImageBytes, ImageBytes]:
    some = slice(configuration.images)
    return (
        on_device(images.train_images[some], images.train_labels[some], device),
        on_device(images.test_images[some], images.test_labels[some], device),
    )


def _restored(
    checkpoint: Checkpoint, network: Resnet, optimiser: torch.optim.Optimizer
) -> list[Epoch]:
    kept = checkpoint.find(PARTS)
    if kept is None:
        return []
    network.load_state_dict(as_tensors(kept["network"]))
    optimiser.load_state_dict(as_tensors(kept["optimiser"]))
    return [Epoch(**epoch) for epoch in kept["epochs"]]


def _description(configuration: ResnetConfiguration, epochs: list[Epoch]) -> str:
    number = min(len(epochs) + 1, configuration.epochs)
    so_far = f", {100 * epochs[-1].test_accuracy:.1f} %" if epochs else ""
    return f"epoch {number} of {configuration.epochs}{so_far}"
