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
from collections.abc import Mapping
from typing import Any

from torch import nn

from ..errors import NetworkError
from ..synapses.levels import SynapseLevels
from .analog_network import AnalogNetwork
from .arrays import Array, inner_modules, module_of, opened, reader
from .conversion.convert import Converted, convert
from .conversion.copying import copied_with
from .conversion.example import Example, Inputs
from .conversion.proof import Proof
from .converters import ConverterReach, Converters, reaches
from .devices import DeviceLevels
from .line_resistance import LineResistance
from .mapping import Clipping, Per, check_mapping, map_layer, pairs_on
from .opening import open_layers
from .periphery.drift_compensation import DriftCompensation, check_compensation
from .random_streams import check_seed
from .settings import Devices, LayerSettings, levels_of, settings_of


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
    compensation: DriftCompensation = "none",
) -> AnalogNetwork:
    """Map a trained network onto devices; the model itself is left alone. Raises NetworkError.

    The network is compared with the original before it is handed over, on the `example`: inputs (a
    tensor, a tuple of arguments or a dictionary of named ones), by default the first of the
    `calibration` images, or random numbers that its first layer takes.

    A ConductanceRange has 2^(bits−1) even levels, by default of 8 bits (`even_levels` gives any
    number of them); a state model and DeviceLevels have the levels that they have. Weights up to
    the range of their layer (or output, `per`) are put on the nearest level: the range is that of
    the largest weight, or with `clipping` "least-squares" the one with the least squared error,
    larger weights clipped; "expected-error" counts the devices' spreads, too. Converters are given
    their ranges by what the `calibration` images lead to. With `lines` the layers lie on arrays
    whose wires have resistance. `settings` are those of single layers, by name, pattern of names or
    predicate. Without `fold` batch norms stay digital. `compensation` multiplies outputs by what
    walls that have moved have cost them (see `drift_compensation`).
    """
    if not isinstance(model, nn.Module):
        raise NetworkError(f"A network is a torch.nn.Module, not {type(model).__name__}.")
    check_seed(seed)
    check_mapping(clipping, per)
    check_compensation(compensation)
    if compensation != "none" and converters is not None:
        raise NetworkError(
            "Drift compensation behind converters is not simulated: leave one of them out."
        )
    if lines is not None and not isinstance(lines, LineResistance):
        raise NetworkError(f"lines are a LineResistance(resistance_ohm, …), not {lines!r}.")
    if not isinstance(fold, bool):
        raise NetworkError(f"fold is True or False, not {fold!r}.")
    network_settings = LayerSettings(False, devices, bits, clipping, per, converters)
    levels = levels_of(devices, bits)
    converted, proof = convert(model, calibration if example is None else example, fold=fold)
    modules = dict(converted.network.named_modules())
    chosen = settings_of(
        [(place.name, modules[module_of(place)]) for place in converted.places],
        {} if settings is None else settings,
        network_settings,
    )
    arrays = _arrays(converted, chosen)
    found = _reaches(converted, arrays, chosen, calibration)
    analog = AnalogNetwork(
        converted.network, arrays, levels, seed, found, converted, lines, compensation
    )
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
    open_layers(network, inner_modules(arrays, network))
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
    readers = [reader(array, 0.0, 0, 0, {}) for array in noisy]
    network = opened(copied_with(proof.exact, {}), analog.arrays, readers)
    proof.check(network)
