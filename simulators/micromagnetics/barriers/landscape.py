"""The energy of a film as a function of the moments in part of it, and its gradient.

E = -μ0 M_S Σ_i V_i m_i · (H_i/2 + F_i), with the field H that is linear in the free moments
(exchange, DMI, anisotropy, demagnetisation) and the fixed field F of the moments outside of the
part and of the external flux density. A current has no energy and is left out.

The part is a range of columns. Its outermost columns are held, where the film continues beyond
them, so the energy of what lies outside is a constant, which is left out.
"""

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from ..constants import MU0_T_m_per_A
from ..film import Film, demagnetisation_of
from ..geometry.cells import Cells
from ..terms.anisotropy import anisotropy_factor_A_per_m
from ..terms.dmi import dmi_factor_A_per_m
from ..terms.exchange import exchange_factor_A_per_m
from ..wall import Wall, read_wall
from .local_field import LocalField

Floats = npt.NDArray[np.float64]


class Landscape:
    """The energy of columns `first` to `last` - 1 of a film in the state m, shape (3, nx, ny)."""

    def __init__(self, film: Film, m: Floats, first: int, last: int) -> None:
        self.columns = slice(first, last)
        self.cells = _part(film.cells, first, last)
        self._film = replace(film, cells=self.cells)
        self._local = LocalField(self._film)
        self._fixed = film.external_field_A_per_m[:, self.columns]
        nx = film.cells.shape[0]
        self._inner = demagnetisation_of(self._film) if film.has_stray_field else None
        if film.has_stray_field and last - first < nx:
            outside = m * film.cells.volume
            outside[:, self.columns] = 0
            self._fixed = (
                self._fixed + demagnetisation_of(film).field_A_per_m(outside)[:, self.columns]
            )
        self.is_free: npt.NDArray[np.bool_] = self.cells.volume > 0
        if first > 0:
            self.is_free[0] = False
        if last < nx:
            self.is_free[-1] = False
        material, cell_m = film.material, film.cells.cell_m
        ms = material.saturation_magnetization_A_per_m
        self.moment_J_per_A_per_m: Floats = (
            MU0_T_m_per_A * ms * cell_m**2 * film.cells.thickness_m * self.cells.volume
        )
        """μ0 M_S V of each cell, shape (nx, ny)."""
        self.stiffest_A_per_m = (
            8 * exchange_factor_A_per_m(material, cell_m)
            + 4 * abs(dmi_factor_A_per_m(material, cell_m))
            + anisotropy_factor_A_per_m(material)
            + (ms if film.has_stray_field else 0.0)
        )
        """An upper bound of the curvature of the energy, as a field."""

    def field_A_per_m(self, m: Floats) -> tuple[Floats, float]:
        """Return the field on moments of the part, shape (3, nx, ny), and their energy in J."""
        field: Floats = np.zeros_like(m)
        if self._inner is not None:
            field += self._inner.field_A_per_m(m * self.cells.volume)
        self._local.add_to(field, m)
        density = np.sum(m * (field / 2 + self._fixed), axis=0)
        field += self._fixed
        return field, -float(np.sum(self.moment_J_per_A_per_m * density))

    def force_A_per_m(self, m: Floats) -> tuple[Floats, float]:
        """Return the part of the field normal to each free moment, and the energy in J."""
        field, energy_J = self.field_A_per_m(m)
        field -= np.sum(m * field, axis=0) * m
        field *= self.is_free
        return field, energy_J

    def energy_J(self, m: Floats) -> float:
        """Return the energy of moments of the part."""
        return self.field_A_per_m(m)[1]

    def product(self, left: Floats, right: Floats) -> float:
        """Return the product of two changes of the moments, weighted by the material."""
        return float(np.sum(self.cells.volume * left * right))

    def wall(self, m: Floats) -> Wall:
        """Return the wall in a state of the part, at its place on the track."""
        offset_m = self.columns.start * self.cells.cell_m
        wall = read_wall(m, self.cells)
        return replace(
            wall,
            position_m=wall.position_m + offset_m,
            lower_m=wall.lower_m + offset_m,
            upper_m=wall.upper_m + offset_m,
        )


def _part(cells: Cells, first: int, last: int) -> Cells:
    face_x = cells.face_x[first : last + 1].copy()
    face_x[[0, -1]] = 0.0
    return replace(
        cells,
        volume=cells.volume[first:last],
        face_x=face_x,
        face_y=cells.face_y[first:last],
        column_width_m=cells.column_width_m[first:last],
    )
