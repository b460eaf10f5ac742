"""A network on devices: what all its programmings share, and what each of them is."""

import copy
import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor, nn

from ..errors import NetworkError
from .arrays import Array, opened, reader, with_weights
from .conversion.convert import Converted
from .converters import ConverterReach
from .devices import DeviceLevels, is_number
from .line_resistance import LineResistance, through_lines
from .mapping import MappedLayer, pairs_on
from .periphery.drift_compensation import DriftCompensation, factors
from .random_streams import HOPPING, REFERENCE_READING, programming_noise, stream

if TYPE_CHECKING:
    from .multiply_adds import MultiplyAdds
    from .report import NetworkReport


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
    compensation: DriftCompensation = "none"
    _kept: dict[str, Any] = field(default_factory=dict)

    def __call__(self, *args: Any, **options: Any) -> Any:
        """Compute with the first programming: one set of devices, read anew at each call."""
        if "first" not in self._kept:
            self._kept["first"] = self.programmed(0)
        return self._kept["first"](*args, **options)

    def __repr__(self) -> str:
        """Return which layers are on devices and what stays digital, in lines of text."""
        return repr(self.report())

    def _repr_html_(self) -> str:
        return self.report()._repr_html_()

    def report(self) -> "NetworkReport":
        """Return each layer, where its weights are, and what stays digital."""
        from .report import report  # imports this module

        return report(self)

    def to(self, *args: Any, **options: Any) -> "AnalogNetwork":
        """Return it with the network in another precision or layout, or on another device.

        The arguments are those of `torch.nn.Module.to`. The devices stay: a programming is the one
        that `programmed(trial).to(…)` gives, and takes less time.
        """
        folded = copy.deepcopy(self.folded).to(*args, **options)
        return replace(self, folded=folded, _kept={"counted by": self})

    @property
    def multiply_adds(self) -> "MultiplyAdds":
        """Multiply-adds of one image of the example, counted when they are first asked for."""
        if "counted by" in self._kept:
            before: AnalogNetwork = self._kept["counted by"]
            return before.multiply_adds
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
        if not (is_number(noise) and math.isfinite(noise) and noise >= 0):
            raise NetworkError(f"noise is a multiple of the spreads, 0 or more, not {noise!r}.")
        weights: dict[str, Tensor] = {}
        gains: dict[str, Tensor] = {}
        for array in self.arrays:
            name, found = array.layer.name, self._weights(array, trial, noise=noise)
            if self.compensation != "none" and array.devices.aged is not None:
                gains[name] = self._gain(array, trial, noise, found)
                found = found * gains[name]
            weights[name] = found
        return self._compiled(weights, trial, gains)

    def of_weights(self, weights: Mapping[str, Tensor], trial: int = 0) -> nn.Module:
        """Return the network with other weights, by layer: those of devices that were read back.

        Each has its outputs along the first axis, as `layers` have. Raises NetworkError.
        """
        for layer in self.layers:
            given = weights.get(layer.name)
            if given is None or given.shape != layer.steps.shape or not given.isfinite().all():
                shape = " × ".join(map(str, layer.steps.shape))
                raise NetworkError(f"Layer {layer.name} needs {shape} finite weights.")
        return self._compiled(weights, trial)

    def _gain(self, array: Array, trial: int, noise: float, now: Tensor) -> Tensor:
        """Return what outputs are multiplied by to make up for drift, by two reference readings."""
        written = self._weights(array, trial, noise, aged=False)
        rng = stream(self.seed, REFERENCE_READING, array.layer.number, trial)
        read_std = array.read_std * array.layer.scale
        return factors(written, now, read_std, self.compensation, rng)

    def _weights(
        self, array: Array, trial: int | None, noise: float = 1.0, *, aged: bool = True
    ) -> Tensor:
        layer, pairs = array.layer, array.pairs
        levels: tuple[Tensor, Tensor] | None = None
        if trial is not None and aged and array.devices.aged is not None:
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

    def _compiled(
        self,
        weights: Mapping[str, Tensor],
        trial: int | None = None,
        gains: Mapping[str, Tensor] | None = None,
    ) -> nn.Module:
        network = with_weights(self.folded, self.arrays, weights)
        reading = []
        for array in self.arrays:
            std = 0.0 if trial is None else array.read_std
            if std or array.layer.name in self.reaches:
                gain = (gains or {}).get(array.layer.name)
                reading.append(reader(array, std, self.seed, trial or 0, self.reaches, gain))
        return opened(network, self.arrays, reading) if reading else network


def _aged(levels: Tensor, devices: DeviceLevels, rng: np.random.Generator) -> Tensor:
    """Return the levels on which devices are found after the time; shape of `levels`."""
    edges = torch.tensor(np.cumsum(np.array(devices.aged), axis=1)[:, :-1])
    dice = torch.from_numpy(rng.random(tuple(levels.shape)))
    found = torch.empty_like(levels)
    for level in torch.unique(levels):
        chosen = levels == level
        found[chosen] = torch.bucketize(dice[chosen], edges[level], right=True)
    return found
