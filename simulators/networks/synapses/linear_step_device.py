"""A device whose steps are linear in its weight: constant, linear and soft-bounded ones.

With w the weight in the source's units, from `low` to `high`, a pulse leads to

    w + Δw (1 − γ_up w/high + σ ξ)   upward,    w − Δw (1 − γ_down w/low + σ ξ)   downward,

and with multiplicative noise σ ξ is a share of the step: (1 − γ w/…)(1 + σ ξ); ξ is standard
normal, w is clipped to its range. γ = 0 is aihwkit's ConstantStepDevice, γ = 1 its
SoftBoundsReferenceDevice and any other its LinearStepDevice (Rasch et al., AICAS 2021,
arXiv:2104.02184; docstrings of its `configs.devices`). Networks have weights from −1 to 1 over the
range.
"""

from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True, slots=True)
class LinearStepDevice:
    """`step` is Δw at w = 0, `slopes` are (γ_up, γ_down), `noise` is σ, in the source's units."""

    step: float
    slopes: tuple[float, float] = (0.0, 0.0)
    low: float = -1.0
    high: float = 1.0
    noise: float = 0.0
    is_multiplicative: bool = True

    @property
    def mean_steps(self) -> tuple[float, float]:
        """The means over the range, in its halves."""
        half, middle = (self.high - self.low) / 2, (self.high + self.low) / 2
        up, down = self.slopes
        return (
            self.step / half * (1 - up * middle / self.high),
            self.step / half * (1 - down * middle / self.low),
        )

    def pulse(self, weights: Tensor, upward: Tensor, generator: torch.Generator) -> Tensor:
        half, middle = (self.high - self.low) / 2, (self.high + self.low) / 2
        own = middle + half * weights
        up, down = self.slopes
        size = torch.where(upward, 1 - up * own / self.high, 1 - down * own / self.low)
        if self.noise:
            noise = self.noise * torch.randn(weights.shape, generator=generator)
            size = size + (noise * size if self.is_multiplicative else noise)
        return weights + torch.where(upward, size, -size) * (self.step / half)
