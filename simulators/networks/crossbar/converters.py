"""Digital-to-analogue converters at a layer's inputs, analogue-to-digital ones at its outputs.

A converter has 2^b − 1 evenly spaced values from −reach to reach, or 2^b from 0 to reach where
inputs are never negative; what is beyond is clipped. Reaches are found from what images lead to.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from ..errors import NetworkError
from .conversion.example import Example, shortened
from .layer_kinds import product_of

MOST_VALUES = 1 << 20  # of a layer, looked at for its reach


@dataclass(frozen=True, slots=True)
class Converters:
    """Bits of the converters, None for exact ones; the share of values that their ranges hold."""

    input_bits: int | None = None
    output_bits: int | None = None
    share: float = 0.9999

    def __post_init__(self) -> None:
        """Raise NetworkError for converters that there are not."""
        for bits in (self.input_bits, self.output_bits):
            if bits is not None and (type(bits) is not int or not 2 <= bits <= 16):
                raise NetworkError(f"A converter has 2 to 16 bits here, not {bits!r}.")
        if not (isinstance(self.share, float | int) and 0 < self.share <= 1):
            raise NetworkError(
                f"The ranges of converters hold a share above 0 and up to 1 of the values, not "
                f"{self.share!r}."
            )


def check_converters(given: object) -> None:
    """Raise NetworkError for what are no Converters."""
    if not isinstance(given, Converters):
        raise NetworkError(f"converters are Converters(input_bits, output_bits), not {given!r}.")


@dataclass(frozen=True, slots=True)
class ConverterReach:
    """The converters of one layer: inputs from 0 where `is_unsigned`, else from −reach."""

    converters: Converters
    input_reach: float
    is_unsigned: bool
    output_reach: float

    def document(self) -> dict[str, Any]:
        """Return it as plain data."""
        return asdict(self)

    @classmethod
    def of_document(cls, document: Mapping[str, Any]) -> Self:
        return cls(**{**document, "converters": Converters(**document["converters"])})

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


def reaches(
    network: nn.Module, weights: Mapping[str, Tensor], converters: Converters, example: Example
) -> dict[str, ConverterReach]:
    """Return the converters of each array that the example reaches, by the array's name.

    `weights` are those of the network's arrays. Ranges are the largest over an array's calls.
    """
    watching = _Watching({weight.data_ptr(): name for name, weight in weights.items()}, converters)
    try:
        with watching:
            example.call(network)
    except NetworkError:
        raise
    except Exception as error:  # whatever the model's own code raises
        raise NetworkError(
            f"{type(network).__name__} fails for its calibration images ({type(error).__name__}: "
            f"{shortened(error)}): give images that it takes, or leave converters out."
        ) from error
    return watching.found


class _Watching(TorchFunctionMode):
    """Finds the ranges of what products of some weights are given and give."""

    def __init__(self, names: Mapping[int, str], converters: Converters) -> None:
        super().__init__()
        self._names, self._converters = names, converters
        self.found: dict[str, ConverterReach] = {}

    def __torch_function__(
        self,
        function: Callable[..., Any],
        types: Any,
        args: tuple[Any, ...] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:
        options = kwargs or {}
        product = product_of(function, args, options)
        name = None if product is None else self._names.get(product.weight.data_ptr())
        if product is None or name is None:
            return function(*args, **options)
        outputs = product.of(product.inputs)  # the bias is digital: converters do not see it
        if not (product.inputs.isfinite().all() and outputs.isfinite().all()):
            raise NetworkError(
                f"Layer {name} is given numbers that are not finite, or gives such, for the "
                "calibration images: its converters would have no range; leave those images out."
            )
        before, share = self.found.get(name), self._converters.share
        reach = ConverterReach(
            self._converters,
            _reach(product.inputs, share),
            bool((product.inputs >= 0).all()),
            _reach(outputs, share),
        )
        self.found[name] = reach if before is None else _both(before, reach)
        return product.with_bias(outputs)


def _both(first: ConverterReach, second: ConverterReach) -> ConverterReach:
    return ConverterReach(
        first.converters,
        max(first.input_reach, second.input_reach),
        first.is_unsigned and second.is_unsigned,
        max(first.output_reach, second.output_reach),
    )


def _reach(values: Tensor, share: float) -> float:
    flat = values.detach().abs().flatten()
    some = flat[:: len(flat) // MOST_VALUES + 1].float()
    return (float(torch.quantile(some, share)) if len(some) else 0.0) or 1.0


def _converted(values: Tensor, low: float, high: float, count: int) -> Tensor:
    step = high / count
    return (values.clamp(low, high) / step).round() * step
