"""The current density along the track.

"inverse-width": J(x) = J0 w0/w(x), with the drawn width w and w0 that at x = 0. The current is
taken as uniform over each cross-section: crowding at the corners of a notch is left out, which is
right for notches shallow against the width. "uniform": J0 everywhere, as programs have it that are
given one current density.
"""

from typing import Literal

import numpy as np
import numpy.typing as npt

from ..geometry.cells import Cells

Floats = npt.NDArray[np.float64]
CurrentProfile = Literal["inverse-width", "uniform"]


def relative_current_density(
    cells: Cells, width_m: float, profile: CurrentProfile = "inverse-width"
) -> Floats:
    """Return J(x)/J0 in each column, shape (nx,); 0 where there is no material."""
    if profile == "uniform":
        return np.ones(cells.shape[0])
    relative = np.zeros(cells.shape[0])
    np.divide(width_m, cells.column_width_m, out=relative, where=cells.column_width_m > 0)
    return relative
