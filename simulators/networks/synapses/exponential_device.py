"""A device by its data sheet: states, nonlinearity, write noise.

The conductance, normalised to its range, follows an exponential of the share p of the pulses of a
full sweep: upward g = (1 − e^(−ν p))/(1 − e^(−ν)), and downward the same for 1 − g with −ν; linear
where ν = 0. A pulse of a sweep of n pulses therefore leads from g to

    g′ = g E + (1 − E)/(1 − e^(−ν)),  E = e^(−ν/n).

A positive ν upward, and a negative one downward, means that steps shrink on the way. Every step Δg
has a Gaussian error of standard deviation σ √|Δg|. Both as in CrossSim's models of updates.
"""

from dataclasses import dataclass
from math import expm1

import torch
from torch import Tensor


@dataclass(frozen=True, slots=True)
class ExponentialDevice:
    """`pulses` and `nonlinearity` are (upward, downward); `write_noise` is σ."""

    pulses: tuple[int, int]
    nonlinearity: tuple[float, float] = (0.0, 0.0)
    write_noise: float = 0.0

    @property
    def mean_steps(self) -> tuple[float, float]:
        """The means of full sweeps: the range, 2, over the number of pulses."""
        return 2 / self.pulses[0], 2 / self.pulses[1]

    def pulse(self, weights: Tensor, upward: Tensor, generator: torch.Generator) -> Tensor:
        conductance = (weights + 1) / 2
        up = _steps(conductance, self.nonlinearity[0], self.pulses[0])
        down = _steps(1 - conductance, -self.nonlinearity[1], self.pulses[1])
        step = torch.where(upward, up, -down)
        if self.write_noise:
            noise = torch.randn(step.shape, generator=generator)
            step = step + self.write_noise * step.abs().sqrt() * noise
        return 2 * (conductance + step) - 1


def _steps(travelled: Tensor, nonlinearity: float, pulses: int) -> Tensor:
    """Return the step of a pulse for the part of the range travelled; never beyond the range."""
    if nonlinearity == 0:
        return torch.full_like(travelled, 1 / pulses).minimum(1 - travelled)
    left = -expm1(-nonlinearity / pulses)
    step = left * (1 / -expm1(-nonlinearity) - travelled)
    return step.minimum(1 - travelled).clamp_(min=0)
