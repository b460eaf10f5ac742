"""The moving part of a film: a window of columns about the wall, and the rates of change in it."""

from math import sqrt

import numpy as np
import numpy.typing as npt

from ..errors import MicromagneticsError
from ..film import Film
from ..precision import Precision
from ..terms.fused import columns_of, factors_of, fill_rate
from ..wall import Wall, read_wall
from .stray_field import StrayField

Reals = npt.NDArray[np.floating]

_BORDER = 10
_BORDER_DAMPING = 0.6
_DRIFT = 8
_NARROWEST = 2 * (_BORDER + _DRIFT)  # so that the wall stays between the borders


class Frame:
    """The magnetisation of a film, of which a window is free and the rest is held.

    The window is centred on the wall again when the wall has left its middle. At an end where it
    borders on held columns, its damping rises over ten columns, so that spin waves are absorbed.
    """

    def __init__(self, film: Film, m: Reals, window_m: float | None, dtype: Precision) -> None:
        if m.shape != (3, *film.cells.shape):
            raise MicromagneticsError(
                f"A magnetisation of the shape {m.shape} does not belong to this film, whose shape "
                f"is {(3, *film.cells.shape)}: give one of the same cells."
            )
        self.film = film
        self.m: Reals = np.array(m, dtype=dtype)
        self.damping = film.material.damping
        self._nx = film.cells.shape[0]
        self._window = self._nx
        if window_m is not None:
            columns = max(_NARROWEST, round(window_m / film.cells.cell_m))
            self._window = min(self._nx, columns)
        self.stray = StrayField(film, self._window, dtype)
        self._factors = factors_of(
            film.cells, film.material, film.torque, self.stray.film_A_per_m, dtype
        )
        self._columns = columns_of(film.cells, film.material, film.relative_current, dtype)
        self.place()

    @property
    def wall(self) -> Wall:
        """The wall as it is now."""
        return read_wall(self.m, self.film.cells)

    def place(self) -> None:
        """Centre the window on the wall."""
        self.first = 0 if self._window == self._nx else self._wanted_first()
        self.last = self.first + self._window
        self._columns = self._columns._replace(damping=self._damping_by_cell())
        self.stray.place(slice(self.first, self.last), self.m)

    def set_damping(self, damping: float) -> None:
        """Change the damping of the film."""
        self.damping = damping
        self._columns = self._columns._replace(damping=self._damping_by_cell())

    def has_drifted(self) -> bool:
        """Return whether the wall is off the middle of the window."""
        return self._window < self._nx and abs(self._wanted_first() - self.first) > _DRIFT

    def fill_rate(
        self, m: Reals, given: Reals, lag_s: float, current_A_per_m2: float, rate: Reals
    ) -> None:
        """Compute dm/dt in the window, from a field `given` that is `lag_s` old."""
        kind = self.m.dtype.type
        fill_rate(
            m,
            given,
            self.stray.slope,
            kind(lag_s),
            kind(current_A_per_m2),
            self.first,
            self.last,
            self._columns,
            self._factors,
            rate,
        )

    def torque_A_per_m(self) -> float:
        """Return the largest |m × H| of any cell in the window, without current."""
        self.stray.settle(self.m)
        rate = np.zeros_like(self.m)
        self.fill_rate(self.m, self.stray.given, 0.0, 0.0, rate)
        largest = np.linalg.norm(rate[:, self.first : self.last], axis=0).max()
        alpha = self.damping
        return float(largest) * sqrt(1 + alpha * alpha) / float(self._factors.gyromagnetic)

    def _wanted_first(self) -> int:
        column = int(self.wall.position_m / self.film.cells.cell_m)
        return min(max(column - self._window // 2, 0), self._nx - self._window)

    def _damping_by_cell(self) -> Reals:
        damping = np.full(self._nx, self.damping, dtype=self.m.dtype)
        ramp = np.linspace(_BORDER_DAMPING, 0, _BORDER).astype(self.m.dtype)
        if self.first > 0:
            part = slice(self.first, self.first + _BORDER)
            damping[part] = np.maximum(damping[part], ramp)
        if self.last < self._nx:
            part = slice(self.last - _BORDER, self.last)
            damping[part] = np.maximum(damping[part], ramp[::-1])
        return np.repeat(damping[:, None], self.m.shape[2], axis=1)
