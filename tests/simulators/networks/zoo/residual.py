"""Networks with shortcuts, written as they are published: defaults, assertions, shape checks."""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional


class BasicBlock(nn.Module):
    """He et al., CVPR 2016."""

    expansion = 1

    def __init__(self, inputs: int, width: int, stride: int = 1) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, width, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, width, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(width)
        self.shortcut = nn.Sequential()
        if stride != 1 or inputs != width:
            self.shortcut = nn.Sequential(
                nn.Conv2d(inputs, width, 1, stride, bias=False), nn.BatchNorm2d(width)
            )

    def forward(self, x: Tensor) -> Tensor:
        out = functional.relu(self.bn1(self.conv1(x)))
        out = self.bn2(self.conv2(out))
        out += self.shortcut(x)
        return functional.relu(out)


class PaddedBlock(BasicBlock):
    """Shortcut A of the CIFAR networks: every second pixel, and channels of zeros."""

    def __init__(self, inputs: int, width: int, stride: int = 1) -> None:
        super().__init__(inputs, width, stride)
        self.shortcut = nn.Sequential()
        self.stride, self.more = stride, width - inputs

    def forward(self, x: Tensor) -> Tensor:
        out = self.bn2(self.conv2(functional.relu(self.bn1(self.conv1(x)))))
        short = x[:, :, :: self.stride, :: self.stride]
        if self.more:
            short = functional.pad(short, (0, 0, 0, 0, self.more // 2, self.more - self.more // 2))
        return functional.relu(out + short)


class Bottleneck(nn.Module):
    """1 × 1, 3 × 3, 1 × 1; with groups it is ResNeXt's (Xie et al., CVPR 2017)."""

    expansion = 4

    def __init__(self, inputs: int, width: int, stride: int = 1, groups: int = 1) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, width, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, width, 3, stride, 1, groups=groups, bias=False)
        self.bn2 = nn.BatchNorm2d(width)
        self.conv3 = nn.Conv2d(width, 4 * width, 1, bias=False)
        self.bn3 = nn.BatchNorm2d(4 * width)
        self.downsample = nn.Sequential(
            nn.Conv2d(inputs, 4 * width, 1, stride, bias=False), nn.BatchNorm2d(4 * width)
        )

    def forward(self, x: Tensor) -> Tensor:
        out = torch.relu(self.bn1(self.conv1(x)))
        out = torch.relu(self.bn2(self.conv2(out)))
        return torch.relu(self.bn3(self.conv3(out)) + self.downsample(x))


class ResNeXtBlock(Bottleneck):
    def __init__(self, inputs: int, width: int, stride: int = 1) -> None:
        super().__init__(inputs, width, stride, groups=2)


class PreActivation(nn.Module):
    """He et al., ECCV 2016: norm and ReLU before each convolution; Wide ResNets have them, too."""

    expansion = 1

    def __init__(self, inputs: int, width: int, stride: int = 1, dropout: float = 0.0) -> None:
        super().__init__()
        self.bn1 = nn.BatchNorm2d(inputs)
        self.conv1 = nn.Conv2d(inputs, width, 3, stride, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, width, 3, 1, 1, bias=False)
        self.dropout = dropout
        self.equal = inputs == width
        self.short = None if self.equal else nn.Conv2d(inputs, width, 1, stride, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        out = functional.relu(self.bn1(x))
        short = x if self.short is None else self.short(out)
        out = functional.relu(self.bn2(self.conv1(out)))
        if self.dropout > 0:
            out = functional.dropout(out, p=self.dropout, training=self.training)
        return torch.add(short, self.conv2(out))


class SqueezeExcitation(BasicBlock):
    """Hu, Shen, Sun, CVPR 2018: channels scaled by what a small network finds."""

    def __init__(self, inputs: int, width: int, stride: int = 1) -> None:
        super().__init__(inputs, width, stride)
        self.fc1, self.fc2 = nn.Linear(width, width // 2), nn.Linear(width // 2, width)

    def forward(self, x: Tensor) -> Tensor:
        out = self.bn2(self.conv2(functional.relu(self.bn1(self.conv1(x)))))
        batch, channels, _, _ = out.shape
        squeezed = functional.adaptive_avg_pool2d(out, 1).view(batch, channels)
        scale = torch.sigmoid(self.fc2(functional.relu(self.fc1(squeezed))))
        return functional.relu(out * scale.view(batch, channels, 1, 1) + self.shortcut(x))


class ResNet(nn.Module):
    """Three stages of blocks for small images, with what published code checks in `forward`."""

    def __init__(
        self, block: Callable[..., nn.Module], width: int = 4, classes: int = 10, depth: int = 2
    ) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(3, width, 3, 1, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        expansion: int = getattr(block, "expansion", 1)
        stages: list[nn.Module] = []
        inputs = width
        for number in range(3):
            for place in range(depth):
                stride = 2 if number and not place else 1
                stages.append(block(inputs, width * 2**number, stride))
                inputs = width * 2**number * expansion
        self.layers = nn.Sequential(*stages)
        self.linear = nn.Linear(inputs, classes)

    def forward(self, x: Tensor, return_features: bool = False) -> Tensor | tuple[Tensor, Tensor]:
        assert x.dim() == 4
        assert x.shape[1] == 3, f"three colours, not {x.shape[1]}"
        if x.shape[-1] != x.shape[-2]:
            raise ValueError("images must be square")
        out = functional.relu(self.bn1(self.conv1(x)))
        out = self.layers(out)
        out = functional.avg_pool2d(out, out.size()[3])
        features = out.view(out.size(0), -1)
        logits: Tensor = self.linear(features)
        return (logits, features) if return_features else logits


class UNet(nn.Module):
    """Ronneberger et al., MICCAI 2015: down, up by transposed convolutions, joined across."""

    def __init__(self) -> None:
        super().__init__()

        def double(inputs: int, outputs: int) -> nn.Module:
            layers: list[nn.Module] = []
            for channels in (inputs, outputs):
                layers += [nn.Conv2d(channels, outputs, 3, padding=1, bias=False)]
                layers += [nn.BatchNorm2d(outputs), nn.ReLU(inplace=True)]
            return nn.Sequential(*layers)

        self.first, self.second, self.third = double(3, 4), double(4, 8), double(8, 12)
        self.up2, self.up1 = nn.ConvTranspose2d(12, 8, 2, 2), nn.ConvTranspose2d(8, 4, 2, 2)
        self.back2, self.back1 = double(16, 8), double(8, 4)
        self.last = nn.Conv2d(4, 2, 1)

    def forward(self, x: Tensor) -> Tensor:
        first = self.first(x)
        second = self.second(functional.max_pool2d(first, 2))
        third = self.third(functional.max_pool2d(second, 2))
        up = self.back2(torch.cat([second, self.up2(third)], dim=1))
        outputs: Tensor = self.last(self.back1(torch.cat([first, self.up1(up)], dim=1)))
        return outputs


def autoencoder() -> nn.Module:
    """Strided convolutions, then transposed ones with batch norm (Radford et al., ICLR 2016)."""
    return nn.Sequential(
        *(nn.Conv2d(3, 8, 4, 2, 1), nn.LeakyReLU(0.2)),
        *(nn.Conv2d(8, 12, 4, 2, 1), nn.BatchNorm2d(12), nn.LeakyReLU(0.2)),
        *(nn.ConvTranspose2d(12, 8, 4, 2, 1), nn.BatchNorm2d(8), nn.ReLU()),
        *(nn.ConvTranspose2d(8, 8, 3, 1, 1, groups=4), nn.BatchNorm2d(8), nn.ReLU()),
        *(nn.ConvTranspose2d(8, 3, 4, 2, 1), nn.Tanh()),
    )
