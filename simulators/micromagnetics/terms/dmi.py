"""Interfacial Dzyaloshinskii-Moriya interaction, w = D [m_z ∇·m - (m·∇) m_z].

(Thiaville et al., EPL 100, 57002 (2012).) Programs differ in the sign of D: here D > 0 turns the
moments ↓ → ↑ along +x, counterclockwise with z up. The field in the continuum is

    H = (2 D/(μ0 M_S)) (∂m_z/∂x, ∂m_z/∂y, -∂m_x/∂x - ∂m_y/∂y).

On the grid each face of fraction b to a neighbour in the direction r carries the energy
D b h t [m_z,i (r·m_j) - m_z,j (r·m_i)], so that

    H_i = D/(μ0 M_S v_i h) Σ_j b_ij (r m_z,j - z (r·m_j)).

At an open face the sum has no term. That is the natural boundary condition of the energy,
2 A ∂m/∂n = D (n × z) × m: no layer of ghost cells is needed, and the discrete energy is exact.
"""

from ..constants import MU0_T_m_per_A
from ..geometry.cells import Cells
from ..material import Material
from .arrays import Array, namespace_of
from .neighbours import DIRECTIONS, face, inverse_volume, neighbour


def dmi_factor_A_per_m(material: Material, cell_m: float) -> float:
    """Return D/(μ0 M_S h)."""
    ms = material.saturation_magnetization_A_per_m
    return material.dmi_J_per_m2 / (MU0_T_m_per_A * ms * cell_m)


def dmi_field_A_per_m(m: Array, cells: Cells, material: Material) -> Array:
    """Return the field of the interfacial DMI, shape (3, nx, ny)."""
    total = namespace_of(m).zeros_like(m)
    for direction in DIRECTIONS:
        weight, beside = face(cells, direction), neighbour(m, direction)
        for axis in (0, 1):
            total[axis] += direction[axis] * weight * beside[2]
            total[2] -= direction[axis] * weight * beside[axis]
    return dmi_factor_A_per_m(material, cells.cell_m) * inverse_volume(cells) * total
