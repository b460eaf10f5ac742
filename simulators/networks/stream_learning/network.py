"""The stream-learning network: a perceptron whose weights are wall positions, trained in place.

Sums of readouts are exact: bytes times bytes in 32-bit integers. Images enter as bytes less 128;
batch norm takes the offset and the scale out. Products with gradients are taken in bfloat16 and
added up in float32. The network holds every array that a training step writes, so a step allocates
next to nothing.
"""

from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from ..synapses.transitions import Transitions
from .layer import Layer
from .passes import EPSILON, cross_entropy
from .settings import StreamSetup
from .update import (
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
    """Weights, Adam's memory and running statistics of one network; all chance is in `rng`."""

    def __init__(
        self,
        setup: StreamSetup,
        rng: np.random.Generator,
        transitions: Transitions | None = None,
    ) -> None:
        if transitions is not None:
            setup = replace(
                setup, levels=transitions.levels, level_encoding="weight", binarised=True
            )
        self.setup, self.rng = setup, rng
        self._ends = None if transitions is None else transitions.signed()
        self._steps = np.float32(0 if transitions is None else transitions.steps)
        self.updates = 0
        sizes = (PIXELS, setup.hidden, setup.hidden, CLASSES)
        self.layers = [
            Layer(setup, inputs, units, rng, measured=transitions is not None)
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
            last.z, labels, np.float32(self.setup.softmax_scale), self._share, last.slope
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
        """Return the share of images correctly classified.

        `subset`, the images of the current one, gives the statistics if the setup says so.
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
        """Return what `restore` needs to resume exactly: arrays, numbers and texts only."""
        return {
            "updates": self.updates,
            "random": self.rng.bit_generator.state,
            "layers": [
                {name: value.copy() for name, value in layer.kept()} for layer in self.layers
            ],
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        self.updates = state["updates"]
        self.rng.bit_generator.state = state["random"]
        for layer, kept in zip(self.layers, state["layers"], strict=True):
            for name, value in layer.kept():
                value[...] = kept[name]

    def _pulse(self) -> None:
        learning_rate = self.setup.rate(self.updates)
        self.updates += 1
        rate, square = corrections(self._rule, learning_rate, self.updates)
        for layer in self.layers:
            arrays = (layer.weight, layer.m, layer.v, layer.gradient(), layer.read)
            weight, m, v, gradient, read = (array.reshape(-1) for array in arrays)
            if self.setup.levels is None:
                pulse_continuous(weight, m, v, gradient, read, self._rule, rate, square)
                continue
            key0, key1 = self.rng.integers(0, 2**32, 2, dtype=np.uint32)
            constants = (self._rule, rate, square, np.float32(self.setup.threshold * learning_rate))
            if self._ends is None:
                pulse_levels(weight, m, v, gradient, read, *constants, key0, key1)
            else:
                drawn = (layer.fired.reshape(-1), self._ends, self._steps)
                pulse_states(weight, m, v, gradient, read, *drawn, *constants, key0, key1)

    def _statistics_of(self, images: torch.Tensor) -> list[tuple[torch.Tensor, torch.Tensor]]:
        active, statistics = images, []
        for layer in self.layers:
            y = layer.sums(active).float()
            variance, mean = torch.var_mean(y, 0, correction=0)
            statistics.append((mean, variance))
            active = _signs(y - mean)
        return statistics


def as_input(images: Bytes) -> torch.Tensor:
    """Return images (n, 28, 28) of bytes as the network takes them: int8 (n, 784), less 128."""
    flat = images.reshape(len(images), -1)
    return torch.from_numpy((flat.astype(np.int16) - 128).astype(np.int8))


def _signs(z: torch.Tensor) -> torch.Tensor:
    return (z >= 0).to(torch.int8) * 2 - 1
