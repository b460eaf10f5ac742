"""The kinds of layers whose weights devices can hold, and what is particular to each.

A kind of layer is a type in `Layer` and its case in the functions here.
"""

from typing import get_args

from torch import nn
from torch.nn.modules.batchnorm import _BatchNorm
from torch.nn.utils.fusion import fuse_conv_bn_eval, fuse_linear_bn_eval

Layer = nn.Linear | nn.Conv2d
NAMES = " or ".join(kind.__name__ for kind in get_args(Layer))


def channel_shape(layer: nn.Module) -> list[int]:
    """Return the shape in which one number for each output is broadcast over the outputs."""
    return [-1, 1, 1] if isinstance(layer, nn.Conv2d) else [-1]


def with_batch_norm(layer: nn.Module, norm: _BatchNorm) -> nn.Module | None:
    """Return the layer with the batch norm after it folded in, None for another kind of layer."""
    if isinstance(layer, nn.Conv2d):
        return fuse_conv_bn_eval(layer, norm)
    if isinstance(layer, nn.Linear):
        return fuse_linear_bn_eval(layer, norm)
    return None


def squares_summed(layer: Layer) -> nn.Conv2d | None:
    """Return the convolution that sums over the inputs of each output, one channel for each group.

    None for a layer in which every output has all inputs.
    """
    if isinstance(layer, nn.Linear):
        return None
    sums = nn.Conv2d(
        layer.groups,
        layer.groups,
        layer.kernel_size,  # type: ignore[arg-type]
        layer.stride,  # type: ignore[arg-type]
        layer.padding,  # type: ignore[arg-type]
        layer.dilation,  # type: ignore[arg-type]
        groups=layer.groups,
        bias=False,
        padding_mode=layer.padding_mode,
    )
    nn.init.ones_(sums.weight).requires_grad_(False)
    return sums
