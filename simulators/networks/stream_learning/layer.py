"""One layer of the stream-learning network: its synapses, and room for what passes through."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from .passes import activate, normalise, pass_back
from .settings import StreamSetup


class Layer:
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
        self.weight: npt.NDArray[Any]  # states of `synapses.transitions` where they are measured
        if measured:
            assert setup.levels is not None
            self.weight = rng.integers(setup.levels - 1, setup.levels + 1, shape, dtype=np.uint8)
            self.read = np.where(self.weight >= setup.levels, 1, -1).astype(np.int8)
            self.fired = np.zeros(shape, np.int8)
        else:
            wanted = rng.uniform(-setup.initial_weight, setup.initial_weight, shape)
            self.weight, self.read = _initial(wanted, setup, rng)
        self.m = np.zeros(shape, np.float32)
        self.v = np.zeros(shape, np.float32)
        self.running_mean = torch.zeros(units)
        self.running_variance = torch.ones(units)
        self.z = np.empty((setup.batch, units), np.float32)
        self.slope = np.empty((setup.batch, units), np.uint16)
        self.active = np.empty((setup.batch, units), np.int8)
        self.back = torch.empty((setup.batch, units), dtype=torch.bfloat16)
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
        activate(self.z.reshape(-1), self.active.reshape(-1))
        return torch.from_numpy(self.active)

    def take_back(
        self, slope: npt.NDArray[np.uint16], inputs: torch.Tensor, *, windowed: bool
    ) -> None:
        """Compute the gradient of the weights from ∂L/∂a and the layer's inputs."""
        back = self.back.view(torch.uint16).numpy()
        pass_back(slope, self.z, self._scale, windowed, self._first, self._second, back)
        torch.mm(self.back.T, inputs.to(torch.bfloat16), out=self._gradient)

    def slope_of_input(self) -> npt.NDArray[np.uint16]:
        """Return ∂L/∂a of the layer before, bfloat16 bits (batch, inputs)."""
        slope = torch.mm(self.back, torch.from_numpy(self.read).to(torch.bfloat16))
        return np.asarray(slope.view(torch.uint16).numpy())

    def gradient(self) -> npt.NDArray[np.uint16]:
        return np.asarray(self._gradient.view(torch.uint16).numpy())


def _initial(
    wanted: npt.NDArray[np.float64], setup: StreamSetup, rng: np.random.Generator
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.int8]]:
    """Return weights, rounded to the device's levels unless sums are accumulated, and readouts."""
    if setup.levels is None:
        weight = wanted.astype(np.float32)
        return weight, np.where(weight >= 0, 1, -1).astype(np.int8)
    assert setup.weights is not None
    top = setup.weights - 1
    accumulates = setup.rounding == "float_accumulator"
    k = np.floor((wanted + 1) * top / 2 + (0.5 if accumulates else rng.random(wanted.shape)))
    numerator = (2 * k - top).astype(np.int8)
    read = np.where(wanted >= 0, 1, -1).astype(np.int8)
    read = np.where(numerator == 0, read, np.sign(numerator)) if setup.binarised else numerator
    if accumulates:
        return wanted.astype(np.float32), read
    return (numerator / np.float32(top)).astype(np.float32), read
