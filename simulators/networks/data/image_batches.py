"""Colour images in batches: cropped and mirrored at random for training, as they are for tests."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import pad

MARGIN = 4  # pixels an image may be moved by, black filling in (He et al., CVPR 2016)
TEST_BATCH = 500
TEST_BATCH_CPU = 100  # its maps stay in the cache of a core


@dataclass(frozen=True, slots=True)
class ImageBytes:
    """Images (n, 3, 32, 32) as bytes and labels (n,), on the machine that computes."""

    images: Tensor
    labels: Tensor

    def __len__(self) -> int:
        return len(self.labels)


def on_device(images: np.ndarray, labels: np.ndarray, device: torch.device) -> ImageBytes:
    return ImageBytes(
        torch.from_numpy(images).to(device), torch.from_numpy(labels).long().to(device)
    )


def training_batches(
    data: ImageBytes, batch: int, generator: torch.Generator
) -> Iterator[tuple[Tensor, Tensor]]:
    """Yield one epoch of images from 0 to 1, shuffled, each moved and perhaps mirrored, and labels.

    The generator is the CPU's, whatever computes: an epoch is the same everywhere. Images that do
    not fill a batch wait for another epoch; with fewer than one batch, all of them are one.
    """
    count = len(data)
    size = min(batch, count)
    order = torch.randperm(count, generator=generator)
    moves = torch.randint(2 * MARGIN + 1, (2, count), generator=generator)
    mirrored = torch.rand(count, generator=generator) < 0.5
    device = data.images.device
    padded = pad(data.images, (MARGIN,) * 4)
    for chosen in order[: count // size * size].view(-1, size):
        places = chosen.to(device)
        down, right, flip = (part[chosen].to(device) for part in (moves[0], moves[1], mirrored))
        yield _cut(padded[places], down, right, flip).float() / 255, data.labels[places]


@torch.no_grad()
def predictions(
    network: nn.Module,
    data: ImageBytes,
    dtype: torch.dtype = torch.float32,
    batch: int | None = None,
) -> Tensor:
    """Return the class read for each image, (n,), on the CPU."""
    parts = []
    if batch is None:
        batch = TEST_BATCH_CPU if data.images.device.type == "cpu" else TEST_BATCH
    for images in torch.split(data.images, batch):
        given = (images.to(dtype) / 255).contiguous(memory_format=torch.channels_last)
        parts.append(network(given).argmax(dim=1).cpu())
    return torch.cat(parts)


def accuracy(network: nn.Module, data: ImageBytes) -> float:
    """Return the share of images correctly classified."""
    return float((predictions(network, data) == data.labels.cpu()).double().mean())


def colour_statistics(images: Tensor) -> tuple[Tensor, Tensor]:
    """Return mean and standard deviation of each colour, from 0 to 1, over all pixels."""
    values = torch.arange(256, dtype=torch.float64) / 255
    found = []
    for colour in range(images.shape[1]):
        counts = torch.bincount(images[:, colour].flatten().cpu(), minlength=256).double()
        weights = counts / counts.sum()
        mean = (weights * values).sum()
        found.append((mean, ((values - mean) ** 2 * weights).sum().sqrt()))
    means, stds = zip(*found, strict=True)
    return torch.stack(means).float(), torch.stack(stds).float()


def _cut(padded: Tensor, down: Tensor, right: Tensor, flip: Tensor) -> Tensor:
    size = padded.shape[-1] - 2 * MARGIN
    along = torch.arange(size, device=padded.device)
    rows = down[:, None] + along
    columns = right[:, None] + torch.where(flip[:, None], along.flip(0), along)
    image = torch.arange(len(padded), device=padded.device).view(-1, 1, 1, 1)
    colour = torch.arange(padded.shape[1], device=padded.device).view(1, -1, 1, 1)
    return padded[image, colour, rows[:, None, :, None], columns[:, None, None, :]]
