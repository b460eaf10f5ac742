"""The field that belongs to an energy, by finite differences."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from dwmtj.simulators.micromagnetics import Cells, Material
from dwmtj.simulators.micromagnetics.constants import MU0_T_m_per_A

Floats = npt.NDArray[np.float64]


def field_of_energy(
    energy_J: Callable[[Floats], float], m: Floats, cells: Cells, material: Material
) -> Floats:
    """Return -(1/(μ0 M_S v V)) ∂E/∂m, NaN without material, shape (3, nx, ny)."""
    step = 1e-4
    scale = MU0_T_m_per_A * material.saturation_magnetization_A_per_m
    field = np.full(m.shape, np.nan)
    for index in np.ndindex(*m.shape):
        volume = cells.volume[index[1:]]
        if volume == 0:
            continue
        shifted = m.copy()
        shifted[index] += step
        above = energy_J(shifted)
        shifted[index] -= 2 * step
        slope = (above - energy_J(shifted)) / (2 * step)
        field[index] = -slope / (scale * volume * cells.cell_m**2 * cells.thickness_m)
    return field
