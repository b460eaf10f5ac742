"""The magnetic film and the heavy metal under it: parameters in SI units.

Signs: with D > 0 the moments of a Néel wall turn ↓ → ↑ along +x (counterclockwise, seen with x to
the right and z up): a wall with m_z < 0 on its left has m_x > 0. The current flows along +x for
J > 0; with the default spin polarization p = -y it drives that wall to +x.
"""

from dataclasses import astuple, dataclass
from math import isfinite, pi, sqrt

import numpy as np

from .constants import ELECTRON_CHARGE_C, HBAR_J_s, MU0_T_m_per_A
from .errors import MicromagneticsError


@dataclass(frozen=True, slots=True)
class Material:
    """A ferromagnetic film; the anisotropy axis is z, normal to the film."""

    saturation_magnetization_A_per_m: float
    exchange_stiffness_J_per_m: float
    anisotropy_J_per_m3: float = 0.0
    dmi_J_per_m2: float = 0.0
    """Interfacial Dzyaloshinskii-Moriya constant D, sign as above."""
    damping: float = 0.1

    def __post_init__(self) -> None:
        if not all(isfinite(value) for value in astuple(self)):
            raise MicromagneticsError("A parameter of the material is not a finite number.")
        if not (self.saturation_magnetization_A_per_m > 0 and self.exchange_stiffness_J_per_m > 0):
            raise MicromagneticsError(
                "Saturation magnetization and exchange stiffness must be above 0: correct them."
            )
        if not self.damping > 0:
            raise MicromagneticsError("The damping must be above 0: correct it.")

    @property
    def effective_anisotropy_J_per_m3(self) -> float:
        """K_eff = K - μ0 M_S²/2, the anisotropy less the shape anisotropy of a film."""
        ms = self.saturation_magnetization_A_per_m
        return self.anisotropy_J_per_m3 - MU0_T_m_per_A * ms * ms / 2

    @property
    def wall_width_m(self) -> float:
        """Wall-width parameter Δ = √(A/K_eff); raises MicromagneticsError if K_eff <= 0."""
        if not self.effective_anisotropy_J_per_m3 > 0:
            raise MicromagneticsError(
                "The film is magnetized in its plane (K <= μ0 M_S²/2) and holds no perpendicular "
                "wall: raise the anisotropy or lower the saturation magnetization."
            )
        return sqrt(self.exchange_stiffness_J_per_m / self.effective_anisotropy_J_per_m3)

    @property
    def wall_energy_J_per_m2(self) -> float:
        """σ = 4 √(A K_eff) - π |D| of a Néel wall of the favoured chirality."""
        stiffness = self.exchange_stiffness_J_per_m
        return 4 * stiffness / self.wall_width_m - pi * abs(self.dmi_J_per_m2)

    def film_factor(self, thickness_m: float) -> float:
        """Demagnetising factor (1 - e^(-kt))/(kt) of the film for variations with k = 1/Δ.

        1 for a film magnetized in its plane, whose moments vary slowly.
        """
        if not self.effective_anisotropy_J_per_m3 > 0:
            return 1.0
        kt = thickness_m / self.wall_width_m
        return float(-np.expm1(-kt) / kt)


@dataclass(frozen=True, slots=True)
class SpinOrbitTorque:
    """The torque of a spin current from the heavy metal.

    Damping-like field H = (ħ J / (2 e μ0 M_S t)) η(m·p) (m × p) with
    η = 2 θ Λ² / ((Λ² + 1) + (Λ² - 1) m·p), which is θ for Λ = 1; field-like field
    (ħ J / (2 e μ0 M_S t)) θ_FL p. In OOMMF's Oxs_SpinXferEvolve θ is P, θ_FL is 2 ε′ and p is m_p.
    """

    spin_hall_angle: float
    """Effective spin-Hall angle θ, interface transparency included."""
    asymmetry: float = 1.0
    """Slonczewski's Λ, 1 or above."""
    field_like_angle: float = 0.0
    polarization: tuple[float, float, float] = (0.0, -1.0, 0.0)
    """Direction p of the spin current for J > 0, a unit vector."""

    def __post_init__(self) -> None:
        numbers = (self.spin_hall_angle, self.asymmetry, self.field_like_angle, *self.polarization)
        if not all(isfinite(value) for value in numbers):
            raise MicromagneticsError("A parameter of the torque is not a finite number.")
        if not self.asymmetry >= 1:
            raise MicromagneticsError("The asymmetry Λ of the torque must be 1 or above.")
        if abs(sum(p * p for p in self.polarization) - 1) > 1e-6:
            raise MicromagneticsError("The polarization of the torque must be a unit vector.")


def torque_field_per_current_m(material: Material, thickness_m: float) -> float:
    """Return ħ/(2 e μ0 M_S t), the effective field per current density at θ = 1, in m."""
    ms = material.saturation_magnetization_A_per_m
    return HBAR_J_s / (2 * ELECTRON_CHARGE_C * MU0_T_m_per_A * ms * thickness_m)


def equivalent_current_A_per_m2(
    field_A_per_m: float, material: Material, torque: SpinOrbitTorque, thickness_m: float
) -> float:
    """Return the current density whose torque pushes a Néel wall as this field along z does."""
    per_A_per_m2 = torque_field_per_current_m(material, thickness_m) * torque.spin_hall_angle
    return field_A_per_m / (pi / 2 * per_A_per_m2)
