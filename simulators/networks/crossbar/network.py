"""A trained network on devices: every weight of its layers is the difference of two conductances.

    analog = to_analog(model, ConductanceRange(), bits=8)   # or a StateModel
    network = analog.programmed(trial=0)                    # what is there after one programming
    ideal = from_analog(analog)                             # the trained weights again

Weights of linear, convolution, attention and recurrent layers are on devices, batch norm folded
into them where it can be; biases, embeddings and activations are digital. Before it is handed over,
the network is compared with the original. A programming is compiled to plain weights, so that
computing with it costs what the network itself costs, on any device and in any precision torch has.
"""

import copy
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor, nn

from ..errors import NetworkError
from ..synapses.levels import SynapseLevels
from .conversion.convert import Converted, Proof, convert
from .conversion.copying import copied_with
from .conversion.example import Example, Inputs
from .conversion.weights import Place
from .converters import ConverterReach, Converters, reaches
from .devices import DeviceLevels
from .layers import AnalogArray, AnalogModule
from .line_resistance import LineResistance, through_lines
from .mapping import Clipping, MappedLayer, Pairs, Per, check_mapping, map_layer, pairs_on
from .opening import open_layers
from .random_streams import HOPPING, ReadingNoise, check_seed, programming_noise, stream
from .settings import Devices, LayerSettings, levels_of, settings_of

if TYPE_CHECKING:
    from .multiply_adds import MultiplyAdds
    from .report import NetworkReport


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


@dataclass(frozen=True, slots=True, eq=False)
class AnalogNetwork:
    """A network mapped onto devices; see the module. `folded` has the weights as trained.

    `converted` says what stays digital and why. `analog(images)` computes with the first
    programming.
    """

    folded: nn.Module
    arrays: tuple[Array, ...]
    devices: DeviceLevels
    seed: int
    reaches: Mapping[str, ConverterReach | None]
    converted: Converted
    lines: LineResistance | None = None
    _kept: dict[str, Any] = field(default_factory=dict)

    def __call__(self, *args: Any, **options: Any) -> Any:
        """Compute with the first programming: one set of devices, read anew at each call."""
        if "first" not in self._kept:
            self._kept["first"] = self.programmed(0)
        return self._kept["first"](*args, **options)

    def __repr__(self) -> str:
        """Return which layers are on devices and what stays digital, in lines of text."""
        from .report import as_text  # imports this module

        return as_text(self)

    def _repr_html_(self) -> str:
        from .report import as_html

        return as_html(self)

    def report(self) -> "NetworkReport":
        """Return each layer, where its weights are, and what stays digital."""
        from .report import report

        return report(self)

    @property
    def multiply_adds(self) -> "MultiplyAdds":
        """Multiply-adds of one image of the example, counted when they are first asked for."""
        if "multiply-adds" not in self._kept:
            from .multiply_adds import count_multiply_adds  # slow to import

            counted = count_multiply_adds(self.folded, self.converted.example)
            self._kept["multiply-adds"] = counted
        found: MultiplyAdds = self._kept["multiply-adds"]
        return found

    @property
    def layers(self) -> tuple[MappedLayer, ...]:
        return tuple(array.layer for array in self.arrays)

    @property
    def device_count(self) -> int:
        return sum(2 * layer.steps.numel() for layer in self.layers)

    def quantised(self) -> nn.Module:
        """Return the network whose devices are exactly on their levels and read without noise."""
        weights = {array.layer.name: self._weights(array, None) for array in self.arrays}
        return self._compiled(weights)

    def programmed(self, trial: int, *, noise: float = 1.0) -> nn.Module:
        """Return the network after one programming; another trial is another set of devices.

        `noise` scales the spreads of the levels: the same trial draws the same numbers, which are
        then that many times as far off. A module that reads with noise or has converters numbers
        images as they come; `first_image`, the number of a batch's first image, begins anew. Raises
        NetworkError.
        """
        if isinstance(trial, bool) or not isinstance(trial, int) or trial < 0:
            raise NetworkError(f"A trial is a whole number of 0 or more, not {trial!r}.")
        if not (math.isfinite(noise) and noise >= 0):
            raise NetworkError(f"noise is a multiple of the spreads, 0 or more, not {noise!r}.")
        weights = {
            array.layer.name: self._weights(array, trial, noise=noise) for array in self.arrays
        }
        return self._compiled(weights, trial)

    def of_weights(self, weights: Mapping[str, Tensor], trial: int = 0) -> nn.Module:
        """Return the network with other weights, by layer: those of devices that were read back.

        Each has its outputs along the first axis, as `layers` have.
        """
        return self._compiled(weights, trial)

    def _weights(self, array: Array, trial: int | None, noise: float = 1.0) -> Tensor:
        layer, pairs = array.layer, array.pairs
        levels: tuple[Tensor, Tensor] | None = None
        if trial is not None and array.devices.aged is not None:
            rng = stream(self.seed, HOPPING, layer.number, trial)
            positive, negative = (_aged(p.long(), array.devices, rng) for p in layer.targets())
            levels = positive, negative
            pairs = pairs_on(array.devices, positive, negative, layer.scale)
        if trial is None or noise == 0 or not any(array.devices.std_S):
            weights = pairs.weights.clone()
        else:
            # The errors of two devices are drawn as one: their difference is Gaussian, too.
            draws = programming_noise(self.seed, layer.number, trial, pairs.weights.shape)
            weights = draws.mul_(pairs.std * noise).add_(pairs.weights)
        if self.lines is None:
            return weights
        both_S = layer.conductances_of(weights, *(levels or layer.targets()), array.devices)
        lined = through_lines(*both_S, self.lines, array.place.groups)
        return layer.weights_of(*lined, array.devices)

    def _compiled(self, weights: Mapping[str, Tensor], trial: int | None = None) -> nn.Module:
        network = _with_weights(self.folded, self.arrays, weights)
        reading = []
        for array in self.arrays:
            std = 0.0 if trial is None else array.read_std
            if std or array.layer.name in self.reaches:
                reading.append(_reader(array, std, self.seed, trial or 0, self.reaches))
        return _opened(network, self.arrays, reading) if reading else network


