"""The proof that a converted network is the original: its outputs on an example, and refusals."""

import math
from dataclasses import dataclass
from typing import Any

from torch import nn

from ...errors import NetworkError
from .comparison import deviation, first_difference
from .example import Example, shortened
from .output_tensors import tensors_of


@dataclass(frozen=True, slots=True)
class Proof:
    """The network as it was compared with the original, and the outputs of that on an example.

    Their mean |Δ|/σ is at most `tolerance`.
    """

    exact: nn.Module
    example: Example
    expected: Any
    tolerance: float

    def check(self, network: nn.Module) -> None:
        """Raise NetworkError if this network has other outputs than the original."""
        try:
            off = deviation(self.expected, self.example.call(network))
        except NetworkError:
            raise
        except Exception as error:  # whatever the model's own code raises
            raise NetworkError(
                f"{type(self.exact).__name__} fails once its weights are on devices "
                f"({type(error).__name__}: {shortened(error)}): convert it without read noise and "
                "converters, or change its code."
            ) from error
        if not off > self.tolerance and not _is_constant(self.expected):
            return
        layer = first_difference(self.exact, network, self.example, self.tolerance)
        if off > self.tolerance or layer:
            raise refusal(self.exact, layer, off)


def deviation_of(expected: Any, network: nn.Module, example: Example) -> float:
    """Return how far a network's outputs are off: infinitely where it fails."""
    try:
        return deviation(expected, example.call(network))
    except Exception:  # code that asks a folded norm for what it had
        return math.inf


def refusal(network: nn.Module, layer: str, off: float) -> NetworkError:
    where = f"layer {layer}" if layer else f"the code of {type(network).__name__}"
    return NetworkError(
        f"The converted network differs from the original by {off:.2g} of its outputs' standard "
        f"deviation, from {where} on: it computes there with more than its parameters."
    )


def _is_constant(outputs: Any) -> bool:
    """Return whether all numbers are the same, so that outputs alone compare nothing."""
    return all(bool((one == one.flatten()[:1]).all()) for one in tensors_of(outputs))
