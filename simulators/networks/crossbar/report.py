"""Report of an analogue network: layers on devices, and weights that stay digital.

Weights are parameters of two or more axes, and other tensors that modules keep and multiply inputs
by; biases and other vectors always stay digital.
Multiply-adds are those of one image of the example (of one element of its first axis), as
torch.utils.flop_counter counts matrix products and convolutions, and those of recurrent layers.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd
from torch import Tensor, nn

from .analog_network import AnalogNetwork
from .arrays import Array
from .conversion.addresses import kept_tensors
from .multiply_adds import MultiplyAdds
from .report_text import as_html, as_text, circuits_of


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


@dataclass(frozen=True, slots=True, repr=False)
class NetworkReport:
    """All weights, the number of biases and other vectors, the multiply-adds of the whole network.

    `digital_norms` has by batch norm why it is not folded, `circuits` sentences on devices,
    converters and lines. Printed, or shown in a notebook, it is these and a row for each weight.
    """

    layers: tuple[LayerReport, ...]
    vectors: int
    multiply_adds: int
    digital_norms: Mapping[str, str]
    circuits: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return as_text(self)

    def _repr_html_(self) -> str:
        return as_html(self)

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
    adds, names = analog.multiply_adds, _names(analog.folded)
    layers: list[LayerReport] = []
    vectors = 0
    for name, parameter in analog.folded.named_parameters():
        if parameter.dim() < 2:
            vectors += parameter.numel()
        elif name in by_parameter:
            own = names[id(parameter)]
            layers += [_on_devices(array, adds, own) for array in by_parameter[name]]
        else:
            layers.append(_digital(analog, name, parameter, adds, names[id(parameter)]))
    for name, one in kept_tensors(analog.folded).items():
        if name in analog.converted.digital:
            layers.append(_digital(analog, name, one, adds, [name]))
    norms = dict(analog.converted.staying)
    return NetworkReport(tuple(layers), vectors, adds.total, norms, circuits_of(analog))


def _names(network: nn.Module) -> dict[int, list[str]]:
    """Return by the identity of each parameter the layers that have it, more than one if tied."""
    names: dict[int, list[str]] = {}
    for name, parameter in network.named_parameters(remove_duplicate=False):
        names.setdefault(id(parameter), []).append(_layer(name))
    return names


def _layer(parameter: str) -> str:
    """Return the layer's name if the parameter is its weight, else the parameter's."""
    owner, _, own = parameter.rpartition(".")
    return (owner if own == "weight" else parameter) or "(network)"


def _note(reason: str, name: str, names: Sequence[str]) -> str:
    """Return why a weight is where it is, and the other layers that are tied to it."""
    others = [one for one in names if one != name]
    tied = f"tied: also {', '.join(others)}" if len(names) > 1 else ""
    return "; ".join(filter(None, (reason, tied)))


def _on_devices(array: Array, multiply_adds: MultiplyAdds, names: Sequence[str]) -> LayerReport:
    place, steps = array.place, array.layer.steps
    first = 0 if place.rows is None else place.rows[0]
    adds = multiply_adds.by_row.get((place.parameter, first), 0)
    name = place.name or "(network)"
    return LayerReport(
        name,
        place.kind,
        tuple(steps.shape),
        steps.numel(),
        2 * steps.numel(),
        adds,
        _note("" if adds else "not used by the example", name, names),
    )


def _digital(
    analog: AnalogNetwork, name: str, weight: Tensor, adds: MultiplyAdds, names: Sequence[str]
) -> LayerReport:
    owner = name.rpartition(".")[0]
    layer = _layer(name)
    return LayerReport(
        layer,
        type(analog.folded.get_submodule(owner)).__name__,
        tuple(weight.shape),
        math.prod(weight.shape),
        0,
        sum(count for (parameter, _), count in adds.by_row.items() if parameter == name),
        _note(analog.converted.digital.get(name, "set digital"), layer, names),
    )
