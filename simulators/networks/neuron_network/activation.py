"""The domain-wall neuron as an activation function: its measured transfer curve, scaled.

A 3 ns current pulse moves the wall under the detector, so the conductance rises with the current
density: G_norm(J_norm) = c₁J + c₂J² + c₃J³ + c₄J⁴ for 0 ≤ J_norm ≤ 1, both normalised to the range
of the detector as in the neuron paper's Eq. 3. A negative current drives the wall away from the
detector: G_norm = 0. Beyond J_norm = 1 the wall has left the detector: G_norm stays at its largest.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

MICROMAGNETIC = (1.1176, -0.0081, -0.1600, 0.0506)
FULL_SCALE = 4.0


@dataclass(frozen=True, slots=True)
class NeuronCurve:
    """G_norm's coefficients c₁…c₄, and the weighted input `full_scale` that drives J_norm = 1.

    The curve is scaled alike on both axes: activation(z) = full_scale · G_norm(z/full_scale), so
    that its slope at the origin is c₁, as a ReLU's is 1. The default coefficients are fitted to
    micromagnetic simulations of the paper's neuron (512 × 64 × 2 nm, α = 0.1, θ = 0.08, wall
    read at the end of the pulse).
    """

    coefficients: tuple[float, float, float, float] = MICROMAGNETIC
    full_scale: float = FULL_SCALE

    def __call__(self, weighted_input: Tensor) -> Tensor:
        """Return the neuron's output, same shape, from 0 to about `full_scale`."""
        current = torch.clamp(weighted_input / self.full_scale, 0.0, 1.0)
        return self.full_scale * self.conductance(current)

    def conductance(self, current: Tensor) -> Tensor:
        """Return G_norm for 0 ≤ J_norm ≤ 1."""
        c1, c2, c3, c4 = self.coefficients
        return current * (c1 + current * (c2 + current * (c3 + current * c4)))
