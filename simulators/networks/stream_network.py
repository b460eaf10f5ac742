"""The stream-learning network: a perceptron whose weights are wall positions, trained in place.

Sums of readouts are exact: bytes times bytes in 32-bit integers. Images enter as bytes less 128;
batch norm takes the offset and the scale out. Products with gradients are taken in bfloat16 and
added up in float32. The network holds every array that a training step writes, so a step allocates
next to nothing.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from simulators.networks.stream_layers import (
    EPSILON,
    activate,
    cross_entropy,
    normalise,
    pass_back,
)
from simulators.networks.stream_setup import StreamSetup
from simulators.networks.stream_transitions import Transitions
from simulators.networks.stream_update import (
    corrections,
    pulse_continuous,
    pulse_levels,
    pulse_states,
    rule_of,
)

PIXELS, CLASSES = 28 * 28, 10
PART = 2000  # images that are classified at a time, which their sums fit into the cache for

Bytes = npt.NDArray[np.uint8]


class StreamNetwork:
    """Weights, Adam's memory and running statistics of one network; `rng` is its only chance."""

    def __init__(
        self,
        setup: StreamSetup,
        rng: np.random.Generator,
        transitions: Transitions | None = None,
    ) -> None:
        if transitions is not None:
            setup = replace(setup, levels=transitions.levels, counted="weight", binarised=True)
        self.setup, self.rng = setup, rng
        self._ends = None if transitions is None else transitions.signed()
        self.updates = 0
        sizes = (PIXELS, setup.hidden, setup.hidden, CLASSES)
        self.layers = [
            _Layer(setup, inputs, units, rng, measured=transitions is not None)
            for inputs, units in pairwise(sizes)
        ]
        self._rule = rule_of(setup)
        self._share = np.empty(CLASSES, np.float32)

    def train(self, images: torch.Tensor, labels: npt.NDArray[np.int64]) -> float:
        """Learn one batch: int8 images (batch, pixels) of `as_input`; return its mean loss."""
        inputs = [images]
        for layer in self.layers:
            inputs.append(layer.forward(inputs[-1], self.setup.statistics_momentum))
        last = self.layers[-1]
        loss: float = cross_entropy(
            last.z, labels, np.float32(self.setup.sharpness), self._share, last.bits
        )
        slope = last.slope
        for number in (2, 1, 0):
            layer = self.layers[number]
            layer.take_back(slope, inputs[number], windowed=number < 2)
            if number:
                slope = layer.slope_of_input()
        self._pulse()
        return loss

    def accuracy(
        self, images: torch.Tensor, labels: npt.NDArray[np.int64], subset: torch.Tensor
    ) -> float:
        """Return the share of images classified rightly.

        `subset`, the images of the current one, gives the statistics where the setup says so.
        """
        if self.setup.statistics == "subset":
            statistics = self._statistics_of(subset)
        else:
            statistics = [(layer.running_mean, layer.running_variance) for layer in self.layers]
        right = 0
        for start in range(0, len(images), PART):
            active = images[start : start + PART]
            for layer, (mean, variance) in zip(self.layers, statistics, strict=True):
                z = (layer.sums(active) - mean) * torch.rsqrt(variance + EPSILON)
                active = _signs(z)
            right += int((z.argmax(1).numpy() == labels[start : start + PART]).sum())
        return right / len(images)

    def state(self) -> dict[str, Any]:
        """Return what `restore` needs to go on exactly: tensors, numbers and texts only."""
        return {
            "updates": self.updates,
            "random": self.rng.bit_generator.state,
            "layers": [
                {name: torch.from_numpy(value.copy()) for name, value in layer.kept()}
                for layer in self.layers
            ],
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        self.updates = state["updates"]
        self.rng.bit_generator.state = state["random"]
        for layer, kept in zip(self.layers, state["layers"], strict=True):
            for name, value in layer.kept():
                value[...] = kept[name].numpy()

    def _pulse(self) -> None:
        learning_rate = self.setup.rate(self.updates)
        self.updates += 1
        rate, square = corrections(self._rule, learning_rate, self.updates)
        for layer in self.layers:
            arrays = (layer.weight, layer.m, layer.v, layer.gradient(), layer.read)
            flat = [array.reshape(-1) for array in arrays]
            if self.setup.levels is None:
                pulse_continuous(*flat, self._rule, rate, square)
                continue
            keys = self.rng.integers(0, 2**32, 2, dtype=np.uint32)
            if self._ends is None:
                least = np.float32(self.setup.threshold * learning_rate)
                pulse_levels(*flat, self._rule, rate, square, least, *keys)
            else:
                fired = layer.fired.reshape(-1)
                pulse_states(*flat, fired, self._ends, self._rule, rate, square, *keys)

    def _statistics_of(self, images: torch.Tensor) -> list[tuple[torch.Tensor, torch.Tensor]]:
        active, statistics = images, []
        for layer in self.layers:
            y = layer.sums(active).float()
            variance, mean = torch.var_mean(y, 0, correction=0)
            statistics.append((mean, variance))
            active = _signs(y - mean)
        return statistics


class _Layer:
    """One layer: (units, inputs) synapses, and room for what passes through it in a step."""

    def __init__(
        self,
        setup: StreamSetup,
        inputs: int,
        units: int,
        rng: np.random.Generator,
        *,
        measured: bool,
    ) -> None:
        shape = (units, inputs)
        self.weight: npt.NDArray[Any]  # states of `stream_transitions` where they are measured
        if measured:
            assert setup.levels is not None
            self.weight = rng.integers(setup.levels - 1, setup.levels + 1, shape, dtype=np.uint8)
            self.read = np.where(self.weight >= setup.levels, 1, -1).astype(np.int8)
            self.fired = np.zeros(shape, np.int8)
        else:
            wanted = rng.uniform(-setup.initial_weight, setup.initial_weight, shape)
            self.weight, self.read = _written(wanted, setup, rng)
        self.m = np.zeros(shape, np.float32)
        self.v = np.zeros(shape, np.float32)
        self.running_mean = torch.zeros(units)
        self.running_variance = torch.ones(units)
        self.z = np.empty((setup.batch, units), np.float32)
        self.bits = np.empty((setup.batch, units), np.uint16)
        self.slope = self.bits
        self._active = np.empty((setup.batch, units), np.int8)
        self._back = torch.empty((setup.batch, units), dtype=torch.bfloat16)
        self._mean, self._variance, self._scale, self._first, self._second = np.empty(
            (5, units), np.float32
        )
        self._gradient = torch.empty(shape, dtype=torch.bfloat16)

    def kept(self) -> Iterator[tuple[str, npt.NDArray[Any]]]:
        """Yield the arrays that outlast a step."""
        yield from (("weight", self.weight), ("read", self.read), ("m", self.m), ("v", self.v))
        yield "running_mean", self.running_mean.numpy()
        yield "running_variance", self.running_variance.numpy()

    def sums(self, active: torch.Tensor) -> torch.Tensor:
        """Return what the columns add up to: int8 (batch, inputs) to int32 (batch, units)."""
        return torch._int_mm(active, torch.from_numpy(self.read).T)

    def forward(self, active: torch.Tensor, momentum: float) -> torch.Tensor:
        """Return the signs after batch norm, and let the running statistics follow."""
        y = self.sums(active).numpy()
        normalise(y, self.z, self._mean, self._variance, self._scale)
        unbiased = len(y) / (len(y) - 1)
        self.running_mean.lerp_(torch.from_numpy(self._mean), momentum)
        self.running_variance.lerp_(torch.from_numpy(self._variance) * unbiased, momentum)
        activate(self.z.reshape(-1), self._active.reshape(-1))
        return torch.from_numpy(self._active)

    def take_back(
        self, slope: npt.NDArray[np.uint16], inputs: torch.Tensor, *, windowed: bool
    ) -> None:
        """Compute the gradient of the weights from ∂L/∂a and the layer's inputs."""
        back = self._back.view(torch.uint16).numpy()
        pass_back(slope, self.z, self._scale, windowed, self._first, self._second, back)
        torch.mm(self._back.T, inputs.to(torch.bfloat16), out=self._gradient)

    def slope_of_input(self) -> npt.NDArray[np.uint16]:
        """Return ∂L/∂a of the layer before, bfloat16 bits (batch, inputs)."""
        slope = torch.mm(self._back, torch.from_numpy(self.read).to(torch.bfloat16))
        return np.asarray(slope.view(torch.uint16).numpy())

    def gradient(self) -> npt.NDArray[np.uint16]:
        return np.asarray(self._gradient.view(torch.uint16).numpy())


def as_input(images: Bytes) -> torch.Tensor:
    """Return images (n, 28, 28) of bytes as the network takes them: int8 (n, 784), less 128."""
    flat = images.reshape(len(images), -1)
    return torch.from_numpy((flat.astype(np.int16) - 128).astype(np.int8))


def _signs(z: torch.Tensor) -> torch.Tensor:
    return (z >= 0).to(torch.int8) * 2 - 1


def _written(
    wanted: npt.NDArray[np.float64], setup: StreamSetup, rng: np.random.Generator
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.int8]]:
    """Return weights on the device's levels, rounded stochastically, and what is read of them."""
    if setup.levels is None:
        weight = wanted.astype(np.float32)
        return weight, np.where(weight >= 0, 1, -1).astype(np.int8)
    assert setup.weights is not None
    top = setup.weights - 1
    k = np.floor((wanted + 1) * top / 2 + rng.random(wanted.shape))
    numerator = (2 * k - top).astype(np.int8)
    read = np.where(wanted >= 0, 1, -1).astype(np.int8)
    read = np.where(numerator == 0, read, np.sign(numerator)) if setup.binarised else numerator
    return (numerator / np.float32(top)).astype(np.float32), read
