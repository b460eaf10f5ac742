"""A trained network on devices: every weight of its layers is the difference of two conductances.

    analog = to_analog(model, ConductanceRange(), bits=8)   # or a StateModel
    network = analog.programmed(trial=0)                    # what is there after one programming
    ideal = from_analog(analog)                             # the trained weights again

Weights of Linear and Conv2d layers are on devices, batch norm folded into them; biases and
activations are digital. A programming is compiled to plain weights, so that computing with it costs
what the network itself costs, on any device and in any precision torch has.
"""

import copy
import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from ....analysis.state_model.model import StateModel
from ..errors import NetworkError
from .converters import ConverterReach, Converters, reaches
from .devices import (
    ConductanceRange,
    DeviceLevels,
    levels_of_device,
    levels_of_range,
)
from .folding import copy_without_weights, fold_batch_norm
from .layer_kinds import NAMES, Layer
from .layers import AnalogLayer, AnalogModule
from .line_resistance import LineResistance, through_lines
from .mapping import (
    Clipping,
    MappedLayer,
    Pairs,
    Per,
    map_layer,
    pairs_on,
)
from .random_streams import HOPPING, ReadingNoise, programming_noise, stream


@dataclass(frozen=True, slots=True)
class AnalogNetwork:
    """A network mapped onto devices; see the module. `folded` has the weights as trained.

    `pairs` are what the layers' devices have in common in all programmings: to program is to draw
    random numbers, scale them and add. `example` is one calibration image, (1, …).
    """

    folded: nn.Module
    layers: tuple[MappedLayer, ...]
    devices: DeviceLevels
    seed: int
    reaches: Mapping[str, ConverterReach]
    pairs: tuple[Pairs, ...]
    lines: LineResistance | None = None
    example: Tensor | None = None

    def __repr__(self) -> str:
        """Return which layers are on devices and what stays digital, in lines of text."""
        from .report import as_text  # imports this module

        return as_text(self)

    def _repr_html_(self) -> str:
        from .report import as_html

        return as_html(self)

    @property
    def device_count(self) -> int:
        return sum(2 * layer.steps.numel() for layer in self.layers)

    def quantised(self) -> nn.Module:
        """Return the network whose devices are exactly on their levels and read without noise."""
        return self._compiled({layer.name: self._weights(layer, None) for layer in self.layers})

    def programmed(self, trial: int, *, noise: float = 1.0) -> nn.Module:
        """Return the network after one programming; another trial is another set of devices.

        `noise` scales the spreads of the levels: the same trial draws the same numbers, which are
        then that many times as far off. A module that reads with noise or has converters takes
        `first_image`, the number of a batch's first image: its read noise depends on it alone.
        """
        weights = {layer.name: self._weights(layer, trial, noise=noise) for layer in self.layers}
        return self._compiled(weights, trial)

    def of_weights(self, weights: Mapping[str, Tensor], trial: int = 0) -> nn.Module:
        """Return the network with other weights, by layer: those of devices that were read back."""
        return self._compiled(weights, trial)

    def _weights(self, layer: MappedLayer, trial: int | None, noise: float = 1.0) -> Tensor:
        positive, negative = layer.targets()
        pairs = self.pairs[layer.number]
        if trial is not None and self.devices.aged is not None:
            rng = stream(self.seed, HOPPING, layer.number, trial)
            positive, negative = (_aged(p.long(), self.devices, rng) for p in (positive, negative))
            pairs = pairs_on(self.devices, positive, negative, layer.scale)
        if trial is None or noise == 0 or not any(self.devices.std_S):
            weights = pairs.weights.clone()
        else:
            # The errors of two devices are drawn as one: their difference is Gaussian, too.
            draws = programming_noise(self.seed, layer.number, trial, pairs.weights.shape)
            weights = draws.mul_(pairs.std * noise).add_(pairs.weights)
        if self.lines is None:
            return weights
        both_S = layer.conductances_of(weights, positive, negative, self.devices)
        return layer.weights_of(*through_lines(*both_S, self.lines), self.devices)

    def _compiled(self, weights: Mapping[str, Tensor], trial: int | None = None) -> nn.Module:
        network = copy_without_weights(self.folded, [layer.name for layer in self.layers])
        reading = []
        for layer in self.layers:
            module = network.get_submodule(layer.name)
            assert isinstance(module, Layer)
            module.weight = nn.Parameter(weights[layer.name], requires_grad=False)
            std = 0.0 if trial is None else self._read_std(layer)
            if std or layer.name in self.reaches:
                noise = ReadingNoise(self.seed, layer.number, trial or 0)
                reach = self.reaches.get(layer.name)
                analog = AnalogLayer(module, std * layer.scale.flatten(), noise, reach)
                network.set_submodule(layer.name, analog)
                reading.append(analog)
        return AnalogModule(network, reading) if reading else network

    def _read_std(self, layer: MappedLayer) -> float:
        """Return σ of reading a pair over the conductance range: its rms over the layer's pairs."""
        if not any(self.devices.read_std_S):
            return 0.0
        variances = torch.tensor(self.devices.read_std_S, dtype=torch.float64) ** 2
        mean = float(variances[layer.steps.abs().long()].mean() + variances[0])
        return math.sqrt(mean) / self.devices.range_S


