"""Tensors recognised by where they lie in memory, so that views of them are recognised, too."""

from bisect import bisect_right
from collections.abc import Iterable

import torch
from torch import Tensor, nn


class Addresses:
    """Which tensor, by name, a tensor is or is a view of."""

    def __init__(self, named: Iterable[tuple[str, Tensor]]) -> None:
        spans = sorted(
            (tensor.data_ptr(), tensor.data_ptr() + tensor.numel() * tensor.element_size(), name)
            for name, tensor in named
            if tensor.numel() and tensor.device.type != "meta"
        )
        self._starts = [start for start, _, _ in spans]
        self._spans = spans

    def find(self, tensor: Tensor) -> str | None:
        """Return the name, None for a tensor of its own."""
        if tensor.layout != torch.strided or not tensor.numel():
            return None
        try:
            address = tensor.data_ptr()
        except RuntimeError:  # inside torch.func, tensors have no memory of their own
            return None
        place = bisect_right(self._starts, address) - 1
        if place < 0 or address >= self._spans[place][1]:
            return None
        return self._spans[place][2]


def kept_tensors(network: nn.Module) -> dict[str, Tensor]:
    """Return buffers and other tensors that modules have as attributes, of two or more axes.

    They may be weights that are not trained.
    """
    return {
        f"{name}.{own}" if name else own: value
        for name, part in network.named_modules()
        for own, value in (*part._buffers.items(), *vars(part).items())
        if isinstance(value, Tensor) and value.dim() > 1 and value.is_floating_point()
    }
