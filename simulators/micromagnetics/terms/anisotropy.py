"""Uniaxial anisotropy along z, E = -K ∫ m_z² dV, H = (2 K/(μ0 M_S)) m_z z."""

from ..constants import MU0_T_m_per_A
from ..material import Material
from .arrays import Array, namespace_of


def anisotropy_factor_A_per_m(material: Material) -> float:
    """Return 2 K/(μ0 M_S)."""
    ms = material.saturation_magnetization_A_per_m
    return 2 * material.anisotropy_J_per_m3 / (MU0_T_m_per_A * ms)


def anisotropy_field_A_per_m(m: Array, material: Material) -> Array:
    """Return the anisotropy field, shape (3, nx, ny)."""
    field = namespace_of(m).zeros_like(m)
    field[2] = anisotropy_factor_A_per_m(material) * m[2]
    return field
