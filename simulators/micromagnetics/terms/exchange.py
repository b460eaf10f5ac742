"""Exchange, E = A ∫ |∇m|² dV.

With the fraction b of material in the face to each neighbour and v in the cell itself,

    E = A t Σ_faces b |m_j - m_i|²,    H_i = 2 A / (μ0 M_S v_i h²) Σ_j b_ij (m_j - m_i).

The field is the derivative of the discrete energy, and m · n vanishes at open faces without DMI.
"""

from ..constants import MU0_T_m_per_A
from ..geometry.cells import Cells
from ..material import Material
from .arrays import Array, namespace_of
from .neighbours import DIRECTIONS, face, inverse_volume, neighbour


def exchange_factor_A_per_m(material: Material, cell_m: float) -> float:
    """Return 2 A/(μ0 M_S h²)."""
    stiffness = material.exchange_stiffness_J_per_m
    return 2 * stiffness / (MU0_T_m_per_A * material.saturation_magnetization_A_per_m * cell_m**2)


def exchange_field_A_per_m(m: Array, cells: Cells, material: Material) -> Array:
    """Return the exchange field, shape (3, nx, ny)."""
    total = namespace_of(m).zeros_like(m)
    for direction in DIRECTIONS:
        total += face(cells, direction) * (neighbour(m, direction) - m)
    return exchange_factor_A_per_m(material, cells.cell_m) * inverse_volume(cells) * total
