"""The stray field as the integrator needs it: of a window about the wall, extrapolated in time.

Only the columns of the window move; the field of the others on them is computed once, with the
whole film's tensor, when the window is placed. Inside, the field of a smaller tensor is added.

The field is split: each cell demagnetises itself by the film's factor for variations on the scale
of the wall, which the local terms compute at every stage. What is left changes slowly as the wall
moves, and is extrapolated linearly over a step from the last two evaluations.
"""

import numpy as np
import numpy.typing as npt

from ..film import Film, demagnetisation_of
from ..precision import Precision
from ..terms.demagnetisation import Demagnetisation

Reals = npt.NDArray[np.floating]


class StrayField:
    """The demagnetising and the external field on the columns of a window."""

    def __init__(self, film: Film, window: int, dtype: Precision) -> None:
        cells, material = film.cells, film.material
        ms = material.saturation_magnetization_A_per_m
        self.film_A_per_m = (
            ms * material.film_factor(cells.thickness_m) if film.has_stray_field else 0.0
        )
        self._film = film
        self._dtype = dtype
        self._volume = cells.volume.astype(dtype)
        self._external = film.external_field_A_per_m.astype(dtype)
        self._whole = demagnetisation_of(film, dtype)
        is_whole = window >= cells.shape[0]
        self._inner = (
            self._whole
            if is_whole
            else Demagnetisation(
                (window, cells.shape[1]), cells.cell_m, cells.thickness_m, ms, dtype
            )
        )
        self._columns = slice(0, cells.shape[0])
        self._fixed = self._external
        self._moment, self._inside, self._part = np.empty((3, 3, *self._inner.shape), dtype=dtype)
        self.given = np.zeros((3, *cells.shape), dtype=dtype)
        """The last field, for `fill_rate`; zero outside the window."""
        self.slope = np.zeros_like(self.given)
        """Its rate of change in A/(m s)."""

    def place(self, columns: slice, m: Reals) -> None:
        """Freeze all columns but these, and forget the rate of change."""
        self._columns = columns
        frozen = m * self._volume
        frozen[:, columns] = 0
        self._fixed = self._external[:, columns]
        if self._film.has_stray_field and columns.stop - columns.start < m.shape[1]:
            self._fixed = self._fixed + self._whole.field_A_per_m(frozen)[:, columns]
        self.given[:] = 0
        self.settle(m)

    def evaluate(self, m: Reals) -> None:
        """Set the field to that of m."""
        self.given[:, self._columns] = self._field(m)

    def settle(self, m: Reals) -> None:
        """Set the field to that of m, and its rate of change to 0."""
        self.evaluate(m)
        self.slope[:] = 0

    def advance(self, m: Reals, elapsed_s: float) -> float:
        """Set the field to that of m and its rate of change to that since the last evaluation.

        Returns the largest error of a component that was extrapolated until now, as part of M_S.
        """
        field = self._field(m)
        columns = self._columns
        elapsed = self._dtype.type(elapsed_s)
        change = field - self.given[:, columns]
        error = float(np.abs(change - elapsed * self.slope[:, columns]).max())
        self.slope[:, columns] = change / elapsed
        self.given[:, columns] = field
        return error / self._film.material.saturation_magnetization_A_per_m

    def _field(self, m: Reals) -> Reals:
        if not self._film.has_stray_field:
            return self._fixed
        inside, film = m[:, self._columns], self._dtype.type(self.film_A_per_m)
        np.multiply(inside, self._volume[self._columns], out=self._moment)
        field = self._inner.field_A_per_m(self._moment, self._inside)
        field += self._fixed
        field[2] += np.multiply(film, inside[2], out=self._part[2])
        return field
