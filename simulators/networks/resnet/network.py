"""Residual networks for 32 × 32 images, in three stages (He et al., CVPR 2016, section 4.2).

Depth 6n + 2: a first convolution, three stages of n blocks of two 3 × 3 convolutions with width, 2
and 4 times the width channels, the mean over each map, and a linear layer. Where a stage begins,
a 1 × 1 convolution takes the shortcut to its channels. ResNet-20 has a width of 16; the synapse
paper's network is ResNet-56 with four times that, 13.7 million weights.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from ..errors import NetworkError


@dataclass(frozen=True, slots=True)
class ResnetShape:
    """Depth, channels of the first stage, and classes."""

    depth: int
    width: int
    classes: int = 100

    def __post_init__(self) -> None:
        """Raise NetworkError where there is no such network."""
        if self.depth < 8 or self.depth % 6 != 2 or self.width < 1 or self.classes < 2:
            raise NetworkError(
                f"No residual network has depth {self.depth}, width {self.width} and "
                f"{self.classes} classes: its depth is 8, 14, 20 …, its width 1 or more."
            )


RESNETS = {"resnet20": ResnetShape(20, 16), "resnet56x4": ResnetShape(56, 64)}


class Resnet(nn.Module):
    """The network of a shape; it takes images (n, 3, 32, 32) from 0 to 1 and gives (n, classes).

    It normalises each colour itself by `mean` and `std`, (3,), which are kept with its weights.
    """

    mean: Tensor
    std: Tensor

    def __init__(self, shape: ResnetShape) -> None:
        super().__init__()
        self.register_buffer("mean", torch.zeros(3))
        self.register_buffer("std", torch.ones(3))
        blocks, width = (shape.depth - 2) // 6, shape.width
        self.first = nn.Conv2d(3, width, 3, padding=1, bias=False)
        self.first_norm = nn.BatchNorm2d(width)
        self.stages = nn.Sequential(
            _stage(width, width, blocks, 1),
            _stage(width, 2 * width, blocks, 2),
            _stage(2 * width, 4 * width, blocks, 2),
        )
        self.last = nn.Linear(4 * width, shape.classes)
        for layer in self.modules():
            if isinstance(layer, nn.Conv2d):
                nn.init.kaiming_normal_(layer.weight, mode="fan_out", nonlinearity="relu")

    def forward(self, images: Tensor) -> Tensor:
        x = (images - self.mean.view(-1, 1, 1)) / self.std.view(-1, 1, 1)
        x = torch.relu_(self.first_norm(self.first(x)))
        outputs: Tensor = self.last(self.stages(x).mean(dim=(2, 3)))
        return outputs


class _Block(nn.Module):
    def __init__(self, inputs: int, outputs: int, stride: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(inputs, outputs, 3, stride, padding=1, bias=False)
        self.first_norm = nn.BatchNorm2d(outputs)
        self.second = nn.Conv2d(outputs, outputs, 3, padding=1, bias=False)
        self.second_norm = nn.BatchNorm2d(outputs)
        self.shortcut = nn.Sequential()
        if stride > 1 or inputs != outputs:
            projection = nn.Conv2d(inputs, outputs, 1, stride, bias=False)
            self.shortcut = nn.Sequential(projection, nn.BatchNorm2d(outputs))

    def forward(self, inputs: Tensor) -> Tensor:
        x = torch.relu_(self.first_norm(self.first(inputs)))
        x = self.second_norm(self.second(x))
        return torch.relu_(x.add_(self.shortcut(inputs)))


def _stage(inputs: int, outputs: int, blocks: int, stride: int) -> nn.Sequential:
    following = [_Block(outputs, outputs, 1) for _ in range(blocks - 1)]
    return nn.Sequential(_Block(inputs, outputs, stride), *following)
