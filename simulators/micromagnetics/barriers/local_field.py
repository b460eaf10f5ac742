"""The local terms of the field without current, in one compiled pass: exchange, DMI, anisotropy.

The equations are those of `terms.exchange`, `terms.dmi` and `terms.anisotropy`, and so are the
results.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from ....compiled import compiled
from ..film import Film
from ..terms.anisotropy import anisotropy_factor_A_per_m
from ..terms.dmi import dmi_factor_A_per_m
from ..terms.exchange import exchange_factor_A_per_m
from ..terms.neighbours import inverse_volume

Floats = npt.NDArray[np.float64]


class LocalField:
    """Exchange, DMI and anisotropy of a film."""

    def __init__(self, film: Film) -> None:
        cells, material = film.cells, film.material
        self._arrays = (
            np.ascontiguousarray(inverse_volume(cells)),
            np.ascontiguousarray(cells.face_x),
            np.ascontiguousarray(cells.face_y),
        )
        self._factors = (
            exchange_factor_A_per_m(material, cells.cell_m),
            dmi_factor_A_per_m(material, cells.cell_m),
            anisotropy_factor_A_per_m(material),
        )

    def add_to(self, field_A_per_m: Floats, m: Floats) -> None:
        """Add the field of moments m, both of the shape (3, nx, ny)."""
        _add(m, *self._arrays, *self._factors, field_A_per_m)


@compiled
def _add(
    m: Any, inverse: Any, face_x: Any, face_y: Any, exchange: Any, dmi: Any, anisotropy: Any, h: Any
) -> None:
    nx, ny = m.shape[1], m.shape[2]
    for i in range(nx):
        il, ir = max(i - 1, 0), min(i + 1, nx - 1)
        for j in range(ny):
            jl, jr = max(j - 1, 0), min(j + 1, ny - 1)
            left, right = face_x[i, j], face_x[i + 1, j]
            below, above = face_y[i, j], face_y[i, j + 1]
            share = left + right + below + above
            ex, dm = exchange * inverse[i, j], dmi * inverse[i, j]
            for k in range(3):
                h[k, i, j] += ex * (
                    left * m[k, il, j] + right * m[k, ir, j]
                    + below * m[k, i, jl] + above * m[k, i, jr] - share * m[k, i, j]
                )  # fmt: skip
            h[0, i, j] += dm * (right * m[2, ir, j] - left * m[2, il, j])
            h[1, i, j] += dm * (above * m[2, i, jr] - below * m[2, i, jl])
            h[2, i, j] += anisotropy * m[2, i, j] - dm * (
                right * m[0, ir, j] - left * m[0, il, j] + above * m[1, i, jr] - below * m[1, i, jl]
            )
