"""The arrays of a network: weights on devices in their places, and networks that read them."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from .conversion.copying import copied_with, own_copy
from .conversion.weights import Place
from .converters import ConverterReach
from .devices import DeviceLevels
from .layers import AnalogArray, AnalogModule
from .mapping import MappedLayer, Pairs
from .opening import open_layers
from .random_streams import ReadingNoise


@dataclass(frozen=True, slots=True)
class Array:
    """A layer's weights on devices, and their place in the network.

    `pairs` are what its devices have in common in all programmings: to program is to draw random
    numbers, scale them and add.
    """

    layer: MappedLayer
    place: Place
    devices: DeviceLevels
    pairs: Pairs

    @property
    def read_std(self) -> float:
        """σ of reading a pair over the conductance range: its rms over the layer's pairs."""
        if not any(self.devices.read_std_S):
            return 0.0
        variances = torch.tensor(self.devices.read_std_S, dtype=torch.float64) ** 2
        mean = float(variances[self.layer.steps.abs().long()].mean() + variances[0])
        return math.sqrt(mean) / self.devices.range_S


def reader(
    array: Array,
    std: float,
    seed: int,
    trial: int,
    found: Mapping[str, ConverterReach | None],
    gain: Tensor | None = None,
) -> AnalogArray:
    """Return what reads an array with a noise of `std`, times the outputs' `gain` if given."""
    layer, place = array.layer, array.place
    read_std = std * (layer.scale if gain is None else layer.scale * gain)
    return AnalogArray(
        layer.name,
        place.parameter,
        read_std.flatten(),
        ReadingNoise(seed, layer.number, trial),
        found.get(layer.name),
        place.rows,
        is_matrix=place.is_matrix,
        is_unreached=layer.name in found and found[layer.name] is None,
    )


def opened(
    network: nn.Module, arrays: tuple[Array, ...], readers: list[AnalogArray]
) -> AnalogModule:
    names = {reader.name for reader in readers}
    read = tuple(array for array in arrays if array.layer.name in names)
    open_layers(network, inner_modules(read, network))
    device = next(network.parameters()).device
    return AnalogModule(network, readers).to(device)


def inner_modules(arrays: tuple[Array, ...], network: nn.Module) -> set[str]:
    """Return the modules that compute with these arrays, or whose parts have them."""
    modules = dict(network.named_modules())
    names = {module_of(array.place) for array in arrays}
    parents = {name.rpartition(".")[0] for name in names}
    attention = {name for name in parents if isinstance(modules[name], nn.MultiheadAttention)}
    return names | attention


def module_of(place: Place) -> str:
    """Return the name of the module that has the place's parameter."""
    return place.parameter.rpartition(".")[0]


def with_weights(
    network: nn.Module, arrays: tuple[Array, ...], weights: Mapping[str, Tensor]
) -> nn.Module:
    """Return a copy with these weights, in the precision of the network, on its device.

    Raises NetworkError for a module whose copies are not of what it has.
    """
    replaced: dict[int, nn.Parameter] = {}
    by_name: dict[str, nn.Parameter] = {}
    for array in arrays:
        place, rows = array.place, weights[array.layer.name]
        old = _parameter(network, place.parameter)
        if place.rows is None and not (place.is_transposed or place.is_matrix):
            replaced[id(old)] = nn.Parameter(_like(old, rows), requires_grad=False)
        else:
            if id(old) not in replaced:
                replaced[id(old)] = nn.Parameter(old.detach().clone(), requires_grad=False)
            with torch.no_grad():
                place.put_into(replaced[id(old)], rows)
        by_name[place.parameter] = replaced[id(old)]
    copied = copied_with(network, replaced)
    for name, parameter in by_name.items():
        if _parameter(copied, name) is not parameter:
            raise own_copy(network, name)
    return copied


def _parameter(network: nn.Module, name: str) -> Tensor:
    """Return a parameter, as `get_parameter` does, in a tenth of its time."""
    *path, own = name.split(".")
    try:
        for part in path:
            network = network._modules[part]  # type: ignore[assignment]
        return network._parameters[own]  # type: ignore[return-value]
    except KeyError:
        raise own_copy(network, name) from None


def _like(old: Tensor, rows: Tensor) -> Tensor:
    """Return weights in the precision and layout of those that they replace."""
    if old.dim() == 4 and not old.is_contiguous():  # convolutions in channels_last
        return rows.to(old, memory_format=torch.channels_last)
    return rows.to(old)
