"""Report of an analogue network: layers on devices, and weights that stay digital.

Weights are parameters of two or more axes, and other tensors that modules keep and multiply inputs
by; biases and other vectors always stay digital.
Multiply-adds are those of one image of the example (of one element of its first axis), as
torch.utils.flop_counter counts matrix products and convolutions, and those of recurrent layers.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from .analog_network import AnalogNetwork
from .arrays import Array
from .conversion.addresses import kept_tensors
from .multiply_adds import MultiplyAdds


@dataclass(frozen=True, slots=True)
class LayerReport:
    """A weight: its shape, its devices (0: digital), multiply-adds, and why it is where it is."""

    name: str
    kind: str
    shape: tuple[int, ...]
    weights: int
    devices: int
    multiply_adds: int
    note: str = ""

    @property
    def place(self) -> str:
        return "devices" if self.devices else "digital"


@dataclass(frozen=True, slots=True)
class NetworkReport:
    """All weights, the number of biases and other vectors, the multiply-adds of the whole network.

    `digital_norms` has by batch norm why it is not folded.
    """

    layers: tuple[LayerReport, ...]
    vectors: int
    multiply_adds: int
    digital_norms: Mapping[str, str]

    @property
    def devices(self) -> int:
        return sum(layer.devices for layer in self.layers)

    @property
    def digital_weights(self) -> float:
        """The share of the weights that stay digital, 0 … 1."""
        digital = sum(layer.weights for layer in self.layers if not layer.devices)
        return digital / sum(layer.weights for layer in self.layers)

    @property
    def digital_multiply_adds(self) -> float:
        """The share of the multiply-adds that stay digital, 0 … 1."""
        if not self.multiply_adds:
            return 0.0
        analogue = sum(layer.multiply_adds for layer in self.layers if layer.devices)
        return (self.multiply_adds - analogue) / self.multiply_adds

    def table(self) -> pd.DataFrame:
        """Return a row for each weight."""
        return pd.DataFrame(
            {
                "layer": [layer.name for layer in self.layers],
                "kind": [layer.kind for layer in self.layers],
                "shape": [" × ".join(map(str, layer.shape)) for layer in self.layers],
                "on": [layer.place for layer in self.layers],
                "weights": [layer.weights for layer in self.layers],
                "devices": [layer.devices for layer in self.layers],
                "multiply_adds": [layer.multiply_adds for layer in self.layers],
                "note": [layer.note for layer in self.layers],
            }
        )


def report(analog: AnalogNetwork) -> NetworkReport:
    """Count weights, devices and multiply-adds of every layer with weights."""
    by_parameter: dict[str, list[Array]] = {}
    for array in analog.arrays:
        by_parameter.setdefault(array.place.parameter, []).append(array)
    adds = analog.multiply_adds
    layers: list[LayerReport] = []
    vectors = 0
    for name, parameter in analog.folded.named_parameters():
        if parameter.dim() < 2:
            vectors += parameter.numel()
        elif name in by_parameter:
            layers += [_on_devices(array, adds) for array in by_parameter[name]]
        else:
            layers.append(_digital(analog, name, tuple(parameter.shape), adds))
    for name, one in kept_tensors(analog.folded).items():
        if name in analog.converted.digital:
            layers.append(_digital(analog, name, tuple(one.shape), adds))
    return NetworkReport(tuple(layers), vectors, adds.total, dict(analog.converted.staying))


def _on_devices(array: Array, multiply_adds: MultiplyAdds) -> LayerReport:
    place, steps = array.place, array.layer.steps
    first = 0 if place.rows is None else place.rows[0]
    adds = multiply_adds.by_row.get((place.parameter, first), 0)
    return LayerReport(
        place.name or "(network)",
        place.kind,
        tuple(steps.shape),
        steps.numel(),
        2 * steps.numel(),
        adds,
        "" if adds else "not used by the example",
    )


def _digital(
    analog: AnalogNetwork, name: str, shape: tuple[int, ...], adds: MultiplyAdds
) -> LayerReport:
    owner, _, own = name.rpartition(".")
    return LayerReport(
        (owner if own == "weight" else name) or "(network)",
        type(analog.folded.get_submodule(owner)).__name__,
        shape,
        math.prod(shape),
        0,
        sum(count for (parameter, _), count in adds.by_row.items() if parameter == name),
        analog.converted.digital.get(name, "set digital"),
    )