def to_analog(
    model: nn.Module,
    devices: Devices,
    bits: int | None = None,
    *,
    seed: int = 0,
    clipping: Clipping = "none",
    per: Per = "layer",
    converters: Converters | None = None,
    calibration: Inputs | None = None,
    lines: LineResistance | None = None,
    example: Inputs | None = None,
    fold: bool = True,
    settings: Mapping[Any, LayerSettings] | None = None,
) -> AnalogNetwork:
    """Map a trained network onto devices; the model itself is left alone. Raises NetworkError.

    The network is compared with the original before it is handed over, on the `example`: inputs (a
    tensor, a tuple of arguments or a dictionary of named ones), by default the first of the
    `calibration` images, or random numbers that its first layer takes.

    A ConductanceRange has 2^(bits−1) even levels, by default of 8 bits; a state model and
    DeviceLevels have the levels that they have. Weights up to the range of their layer (or output,
    `per`) are put on the nearest level: the range is that of the largest weight, or with `clipping`
    "least-squares" the one with the least squared error, larger weights clipped; "expected-error"
    counts the devices' spreads, too. Converters are given their ranges by what the `calibration`
    images lead to. With `lines` the layers lie on arrays whose wires have resistance. `settings`
    are those of single layers, by name, pattern of names or predicate. Without `fold` batch norms
    stay digital.
    """
    if not isinstance(model, nn.Module):
        raise NetworkError(f"A network is a torch.nn.Module, not {type(model).__name__}.")
    check_seed(seed)
    check_mapping(clipping, per)
    levels = levels_of(devices, bits)
    converted, proof = convert(model, calibration if example is None else example, fold=fold)
    modules = dict(converted.network.named_modules())
    chosen = settings_of(
        [(place.name, modules[_module_of(place)]) for place in converted.places],
        settings or {},
        LayerSettings(False, devices, bits, clipping, per, converters),
    )
    arrays = _arrays(converted, chosen)
    found = _reaches(converted, arrays, chosen, calibration)
    analog = AnalogNetwork(converted.network, arrays, levels, seed, found, converted, lines)
    _check_reading(analog, proof)
    return analog


def from_analog(analog: AnalogNetwork) -> nn.Module:
    """Return the network with its weights as trained, batch norm folded, on no devices."""
    return copy.deepcopy(analog.folded)


def _arrays(converted: Converted, chosen: Mapping[str, LayerSettings]) -> tuple[Array, ...]:
    arrays: list[Array] = []
    known: dict[tuple[int, int | None], tuple[DeviceLevels, SynapseLevels]] = {}
    parameters = dict(converted.network.named_parameters())
    for place in converted.places:
        own = chosen[place.name]
        if own.digital:
            continue
        assert own.devices is not None and own.clipping is not None and own.per is not None
        kind = id(own.devices), own.bits
        if kind not in known:
            levels = levels_of(own.devices, own.bits)
            known[kind] = levels, levels.pair
        levels, pair = known[kind]
        rows = place.taken_from(parameters[place.parameter].detach()).cpu()
        layer = map_layer(place.name, len(arrays), rows, pair, own.clipping, own.per)
        pairs = pairs_on(levels, *layer.targets(), layer.scale)
        arrays.append(Array(layer, place, levels, pairs))
    if not arrays:
        raise NetworkError("All layers are set digital, so nothing would be on devices.")
    return tuple(arrays)