def to_analog(
    model: nn.Module,
    devices: StateModel | ConductanceRange | DeviceLevels,
    bits: int = 8,
    *,
    seed: int = 0,
    clipping: Clipping = "none",
    per: Per = "layer",
    converters: Converters | None = None,
    calibration: Tensor | None = None,
    lines: LineResistance | None = None,
) -> AnalogNetwork:
    """Map a trained network onto devices; the model itself is left alone. Raises NetworkError.

    Weights up to the range of their layer (or output, `per`) are put on the nearest level: the
    range is that of the largest weight, or with `clipping` "least-squares" the one with the least
    squared error, larger weights clipped; "expected-error" counts the devices' spreads, too.
    `bits` do not matter for DeviceLevels, which have their own. Converters are given their ranges
    by what the `calibration` images lead to, which also tell how many multiply-adds each layer
    takes. With `lines` the layers lie on arrays whose wires have resistance.
    """
    levels = _levels(devices, bits)
    folded = fold_batch_norm(model)
    named = [(name, part) for name, part in folded.named_modules() if isinstance(part, Layer)]
    if not named:
        raise NetworkError(
            f"{type(model).__name__} has no {NAMES} layer, so there are no weights "
            "that devices could hold."
        )
    for parameter in folded.parameters():
        parameter.requires_grad_(False)
    mapped = tuple(
        map_layer(name, number, layer.weight.detach(), levels.pair, clipping, per)
        for number, (name, layer) in enumerate(named)
    )
    found = {} if converters is None else reaches(folded, dict(named), converters, calibration)
    pairs = tuple(pairs_on(levels, *layer.targets(), layer.scale) for layer in mapped)
    example = None if calibration is None else calibration[:1]
    return AnalogNetwork(folded, mapped, levels, seed, found, pairs, lines, example)


def from_analog(analog: AnalogNetwork) -> nn.Module:
    """Return the network with its weights as trained, batch norm folded, on no devices."""
    return copy.deepcopy(analog.folded)


def _levels(devices: StateModel | ConductanceRange | DeviceLevels, bits: int) -> DeviceLevels:
    if isinstance(devices, DeviceLevels):
        return devices
    if isinstance(devices, StateModel):
        return levels_of_device(devices, bits)
    return levels_of_range(devices, bits)


def _aged(levels: Tensor, devices: DeviceLevels, rng: np.random.Generator) -> Tensor:
    """Return the levels on which devices are found after the time; shape of `levels`."""
    edges = torch.tensor(np.cumsum(np.array(devices.aged), axis=1)[:, :-1])
    dice = torch.from_numpy(rng.random(tuple(levels.shape)))
    found = torch.empty_like(levels)
    for level in torch.unique(levels):
        chosen = levels == level
        found[chosen] = torch.bucketize(dice[chosen], edges[level], right=True)
    return found
