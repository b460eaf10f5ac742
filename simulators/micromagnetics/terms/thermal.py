"""The thermal field: white noise that heats each cell to the temperature T (Brown, 1963).

Each component in each cell is drawn anew in every step δt from a normal distribution with variance

    σ² = 2 α k_B T / (γ0 μ0 M_S v V δt)

with the volume v V of its material. Valid in the Landau-Lifshitz-Gilbert equation integrated in
Stratonovich's sense with a fixed step (Heun), where the field takes part in precession and damping.
"""

from math import sqrt

import numpy as np
import numpy.typing as npt

from ..constants import BOLTZMANN_J_per_K, GYROMAGNETIC_RATIO_m_per_A_s, MU0_T_m_per_A
from ..geometry.cells import Cells
from ..material import Material

Floats = npt.NDArray[np.float64]


def thermal_deviation_A_per_m(
    cells: Cells, material: Material, temperature_K: float, step_s: float
) -> Floats:
    """Return σ in each cell, 0 where there is no material, shape (nx, ny)."""
    volume_m3 = cells.cell_m**2 * cells.thickness_m
    moment_T_m3 = MU0_T_m_per_A * material.saturation_magnetization_A_per_m * volume_m3
    energy_J = 2 * material.damping * BOLTZMANN_J_per_K * temperature_K
    full = sqrt(energy_J / (GYROMAGNETIC_RATIO_m_per_A_s * moment_T_m3 * step_s))
    deviation = np.zeros_like(cells.volume)
    np.divide(full, np.sqrt(cells.volume), out=deviation, where=cells.volume > 0)
    return deviation


def thermal_field_A_per_m(deviation_A_per_m: Floats, rng: np.random.Generator) -> Floats:
    """Draw the field of one step, shape (3, nx, ny)."""
    return deviation_A_per_m * rng.standard_normal((3, *deviation_A_per_m.shape))
