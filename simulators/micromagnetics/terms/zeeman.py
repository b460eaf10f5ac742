"""An external field H, E = -μ0 M_S ∫ m · H dV; uniform, or one vector a cell."""

import numpy as np
import numpy.typing as npt

from ..constants import MU0_T_m_per_A

Floats = npt.NDArray[np.float64]


def field_from_flux_density_A_per_m(
    flux_density_T: tuple[float, float, float], shape: tuple[int, int]
) -> Floats:
    """Return the uniform field H = B/μ0 in every cell, shape (3, nx, ny)."""
    field = np.array(flux_density_T) / MU0_T_m_per_A
    return np.broadcast_to(field[:, None, None], (3, *shape)).copy()
