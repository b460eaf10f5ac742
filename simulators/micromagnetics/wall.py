"""The domain wall: putting one into a film, and reading where it is.

The domain on the left points down (m_z = -1), that on the right up. In each row of cells the wall
is where m_z crosses zero, linear between the cells on both sides of it, over a notch if need be.
The position is the mean over the rows that the wall crosses: in a taper, outer rows begin or end
beside it. A wall held at two places would read as one in between, so its position at both edges is
given, too.
"""

from dataclasses import dataclass
from math import atan, atan2

import numpy as np
import numpy.typing as npt

from ...compiled import compiled
from .errors import MicromagneticsError
from .film import Film
from .geometry.cells import Cells

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Wall:
    """A wall as read from the magnetisation."""

    position_m: float
    """Mean over the rows; the length of the track once the wall has left at its right end."""
    lower_m: float
    """Crossing in the lowest row that it crosses."""
    upper_m: float
    """Crossing in the highest row that it crosses."""
    tilt_rad: float
    """Angle of the wall's line against the y axis, positive if it leans to +x at the upper edge."""
    angle_rad: float
    """In-plane angle of the moments in the wall against +x."""
    is_single: bool
    """False if any row has a second crossing: another wall, or a reversed domain."""


def straight_wall(film: Film, position_m: float) -> Floats:
    """Return the magnetisation with a straight Néel wall, or a Bloch wall if D is 0.

    Shape (3, nx, ny). Raises MicromagneticsError if the wall would lie outside the track.
    """
    if not 0 < position_m < film.length_m:
        raise MicromagneticsError(
            f"A wall at {position_m * 1e9:g} nm lies outside the track (0 to "
            f"{film.length_m * 1e9:g} nm): give a position on it."
        )
    u = (film.cells.x_m - position_m) / film.material.wall_width_m
    dmi = film.material.dmi_J_per_m2
    profile = np.stack([np.sign(dmi) / np.cosh(u), (dmi == 0) / np.cosh(u), np.tanh(u)])
    m: Floats = profile[:, :, None] * (film.cells.volume > 0)
    return m


def read_wall(m: npt.NDArray[np.floating], cells: Cells) -> Wall:
    """Return the wall in a magnetisation of shape (3, nx, ny)."""
    crossings, counts = _crossings(m[2], cells.volume)
    rows_m = (crossings[np.isfinite(crossings)] + 0.5) * cells.cell_m
    rows_m = np.clip(rows_m, 0.0, cells.shape[0] * cells.cell_m)
    weight = cells.volume * np.clip(1 - m[2] ** 2, 0, None) ** 2
    height_m = (len(rows_m) - 1) * cells.cell_m
    lean_m = float(rows_m[-1] - rows_m[0])
    return Wall(
        position_m=float(rows_m.mean()),
        lower_m=float(rows_m[0]),
        upper_m=float(rows_m[-1]),
        tilt_rad=atan(lean_m / height_m) if height_m > 0 else 0.0,
        angle_rad=atan2(float(np.sum(weight * m[1])), float(np.sum(weight * m[0]))),
        is_single=bool(counts.max() <= 1),
    )


@compiled
def _crossings(
    mz: npt.NDArray[np.floating], volume: Floats
) -> tuple[Floats, npt.NDArray[np.int64]]:
    """Return where each row crosses zero, in cells from the centre of the first, and how often.

    Of several crossings the first from - to + counts. A row without any has its wall at an end of
    the track, and is not a number where its cells do not reach that end.
    """
    nx, ny = mz.shape
    positions = np.empty(ny)
    counts = np.zeros(ny, dtype=np.int64)
    for j in range(ny):
        before = -1
        found = False
        positions[j] = -1.0 if volume[0, j] > 0.0 else np.nan
        for i in range(nx):
            if volume[i, j] <= 0.0:
                continue
            if before >= 0 and (mz[before, j] < 0.0) != (mz[i, j] < 0.0):
                counts[j] += 1
                if not found and mz[i, j] >= 0.0:
                    step = mz[before, j] / (mz[before, j] - mz[i, j])
                    positions[j] = before + step * (i - before)
                    found = True
            before = i
        if not found and before >= 0 and mz[before, j] < 0.0:
            positions[j] = float(nx) if volume[nx - 1, j] > 0.0 else np.nan
    return positions, counts
