"""Feed-forward convolutional networks, each as its paper has it, with few channels."""

import torch
from torch import Tensor, nn


def conv(
    inputs: int, outputs: int, size: int = 3, stride: int = 1, groups: int = 1
) -> list[nn.Module]:
    """A convolution, batch norm and ReLU."""
    padding = size // 2
    layer = nn.Conv2d(inputs, outputs, size, stride, padding, groups=groups, bias=False)
    return [layer, nn.BatchNorm2d(outputs), nn.ReLU(inplace=True)]


def lenet() -> nn.Module:
    """LeCun et al., Proc. IEEE 86 (1998)."""
    return nn.Sequential(
        *(nn.Conv2d(1, 6, 5, padding=2), nn.Tanh(), nn.AvgPool2d(2)),
        *(nn.Conv2d(6, 16, 5), nn.Tanh(), nn.AvgPool2d(2)),
        *(nn.Conv2d(16, 120, 5), nn.Tanh(), nn.Flatten()),
        *(nn.Linear(120, 84), nn.Tanh(), nn.Linear(84, 10)),
    )


def alexnet() -> nn.Module:
    """Krizhevsky et al., NIPS 2012, with local response normalisation and two groups."""
    return nn.Sequential(
        *(nn.Conv2d(3, 8, 5, 2, 2), nn.ReLU(), nn.LocalResponseNorm(5), nn.MaxPool2d(3, 2)),
        *(nn.Conv2d(8, 12, 5, padding=2, groups=2), nn.ReLU(), nn.LocalResponseNorm(5)),
        *(nn.Conv2d(12, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(3, 2)),
        *(nn.Flatten(), nn.Dropout(), nn.Linear(144, 32), nn.ReLU()),
        *(nn.Dropout(), nn.Linear(32, 10)),
    )


def vgg() -> nn.Module:
    """Simonyan, Zisserman, ICLR 2015, configuration A with batch norm."""
    layers: list[nn.Module] = []
    channels = 3
    for width in (4, 0, 8, 0, 16, 16, 0, 16, 16, 0):
        layers += conv(channels, width) if width else [nn.MaxPool2d(2)]
        channels = width or channels
    return nn.Sequential(*layers, nn.Flatten(), nn.Linear(64, 16), nn.ReLU(), nn.Linear(16, 10))


def network_in_network() -> nn.Module:
    """Lin, Chen, Yan, ICLR 2014: convolutions of 1 × 1 and no linear layer."""

    def block(inputs: int, outputs: int, size: int) -> list[nn.Module]:
        layers: list[nn.Module] = [nn.Conv2d(inputs, outputs, size, padding=size // 2), nn.ReLU()]
        for _ in range(2):
            layers += [nn.Conv2d(outputs, outputs, 1), nn.ReLU()]
        return layers

    return nn.Sequential(
        *(*block(3, 8, 5), nn.MaxPool2d(3, 2), nn.Dropout()),
        *(*block(8, 10, 3), nn.AdaptiveAvgPool2d(1), nn.Flatten()),
    )


class Fire(nn.Module):
    """SqueezeNet's module: few channels, then 1 × 1 and 3 × 3 side by side."""

    def __init__(self, inputs: int, squeezed: int, expanded: int) -> None:
        super().__init__()
        self.squeeze = nn.Conv2d(inputs, squeezed, 1)
        self.expand1 = nn.Conv2d(squeezed, expanded, 1)
        self.expand3 = nn.Conv2d(squeezed, expanded, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        x = torch.relu(self.squeeze(x))
        return torch.cat([torch.relu(self.expand1(x)), torch.relu(self.expand3(x))], 1)


def squeezenet() -> nn.Module:
    """Iandola et al., arXiv:1602.07360."""
    return nn.Sequential(
        *(nn.Conv2d(3, 8, 3, 2), nn.ReLU(), nn.MaxPool2d(3, 2, ceil_mode=True)),
        *(Fire(8, 4, 6), Fire(12, 4, 6), nn.MaxPool2d(3, 2, ceil_mode=True), Fire(12, 4, 8)),
        *(nn.Dropout(), nn.Conv2d(16, 10, 1), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten()),
    )


class Inception(nn.Module):
    """GoogLeNet's module with batch norm: four branches joined."""

    def __init__(self, inputs: int) -> None:
        super().__init__()
        self.one = nn.Sequential(*conv(inputs, 4, 1))
        self.three = nn.Sequential(*conv(inputs, 3, 1), *conv(3, 4))
        self.five = nn.Sequential(*conv(inputs, 3, 1), *conv(3, 4, 5))
        self.pooled = nn.Sequential(nn.MaxPool2d(3, 1, 1), *conv(inputs, 4, 1))

    def forward(self, x: Tensor) -> Tensor:
        return torch.cat([self.one(x), self.three(x), self.five(x), self.pooled(x)], 1)


class GoogLeNet(nn.Module):
    """Szegedy et al., CVPR 2015; its auxiliary classifier is used in training alone."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Sequential(*conv(3, 8, 7, 2), nn.MaxPool2d(2))
        self.first, self.second = Inception(8), Inception(16)
        self.auxiliary = nn.Linear(16, 10)
        self.classes = nn.Linear(16, 10)

    def forward(self, x: Tensor) -> Tensor | tuple[Tensor, Tensor]:
        x = self.first(self.stem(x))
        auxiliary = self.auxiliary(x.mean((2, 3))) if self.training else None
        outputs: Tensor = self.classes(self.second(x).mean((2, 3)))
        return outputs if auxiliary is None else (outputs, auxiliary)


class DenseNet(nn.Module):
    """Huang et al., CVPR 2017: norm before convolution, all outputs joined."""

    def __init__(self, growth: int = 4) -> None:
        super().__init__()
        self.stem = nn.Conv2d(3, 8, 3, padding=1, bias=False)
        self.norms, self.layers = nn.ModuleList(), nn.ModuleList()
        for number in range(4):
            channels = 8 + number * growth
            self.norms.append(nn.BatchNorm2d(channels))
            self.layers.append(
                nn.Sequential(
                    nn.Conv2d(channels, 8, 1, bias=False),
                    *(nn.BatchNorm2d(8), nn.ReLU()),
                    nn.Conv2d(8, growth, 3, padding=1, bias=False),
                )
            )
        self.last = nn.BatchNorm2d(24)
        self.classes = nn.Linear(24, 10)

    def forward(self, x: Tensor) -> Tensor:
        features = [self.stem(x)]
        for norm, layer in zip(self.norms, self.layers, strict=True):
            features.append(layer(torch.relu(norm(torch.cat(features, 1)))))
        joined = torch.relu(self.last(torch.cat(features, 1)))
        outputs: Tensor = self.classes(joined.mean((2, 3)))
        return outputs


def xception() -> nn.Module:
    """Chollet, CVPR 2017: depthwise, then pointwise convolutions."""
    return nn.Sequential(
        *(*conv(3, 8, 3, 2), *conv(8, 8, 3, 1, 8)[:1], *conv(8, 12, 1)),
        *(*conv(12, 12, 3, 2, 12)[:1], *conv(12, 16, 1)),
        *(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(16, 10)),
    )
