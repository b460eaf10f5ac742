"""Energy, time and area of a network on devices: inference by layer, writing once.

For a layer with R inputs, C outputs and P vectors for each image, read bit by bit over B cycles:

    devices     P B a V² T Σ G over both devices of every pair (a: share of bits that are 1),
    converters  P B C ⌈R/rows⌉ conversions,
    time        P B cycles, the layers one after another, no pipeline.

Drivers, buffers, digital activations, communication and leakage are not in it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import ceil, prod

import torch

from ..crossbar.analog_network import AnalogNetwork
from ..crossbar.arrays import Array
from .assumptions import Circuit, DeviceGeometry


@dataclass(frozen=True, slots=True)
class LayerCost:
    """Cost of one layer for one image, and its devices and converters."""

    name: str
    devices: int
    arrays: int
    multiply_adds: int
    device_J: float
    converter_J: float
    digital_J: float
    time_s: float


@dataclass(frozen=True, slots=True)
class NetworkCost:
    """Cost of a network: layers on devices, and what the rest would take as digital products."""

    layers: tuple[LayerCost, ...]
    digital_rest: int
    circuit: Circuit = field(default_factory=Circuit)

    @property
    def inference_J(self) -> float:
        """Energy of one image, on devices; the digital rest included."""
        rest = self.digital_rest * self.circuit.digital_J.value
        return sum(layer.device_J + layer.converter_J for layer in self.layers) + rest

    @property
    def digital_J(self) -> float:
        """Energy of one image, all multiply-adds digital, without reading weights from memory."""
        adds = sum(layer.multiply_adds for layer in self.layers) + self.digital_rest
        return adds * self.circuit.digital_J.value

    @property
    def time_s(self) -> float:
        return sum(layer.time_s for layer in self.layers)

    @property
    def devices(self) -> int:
        return sum(layer.devices for layer in self.layers)

    def area_m2(self, geometry: DeviceGeometry) -> tuple[float, float]:
        """Return the area of all devices' tracks, and that of the converters."""
        converters = sum(layer.arrays for layer in self.layers)
        return self.devices * geometry.area_m2, converters * self.circuit.converter_m2.value


def cost_of(analog: AnalogNetwork, circuit: Circuit | None = None) -> NetworkCost:
    """Return the cost of a network whose devices are on their levels."""
    chosen = Circuit() if circuit is None else circuit
    adds = analog.multiply_adds
    layers = tuple(_layer(array, _adds_of(array, adds.by_row), chosen) for array in analog.arrays)
    return NetworkCost(layers, adds.total - sum(layer.multiply_adds for layer in layers), chosen)


def _adds_of(array: Array, by_row: Mapping[tuple[str, int], int]) -> int:
    first = 0 if array.place.rows is None else array.place.rows[0]
    return by_row.get((array.place.parameter, first), 0)


def _layer(array: Array, multiply_adds: int, circuit: Circuit) -> LayerCost:
    steps = array.layer.steps
    outputs, inputs = int(steps.shape[0]), prod(steps.shape[1:])
    groups = array.place.groups
    vectors = multiply_adds / steps.numel()
    bits, rows = circuit.input_bits.value, int(circuit.rows.value)
    levels_S = torch.tensor(array.devices.conductance_S, dtype=torch.float64)
    total_S = sum(float(levels_S[targets.long()].sum()) for targets in array.layer.targets())
    blocks = ceil(inputs / rows)
    read_J = circuit.read_V.value**2 * circuit.cycle_s.value * circuit.activity.value
    return LayerCost(
        array.layer.name,
        2 * steps.numel(),
        2 * groups * blocks * ceil(outputs / groups / rows),
        multiply_adds,
        vectors * bits * read_J * total_S,
        vectors * bits * outputs * blocks * circuit.conversion_J.value,
        multiply_adds * circuit.digital_J.value,
        vectors * bits * circuit.cycle_s.value,
    )
