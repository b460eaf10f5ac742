"""A track on a grid of square cells: how much of each cell and of each face is material.

Volumes and faces between cells are exact in y and averaged over thin strips in x. A cell with less
than `SMALLEST` of material is left out, and no face is larger than the smaller of its two cells:
both keep the exchange between cells, and with it the time step, within that of a full grid.
"""

from dataclasses import dataclass
from math import ceil
from typing import Literal

import numpy as np
import numpy.typing as npt

from ..errors import MicromagneticsError
from ..material import Material
from .track import Track

Floats = npt.NDArray[np.float64]
MaskRule = Literal["area", "centre"]
SMALLEST = 0.3
STRIPS = 32
CELLS_PER_WALL = 1.5
MOST_CELLS = 4_000_000


@dataclass(frozen=True, slots=True)
class Cells:
    """The cells of a track, (nx, ny) of them, in one layer."""

    cell_m: float
    thickness_m: float
    volume: Floats
    """Material in each cell, 0 to 1, shape (nx, ny)."""
    face_x: Floats
    """Material in the face between (i-1, j) and (i, j), shape (nx + 1, ny), 0 at both ends."""
    face_y: Floats
    """Material in the face between (i, j-1) and (i, j), shape (nx, ny + 1), 0 at both edges."""

    column_width_m: Floats
    """Width of the drawn track in each column, shape (nx,): what carries the current."""

    @property
    def shape(self) -> tuple[int, int]:
        """The numbers of cells along x and y."""
        return self.volume.shape[0], self.volume.shape[1]

    @property
    def x_m(self) -> Floats:
        """The centres of the columns, shape (nx,)."""
        return (np.arange(self.shape[0], dtype=np.float64) + 0.5) * self.cell_m


def full_cells(nx: int, ny: int, cell_m: float, thickness_m: float) -> Cells:
    """Return a rectangular film without notches."""
    faces = np.ones((nx + 1, ny)), np.ones((nx, ny + 1))
    return _joined(np.ones((nx, ny)), *faces, np.full(nx, ny * cell_m), cell_m, thickness_m)


def cells_of(track: Track, cell_m: float, rule: MaskRule = "area") -> Cells:
    """Return the cells of a track.

    The rule "centre" takes each cell whole whose centre is material, as OOMMF and mumax³ do by
    default. Raises MicromagneticsError if the cells do not divide the track.
    """
    nx = _count("length", track.length_m, cell_m)
    ny = _count("width", track.largest_width_m, cell_m)
    if nx * ny > MOST_CELLS:
        raise MicromagneticsError(
            f"{nx} × {ny} cells are more than the {MOST_CELLS:,} that a simulation may have: give "
            "larger cells or a smaller track."
        )
    strips_m = (np.arange(nx * STRIPS, dtype=np.float64) + 0.5) * cell_m / STRIPS
    lower, upper = track.edges_m(strips_m)
    reach_m = max(upper.max(), -lower.min()) - ny * cell_m / 2
    margin = ceil(max(0.0, reach_m) / cell_m - 1e-6)  # of a rough edge
    y_m = (np.arange(ny + 2 * margin + 1) - (ny + 2 * margin) / 2) * cell_m
    if rule == "centre":
        lower, upper = track.edges_m((np.arange(nx, dtype=np.float64) + 0.5) * cell_m)
        centre_m = (y_m[:-1] + y_m[1:]) / 2
        inside = (centre_m > lower[:, None]) & (centre_m < upper[:, None])
        volume = inside.astype(np.float64)
        faces = np.ones((nx + 1, inside.shape[1])), np.ones((nx, len(y_m)))
        width_m = volume.sum(axis=1) * cell_m
        return _joined(volume, *faces, width_m, cell_m, track.thickness_m)
    volume = _filled(lower, upper, y_m).reshape(nx, STRIPS, -1).mean(axis=1) / cell_m
    width_m = volume.sum(axis=1) * cell_m
    volume[volume < SMALLEST] = 0.0
    face_x = _filled(*track.edges_m(np.arange(nx + 1, dtype=np.float64) * cell_m), y_m) / cell_m
    crossed = (y_m >= lower[:, None]) & (y_m <= upper[:, None])
    face_y = crossed.reshape(nx, STRIPS, -1).mean(axis=1)
    return _joined(volume, face_x, face_y, width_m, cell_m, track.thickness_m)


def check_cell(cell_m: float, material: Material) -> None:
    """Raise MicromagneticsError for a material that holds no single wall, or cells too large."""
    largest_m = material.wall_width_m / CELLS_PER_WALL
    if cell_m > largest_m:
        raise MicromagneticsError(
            f"Cells of {cell_m * 1e9:g} nm are too large for a wall of Δ = "
            f"{material.wall_width_m * 1e9:.2f} nm, which the grid would pin: give cells of "
            f"{largest_m * 1e9:.2f} nm or less."
        )
    if not material.wall_energy_J_per_m2 > 0:
        raise MicromagneticsError(
            f"With D = {material.dmi_J_per_m2 * 1e3:g} mJ/m² a wall has no positive energy "
            "(π |D| >= 4 √(A K_eff)), and the film breaks up into domains: lower D."
        )


def _count(name: str, size_m: float, cell_m: float) -> int:
    count = round(size_m / cell_m) if cell_m > 0 else 0
    if count < 1 or abs(count * cell_m - size_m) > 1e-6 * size_m:
        raise MicromagneticsError(
            f"Cells of {cell_m * 1e9:g} nm do not divide the {name} of {size_m * 1e9:g} nm: give "
            "a cell that does."
        )
    return count


def _filled(lower: Floats, upper: Floats, y_m: Floats) -> Floats:
    """Return the length between the edges in each interval of y, for each x."""
    top = np.minimum(upper[:, None], y_m[1:])
    length: Floats = np.clip(top - np.maximum(lower[:, None], y_m[:-1]), 0.0, None)
    return length


def _joined(
    volume: Floats,
    face_x: Floats,
    face_y: Floats,
    column_width_m: Floats,
    cell_m: float,
    thickness_m: float,
) -> Cells:
    """Return cells with no face larger than its two cells, and none at the outer border."""
    face_x[[0, -1]] = 0.0
    face_x[1:-1] = np.minimum(face_x[1:-1], np.minimum(volume[:-1], volume[1:]))
    face_y[:, [0, -1]] = 0.0
    face_y[:, 1:-1] = np.minimum(face_y[:, 1:-1], np.minimum(volume[:, :-1], volume[:, 1:]))
    return Cells(cell_m, thickness_m, volume, face_x, face_y, column_width_m)
