"""The products of inputs and weights that a crossbar computes, and the layers they come from.

A product is one call of `linear`, of a convolution or of a transposed one, whoever makes it: a
layer, a function of the model's own, or the inside of attention and of recurrent layers.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, get_args

import torch
from torch import Tensor, nn
from torch.nn import functional

Layer = (
    nn.Linear
    | nn.Conv1d
    | nn.Conv2d
    | nn.Conv3d
    | nn.ConvTranspose1d
    | nn.ConvTranspose2d
    | nn.ConvTranspose3d
)
NAMES = "Linear, convolution, attention or recurrent"
LAYERS = get_args(Layer)
TRANSPOSED = (nn.ConvTranspose1d, nn.ConvTranspose2d, nn.ConvTranspose3d)
RECURRENT_LAYERS = (nn.RNNBase, nn.RNNCellBase)
RECURRENT = {
    torch.lstm,
    torch.gru,
    torch.rnn_tanh,
    torch.rnn_relu,
    torch.lstm_cell,
    torch.gru_cell,
    torch.rnn_tanh_cell,
    torch.rnn_relu_cell,
}
ATTENTION = functional.multi_head_attention_forward
LOOKUPS = {functional.embedding, functional.embedding_bag}


@dataclass(frozen=True, slots=True)
class ProductKind:
    """Spatial axes of a product (0: linear), and whether it is a transposed convolution."""

    axes: int
    is_transposed: bool = False


LINEAR = ProductKind(0)
PRODUCTS: Mapping[Callable[..., Any], ProductKind] = {
    functional.linear: LINEAR,
    torch.conv1d: ProductKind(1),
    torch.conv2d: ProductKind(2),
    torch.conv3d: ProductKind(3),
    torch.conv_transpose1d: ProductKind(1, is_transposed=True),
    torch.conv_transpose2d: ProductKind(2, is_transposed=True),
    torch.conv_transpose3d: ProductKind(3, is_transposed=True),
}


MATRIX_PRODUCTS = {torch.matmul, torch.mm, Tensor.matmul, Tensor.mm, Tensor.__matmul__}


@dataclass(frozen=True, slots=True)
class Product:
    """One call of a product: inputs, weight and bias, and what else the function was given."""

    function: Callable[..., Tensor]
    kind: ProductKind
    inputs: Tensor
    weight: Tensor
    bias: Tensor | None
    rest: tuple[Any, ...]
    options: Mapping[str, Any]

    @property
    def groups(self) -> int:
        if not self.kind.axes:
            return 1
        return int(self.options.get("groups", self.rest[3] if len(self.rest) > 3 else 1))

    def of(self, inputs: Tensor, weight: Tensor | None = None) -> Tensor:
        """Return the product of other inputs, or of another weight, without bias."""
        used = self.weight if weight is None else weight
        return self.function(inputs, used, None, *self.rest, **self.options)

    def with_bias(self, outputs: Tensor) -> Tensor:
        return outputs if self.bias is None else outputs + self.by_output(self.bias)

    def by_output(self, numbers: Tensor) -> Tensor:
        """Return one number for each output in a shape that is broadcast over the outputs."""
        return numbers.view(-1, *[1] * self.kind.axes)

    def root_of_squares(self, inputs: Tensor, outputs: Tensor) -> Tensor:
        """Return √Σx² of what each output reads, in a shape that is broadcast over `outputs`."""
        squares = inputs.square()
        if not self.kind.axes:
            return squares.sum(dim=-1, keepdim=True).sqrt()
        at = squares.dim() - self.kind.axes - 1  # the axis of the channels
        groups = self.groups
        shape = squares.shape
        by_group = squares.reshape(*shape[:at], groups, -1, *shape[at + 1 :]).sum(dim=at + 1)
        ones = torch.ones((groups, 1, *self.weight.shape[2:])).to(squares)
        sums = self.of(by_group, ones).clamp_(min=0).sqrt()
        return sums.repeat_interleave(outputs.shape[at] // groups, dim=at)

    def multiply_adds(self, outputs: Tensor) -> int:
        """Return how many numbers are multiplied by a weight."""
        if self.kind.is_transposed:
            return self.inputs.numel() * self.weight[0].numel()
        return outputs.numel() * self.weight[0].numel()


def product_of(
    function: Callable[..., Any], args: tuple[Any, ...], kwargs: Mapping[str, Any]
) -> Product | None:
    """Return the product that a call of torch is, None for any other call.

    x @ W is a linear product of the weight Wᵀ, and so is addmm of a bias.
    """
    kind = PRODUCTS.get(function)
    if kind is None:
        return _matrix_product(function, args, kwargs)
    options = dict(kwargs)
    named = ("input", "weight", "bias")[len(args) :]
    inputs, weight, bias = (*args[:3], *(options.pop(name, None) for name in named))
    return Product(function, kind, inputs, weight, bias, args[3:], options)


def _matrix_product(
    function: Callable[..., Any], args: tuple[Any, ...], kwargs: Mapping[str, Any]
) -> Product | None:
    if function in MATRIX_PRODUCTS and len(args) == 2:
        bias, (inputs, matrix) = None, args
    elif function in (torch.addmm, Tensor.addmm) and len(args) == 3 and args[0].dim() == 1:
        bias, inputs, matrix = args
    else:
        return None
    if kwargs or not isinstance(matrix, Tensor) or matrix.dim() != 2:
        return None
    return Product(functional.linear, LINEAR, inputs, matrix.t(), bias, (), {})


def rows_of(weight: Tensor, *, is_transposed: bool, groups: int) -> Tensor:
    """Return a weight with its outputs along the first axis: one row for each of them.

    Of a transposed convolution's (inputs, outputs of a group, …) it is its own inverse.
    """
    if not is_transposed:
        return weight
    by_group = weight.reshape(groups, -1, *weight.shape[1:])
    return by_group.transpose(1, 2).flatten(0, 1)
