"""Sums over the four neighbours of each cell, weighted by the faces between them."""

from ..geometry.cells import Cells
from .arrays import Array, namespace_of

DIRECTIONS = ((1, 0), (-1, 0), (0, 1), (0, -1))


def neighbour(field: Array, direction: tuple[int, int]) -> Array:
    """Return the value of the next cell in a direction (±1 along x or y); 0 beyond the grid."""
    shifted = namespace_of(field).zeros_like(field)
    dx, dy = direction
    nx, ny = field.shape[-2:]
    to_x, from_x = slice(max(0, -dx), nx - max(0, dx)), slice(max(0, dx), nx + min(0, dx))
    to_y, from_y = slice(max(0, -dy), ny - max(0, dy)), slice(max(0, dy), ny + min(0, dy))
    shifted[..., to_x, to_y] = field[..., from_x, from_y]
    return shifted


def face(cells: Cells, direction: tuple[int, int]) -> Array:
    """Return the material in the face of each cell towards a direction, shape (nx, ny)."""
    match direction:
        case (1, 0):
            return cells.face_x[1:]
        case (-1, 0):
            return cells.face_x[:-1]
        case (0, 1):
            return cells.face_y[:, 1:]
        case _:
            return cells.face_y[:, :-1]


def inverse_volume(cells: Cells) -> Array:
    """Return 1/volume of each cell, 0 where there is no material, shape (nx, ny)."""
    volume: Array = cells.volume
    xp = namespace_of(volume)
    nothing, one = xp.zeros_like(volume), xp.ones_like(volume)
    return xp.where(volume > 0, one / xp.where(volume > 0, volume, one), nothing)
