"""The rate of thermal escape from a place of rest, after Kramers and Langer.

    Γ = (λ/2π) √|H_p′(valley)/H_p′(top)| exp(-E_b/k_B T)

for the two canonical coordinates q and φ, of which E depends on φ alike in the valley and on top.
λ is the rate at which a wall leaves the top by itself, the positive root of the linear equations,

    λ² (1 + α²) + λ α γ0 (A + Δ κ) + γ0² Δ κ A = 0,    κ = H_p′(top) < 0,  A = (π/2) H_D - H_K.

Valid for barriers of several k_B T, damping that is not weak and a table that is smooth about
valley and top: where the film's wall jumps from one state to another the top is a cusp.

Source: Langer, Ann. Phys. 54, 258 (1969); Hänggi et al., Rev. Mod. Phys. 62, 251 (1990).
"""

from math import exp, pi, sqrt

import numpy as np

from ..constants import BOLTZMANN_J_per_K, GYROMAGNETIC_RATIO_m_per_A_s
from .model import ReducedModel

_NEAR_m = 1e-9


def barrier_J(model: ReducedModel, from_m: float, current_A_per_m2: float = 0.0) -> float:
    """Return E_b of a wall that rests near a position under a current, 0 if there is none."""
    push = model.push_per_current_m * current_A_per_m2 - model.field_z_A_per_m
    return model.moment_T_m2 * model.pinning.barrier_A(from_m, push)[0]


def escape_rate_per_s(
    model: ReducedModel, from_m: float, temperature_K: float, current_A_per_m2: float = 0.0
) -> float:
    """Return Γ; infinite where there is no barrier."""
    push = model.push_per_current_m * current_A_per_m2 - model.field_z_A_per_m
    height_A, valley_m, top_m = model.pinning.barrier_A(from_m, push)
    valley, top = (_slope(model, x_m) for x_m in (valley_m, top_m))
    if height_A <= 0 or valley <= 0 or top >= 0:
        return float("inf")
    height = model.moment_T_m2 * height_A / (BOLTZMANN_J_per_K * temperature_K)
    return _growth_per_s(model, top) / (2 * pi) * sqrt(valley / -top) * exp(-height)


def _slope(model: ReducedModel, x_m: float) -> float:
    """Return H_p′ about a position, in A/m²."""
    x, field = model.pinning.x_m, model.pinning.field_A_per_m
    near = np.abs(x - x_m) <= _NEAR_m
    return float(np.polyfit(x[near] - x_m, field[near], 1)[0])


def _growth_per_s(model: ReducedModel, top_A_per_m2: float) -> float:
    alpha, gamma = model.damping, GYROMAGNETIC_RATIO_m_per_A_s
    stiff = pi / 2 * abs(model.dmi_field_A_per_m) - model.wall_anisotropy_A_per_m
    soft = model.thiele_width_m * top_A_per_m2
    roots = np.roots([1 + alpha**2, alpha * gamma * (stiff + soft), gamma**2 * soft * stiff])
    return float(roots.real.max())
