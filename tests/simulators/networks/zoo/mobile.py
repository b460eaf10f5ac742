"""Networks of depthwise and grouped convolutions."""

import torch
from torch import Tensor, nn
from torch.nn import functional


def conv(
    inputs: int,
    outputs: int,
    size: int,
    stride: int = 1,
    groups: int = 1,
    act: type | None = nn.ReLU6,
) -> list[nn.Module]:
    padding = size // 2
    layer = nn.Conv2d(inputs, outputs, size, stride, padding, groups=groups, bias=False)
    return [layer, nn.BatchNorm2d(outputs), *([act()] if act else [])]


def pooled(channels: int) -> list[nn.Module]:
    return [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(channels, 10)]


def mobilenet_v1() -> nn.Module:
    """Howard et al., arXiv:1704.04861."""
    layers = conv(3, 8, 3, 2)
    for inputs, outputs, stride in ((8, 12, 1), (12, 16, 2), (16, 16, 1)):
        layers += conv(inputs, inputs, 3, stride, inputs) + conv(inputs, outputs, 1)
    return nn.Sequential(*layers, *pooled(16))


class Excitation(nn.Module):
    """Squeeze and excitation by convolutions of 1 × 1, with a gate."""

    def __init__(self, channels: int, gate: type[nn.Module]) -> None:
        super().__init__()
        self.reduce, self.expand = nn.Conv2d(channels, 4, 1), nn.Conv2d(4, channels, 1)
        self.gate = gate()

    def forward(self, x: Tensor) -> Tensor:
        scale: Tensor = self.gate(
            self.expand(torch.relu(self.reduce(x.mean((2, 3), keepdim=True))))
        )
        return x * scale


class InvertedResidual(nn.Module):
    """Sandler et al., CVPR 2018; with excitation MobileNetV3's and EfficientNet's block."""

    def __init__(
        self,
        inputs: int,
        outputs: int,
        stride: int = 1,
        size: int = 3,
        act: type[nn.Module] = nn.ReLU6,
        gate: type[nn.Module] | None = None,
    ) -> None:
        super().__init__()
        wide = 3 * inputs
        self.has_shortcut = stride == 1 and inputs == outputs
        self.layers = nn.Sequential(
            *conv(inputs, wide, 1, act=act),
            *conv(wide, wide, size, stride, wide, act=act),
            *([Excitation(wide, gate)] if gate else []),
            *conv(wide, outputs, 1, act=None),
        )

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.layers(x)
        return x + out if self.has_shortcut else out


def mobilenet_v2() -> nn.Module:
    """Sandler et al., CVPR 2018."""
    blocks = [InvertedResidual(8, 8), InvertedResidual(8, 12, 2), InvertedResidual(12, 12)]
    return nn.Sequential(*conv(3, 8, 3, 2), *blocks, *conv(12, 24, 1), *pooled(24))


def mobilenet_v3() -> nn.Module:
    """Howard et al., ICCV 2019: hard swish, and excitation with a hard sigmoid."""
    blocks = [
        InvertedResidual(8, 8, 1, 3, nn.ReLU, nn.Hardsigmoid),
        InvertedResidual(8, 12, 2, 5, nn.Hardswish, nn.Hardsigmoid),
    ]
    last = conv(12, 24, 1, act=nn.Hardswish)
    return nn.Sequential(*conv(3, 8, 3, 2, act=nn.Hardswish), *blocks, *last, *pooled(24))


def efficientnet() -> nn.Module:
    """Tan, Le, ICML 2019."""
    blocks = [
        InvertedResidual(8, 8, 1, 3, nn.SiLU, nn.Sigmoid),
        InvertedResidual(8, 12, 2, 5, nn.SiLU, nn.Sigmoid),
    ]
    last = conv(12, 24, 1, act=nn.SiLU)
    return nn.Sequential(*conv(3, 8, 3, 2, act=nn.SiLU), *blocks, *last, nn.Dropout(), *pooled(24))


def shuffled(x: Tensor, groups: int) -> Tensor:
    batch, channels, height, width = x.size()
    x = x.view(batch, groups, channels // groups, height, width)
    return torch.transpose(x, 1, 2).contiguous().view(batch, -1, height, width)


class ShuffleV1(nn.Module):
    """Zhang et al., CVPR 2018: grouped 1 × 1, channels shuffled, depthwise, grouped 1 × 1."""

    def __init__(self, channels: int, groups: int = 2) -> None:
        super().__init__()
        self.groups = groups
        self.reduce = nn.Sequential(*conv(channels, channels // 2, 1, groups=groups, act=nn.ReLU))
        half = channels // 2
        self.rest = nn.Sequential(
            *conv(half, half, 3, groups=half, act=None),
            *conv(half, channels, 1, groups=groups, act=None),
        )

    def forward(self, x: Tensor) -> Tensor:
        return functional.relu(x + self.rest(shuffled(self.reduce(x), self.groups)))


class ShuffleV2(nn.Module):
    """Ma et al., ECCV 2018: half of the channels pass; both halves are strided where it shrinks."""

    def __init__(self, channels: int, stride: int) -> None:
        super().__init__()
        self.stride = stride
        half = channels // 2 if stride == 1 else channels
        self.branch1 = nn.Sequential(
            *(conv(channels, channels, 3, 2, channels, act=None) if stride > 1 else []),
            *(conv(channels, half, 1, act=nn.ReLU) if stride > 1 else []),
        )
        self.branch2 = nn.Sequential(
            *conv(half, half, 1, act=nn.ReLU),
            *conv(half, half, 3, stride, half, act=None),
            *conv(half, half, 1, act=nn.ReLU),
        )

    def forward(self, x: Tensor) -> Tensor:
        if self.stride == 1:
            x1, x2 = x.chunk(2, dim=1)
            out = torch.cat((x1, self.branch2(x2)), dim=1)
        else:
            out = torch.cat((self.branch1(x), self.branch2(x)), dim=1)
        return shuffled(out, 2)


def shufflenet_v1() -> nn.Module:
    return nn.Sequential(*conv(3, 16, 3, 2), ShuffleV1(16), ShuffleV1(16), *pooled(16))


def shufflenet_v2() -> nn.Module:
    return nn.Sequential(*conv(3, 8, 3, 2), ShuffleV2(8, 2), ShuffleV2(16, 1), *pooled(16))


def convmixer() -> nn.Module:
    """Trockman, Kolter, TMLR 2023: depthwise convolutions with shortcuts, on patches."""

    class Residual(nn.Sequential):
        def forward(self, x: Tensor) -> Tensor:
            out: Tensor = super().forward(x)  # type: ignore[no-untyped-call]
            return out + x

    def act(layer: nn.Module) -> list[nn.Module]:
        return [layer, nn.GELU(), nn.BatchNorm2d(12)]

    layers = act(nn.Conv2d(3, 12, 4, 4))
    for _ in range(2):
        layers += [Residual(*act(nn.Conv2d(12, 12, 5, groups=12, padding="same")))]
        layers += act(nn.Conv2d(12, 12, 1))
    return nn.Sequential(*layers, *pooled(12))
