"""The same training in plain PyTorch, one parameter at a time: the fast network is held to it.

Written as one would from the synapse paper: autograd with a straight-through sign, batch norm,
Adam's update tensor by tensor, then f_meta, δ, clip and rounding (equations in `update`). A
weight of 0 is read as +1.
"""

from itertools import pairwise
from math import sqrt
from typing import Any

import torch
from torch.nn import functional

from ..errors import NetworkError
from .network import CLASSES, PIXELS
from .settings import StreamSetup


class StraightThroughSign(torch.autograd.Function):
    """The sign (0: +1), whose gradient passes where the input is between −1 and 1."""

    @staticmethod
    def forward(ctx: Any, x: torch.Tensor) -> torch.Tensor:
        ctx.save_for_backward(x)
        return torch.where(x >= 0, 1.0, -1.0)

    @staticmethod
    def backward(ctx: Any, *slopes: torch.Tensor) -> torch.Tensor:
        (x,) = ctx.saved_tensors
        passed: torch.Tensor = slopes[0] * (x.abs() <= 1)
        return passed


class PlainNetwork:
    """Weights, Adam's memory and running statistics, in float32 throughout.

    Raises NetworkError for the rounding "float_accumulator", which it does not have.
    """

    def __init__(self, setup: StreamSetup, generator: torch.Generator) -> None:
        if setup.rounding == "float_accumulator":
            raise NetworkError(
                "The reference network has no float accumulator: choose another rounding."
            )
        self.setup, self.generator, self.updates = setup, generator, 0
        sizes = (PIXELS, setup.hidden, setup.hidden, CLASSES)
        self.weights = []
        for inputs, units in pairwise(sizes):
            wanted = (torch.rand(units, inputs, generator=generator) * 2 - 1) * setup.initial_weight
            self.weights.append(self._rounded(wanted).requires_grad_())
        self.m = [torch.zeros_like(weight) for weight in self.weights]
        self.v = [torch.zeros_like(weight) for weight in self.weights]
        self.running = [(torch.zeros(units), torch.ones(units)) for units in sizes[1:]]

    def train(self, images: torch.Tensor, labels: torch.Tensor) -> float:
        """Learn one batch of float32 images (batch, pixels); return its mean loss."""
        for weight in self.weights:
            weight.grad = None
        z = self._outputs(images, training=True)
        loss = functional.cross_entropy(self.setup.softmax_scale * z, labels)
        loss.backward()  # type: ignore[no-untyped-call]
        self._update()
        return float(loss.detach())

    @torch.no_grad()
    def accuracy(self, images: torch.Tensor, labels: torch.Tensor) -> float:
        """Return the share of images correctly classified, with the running statistics."""
        return float((self._outputs(images, training=False).argmax(1) == labels).float().mean())

    def _outputs(self, active: torch.Tensor, *, training: bool) -> torch.Tensor:
        momentum = self.setup.statistics_momentum
        for number, (weight, (mean, variance)) in enumerate(
            zip(self.weights, self.running, strict=True)
        ):
            read = _sign(weight) if self.setup.binarised else weight
            y = functional.linear(active, read)
            z = functional.batch_norm(
                y, mean, variance, training=training, momentum=momentum, eps=1e-5
            )
            if number < len(self.weights) - 1:
                active = _sign(z)
        return z

    @torch.no_grad()
    def _update(self) -> None:
        self.updates += 1
        s, t = self.setup, self.updates
        for weight, m, v in zip(self.weights, self.m, self.v, strict=True):
            assert weight.grad is not None
            m.mul_(s.beta1).add_(weight.grad, alpha=1 - s.beta1)
            v.mul_(s.beta2).addcmul_(weight.grad, weight.grad, value=1 - s.beta2)
            rate = s.rate(t - 1) / (1 - s.beta1**t)
            u = -rate * m / (v.sqrt() / sqrt(1 - s.beta2**t) + s.epsilon)
            u *= (1 - weight.abs()) * (1 - s.width_ratio) + s.width_ratio
            u = torch.where(u * weight >= 0, u * s.asymmetry, u)
            u = torch.where(u.abs() >= s.threshold * s.rate(t - 1), u, 0.0)
            weight.copy_(self._rounded((weight + u).clamp(-1, 1)))

    def _rounded(self, wanted: torch.Tensor) -> torch.Tensor:
        if self.setup.weights is None:
            return wanted
        half = (self.setup.weights - 1) / 2
        stochastic = self.setup.rounding == "stochastic"
        r = torch.rand(wanted.shape, generator=self.generator) if stochastic else 0.5
        return (((wanted + 1) * half + r).floor() / half - 1).clamp(-1, 1)


def _sign(x: torch.Tensor) -> torch.Tensor:
    signs: torch.Tensor = StraightThroughSign.apply(x)  # type: ignore[no-untyped-call]
    return signs