def _reaches(
    converted: Converted,
    arrays: tuple[Array, ...],
    chosen: Mapping[str, LayerSettings],
    calibration: Inputs | None,
) -> dict[str, ConverterReach | None]:
    """Return the converters of arrays, None for those that no calibration image leads to."""
    wanted = {
        array.layer.name: own
        for array in arrays
        if (own := chosen[array.layer.name].converters) is not None
    }
    if not wanted:
        return {}
    if calibration is None:
        raise NetworkError("Converters need calibration images: their ranges are not known.")
    images = Example.of(calibration).to(converted.network)
    network = copied_with(converted.network, {})
    open_layers(network, _inner_modules(arrays, network))
    parameters = dict(network.named_parameters())
    found: dict[str, ConverterReach] = {}
    for converters in set(wanted.values()):
        weights = {
            array.layer.name: array.place.taken_from(parameters[array.place.parameter])
            if array.place.rows
            else parameters[array.place.parameter]
            for array in arrays
            if wanted.get(array.layer.name) == converters
        }
        found |= reaches(network, weights, converters, images)
    return {name: found.get(name) for name in wanted}


def _check_reading(analog: AnalogNetwork, proof: Proof) -> None:
    """Raise NetworkError where a network read without noise is not the original."""
    noisy = [a for a in analog.arrays if a.read_std or a.layer.name in analog.reaches]
    if not noisy:
        return
    readers = [_reader(array, 0.0, 0, 0, {}) for array in noisy]
    network = _opened(copied_with(proof.exact, {}), analog.arrays, readers)
    proof.check(network)


def _reader(
    array: Array, std: float, seed: int, trial: int, found: Mapping[str, ConverterReach | None]
) -> AnalogArray:
    layer, place = array.layer, array.place
    return AnalogArray(
        layer.name,
        place.parameter,
        std * layer.scale.flatten(),
        ReadingNoise(seed, layer.number, trial),
        found.get(layer.name),
        place.rows,
        is_unreached=layer.name in found and found[layer.name] is None,
    )


def _opened(
    network: nn.Module, arrays: tuple[Array, ...], readers: list[AnalogArray]
) -> AnalogModule:
    names = {reader.name for reader in readers}
    read = tuple(array for array in arrays if array.layer.name in names)
    open_layers(network, _inner_modules(read, network))
    device = next(network.parameters()).device
    return AnalogModule(network, readers).to(device)


def _inner_modules(arrays: tuple[Array, ...], network: nn.Module) -> set[str]:
    """Return the modules that compute with these arrays, or whose parts have them."""
    modules = dict(network.named_modules())
    names = {_module_of(array.place) for array in arrays}
    parents = {name.rpartition(".")[0] for name in names}
    attention = {name for name in parents if isinstance(modules[name], nn.MultiheadAttention)}
    return names | attention


def _module_of(place: Place) -> str:
    """Return the name of the module that has the place's parameter."""
    return place.parameter.rpartition(".")[0]


def _with_weights(
    network: nn.Module, arrays: tuple[Array, ...], weights: Mapping[str, Tensor]
) -> nn.Module:
    """Return a copy with these weights, in the precision of the network, on its device."""
    replaced: dict[int, nn.Parameter] = {}
    for array in arrays:
        place, rows = array.place, weights[array.layer.name]
        old = network.get_parameter(place.parameter)
        if place.rows is None and not place.is_transposed:
            replaced[id(old)] = nn.Parameter(rows.to(old), requires_grad=False)
            continue
        if id(old) not in replaced:
            replaced[id(old)] = nn.Parameter(old.detach().clone(), requires_grad=False)
        with torch.no_grad():
            place.put_into(replaced[id(old)], rows)
    return copied_with(network, replaced)


def _aged(levels: Tensor, devices: DeviceLevels, rng: np.random.Generator) -> Tensor:
    """Return the levels on which devices are found after the time; shape of `levels`."""
    edges = torch.tensor(np.cumsum(np.array(devices.aged), axis=1)[:, :-1])
    dice = torch.from_numpy(rng.random(tuple(levels.shape)))
    found = torch.empty_like(levels)
    for level in torch.unique(levels):
        chosen = levels == level
        found[chosen] = torch.bucketize(dice[chosen], edges[level], right=True)
    return found
