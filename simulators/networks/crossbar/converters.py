"""Digital-to-analogue converters at a layer's inputs, analogue-to-digital ones at its outputs.

A converter has 2^b − 1 evenly spaced values from −reach to reach, or 2^b from 0 to reach where
inputs are never negative; what is beyond is clipped. Reaches are found from what images lead to.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

import torch
from torch import Tensor, nn

from ..errors import NetworkError
from .layer_kinds import Layer, channel_shape

MOST_VALUES = 1 << 20  # of a layer, looked at for its reach


@dataclass(frozen=True, slots=True)
class Converters:
    """Bits of the converters, None for exact ones; the share of values that their ranges hold."""

    input_bits: int | None = None
    output_bits: int | None = None
    share: float = 0.9999


@dataclass(frozen=True, slots=True)
class ConverterReach:
    """The converters of one layer: inputs from 0 where `is_unsigned`, else from −reach."""

    converters: Converters
    input_reach: float
    is_unsigned: bool
    output_reach: float

    def input(self, inputs: Tensor) -> Tensor:
        """Return the inputs as the digital-to-analogue converter gives them."""
        bits = self.converters.input_bits
        if bits is None:
            return inputs
        low = 0.0 if self.is_unsigned else -self.input_reach
        count = 2**bits - 1 if self.is_unsigned else 2 ** (bits - 1) - 1
        return _converted(inputs, low, self.input_reach, count)

    def output(self, outputs: Tensor) -> Tensor:
        """Return the outputs as the analogue-to-digital converter reads them."""
        bits = self.converters.output_bits
        if bits is None:
            return outputs
        return _converted(outputs, -self.output_reach, self.output_reach, 2 ** (bits - 1) - 1)


@torch.no_grad()
def reaches(
    network: nn.Module,
    layers: Mapping[str, Layer],
    converters: Converters,
    images: Tensor | None,
) -> dict[str, ConverterReach]:
    """Return the converters of each layer, for what these images lead to; raises NetworkError."""
    if images is None or not len(images):
        raise NetworkError("Converters need calibration images: their ranges are not known.")
    for bits in (converters.input_bits, converters.output_bits):
        if bits is not None and not 2 <= bits <= 16:
            raise NetworkError(f"A converter has 2 to 16 bits here, not {bits}.")
    found: dict[str, ConverterReach] = {}

    def watch(name: str, layer: nn.Module, inputs: tuple[Tensor], output: Tensor) -> None:
        bias = getattr(layer, "bias", None)
        if bias is not None:  # it is digital: the converter does not see it
            output = output - bias.view(channel_shape(layer))
        found[name] = ConverterReach(
            converters,
            _reach(inputs[0], converters.share),
            bool((inputs[0] >= 0).all()),
            _reach(output, converters.share),
        )

    hooks = [layer.register_forward_hook(partial(watch, name)) for name, layer in layers.items()]
    try:
        network(images)
    finally:
        for hook in hooks:
            hook.remove()
    return found


def _reach(values: Tensor, share: float) -> float:
    flat = values.abs().flatten()
    some = flat[:: len(flat) // MOST_VALUES + 1].float()
    return float(torch.quantile(some, share)) or 1.0


def _converted(values: Tensor, low: float, high: float, count: int) -> Tensor:
    step = high / count
    return (values.clamp(low, high) / step).round() * step
