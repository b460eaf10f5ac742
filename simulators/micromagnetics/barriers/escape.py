"""The way of a wall from rest in a notch to the next resting place, and its barriers.

The path leads from the wall relaxed in a notch to that in the next notch or, where there is none,
to a wall held halfway to the end of the track, at most one width away. The barrier is the largest
energy on the way less that at rest, with the whole energy of the film: exchange, DMI, anisotropy,
demagnetisation and external field. From the top between two images the film climbs to the saddle
(Henkelman, Uberuaga and Jónsson, J. Chem. Phys. 113, 9901 (2000)): it follows the force with the
part along the path reversed until none is left. The error is the difference of both, so it includes
what the number of images does to the top.

Valid for one wall that stays one on its way. The plain track beyond an outer notch is followed no
further than to the end of the path: the field of the track's ends may raise the energy beyond it.
"""

from dataclasses import dataclass
from math import ceil

import numpy as np
import numpy.typing as npt

from ..errors import MicromagneticsError
from ..film import Film
from ..geometry.track import Track
from ..wall import straight_wall
from .descent import descend, relaxed
from .landscape import Landscape
from .minimum_energy_path import EnergyPath, Watch, minimum_energy_path

Floats = npt.NDArray[np.float64]

TOLERANCE_A_per_m = 100.0
_RESTING_A_per_m = 20.0
_SPACING = 0.55  # of images, in wall widths: linear interpolation deforms a wall from 1 on
_MARGIN = 12  # wall widths around a path, beyond which moments are held
_FEWEST_IMAGES = 9
_MOST_CLIMBING_STEPS = 300
_LEAD = 3.0  # of one end of the wall before the other in the first guess, in wall widths


@dataclass(frozen=True, slots=True)
class Place:
    """Where a wall rests in a notch, or is held at the end of a path."""

    position_m: float
    is_notch: bool = True


@dataclass(frozen=True, slots=True)
class Escape:
    """The path of a wall between two places."""

    start_m: float
    """Mean position of the wall at the start, and so for the others."""
    top_m: float
    end_m: float
    barrier_J: float
    """Energy of the top above the start."""
    barrier_back_J: float
    """Energy of the top above the end."""
    error_J: float
    """Of both: of the saddle against the top between images; where the climb does not converge, of
    that top against that of every other image."""
    force_A_per_m: float
    """Largest force normal to the path that is left on a moment."""
    position_m: Floats
    """Position of the wall in each image."""
    energy_J: Floats
    """Energy of each image above that of the first."""
    m: Floats
    """The film with the image of the largest energy, shape (3, nx, ny)."""


def end_of_track(track: Track, notch_m: float, direction: int) -> Place:
    """Return where a path from an outer notch ends, towards larger (+1) or smaller x (-1)."""
    end_m = track.length_m if direction > 0 else 0.0
    distance_m = min(abs(end_m - notch_m) / 2, track.width_m)
    return Place(notch_m + direction * distance_m, is_notch=False)


def escape(film: Film, start: Place, end: Place, watch: Watch) -> Escape:
    """Return the path of the wall between two places.

    Raises MicromagneticsError for a notch that holds no wall at rest, and for a path that does not
    converge.
    """
    wall_m, cell_m = film.material.wall_width_m, film.cells.cell_m
    left_m, right_m = sorted((start.position_m, end.position_m))
    first = max(0, int((left_m - _MARGIN * wall_m) / cell_m))
    last = min(film.cells.shape[0], ceil((right_m + _MARGIN * wall_m) / cell_m))
    outside = straight_wall(film, start.position_m)
    landscape = Landscape(film, outside, first, last)
    ends = [_resting(landscape, film, place) for place in (start, end)]
    count = max(_FEWEST_IMAGES, ceil((right_m - left_m) / (_SPACING * wall_m)) + 1)
    guess = np.array([ends[0], *_leaning_walls(landscape, film, start, end, count), ends[1]])
    path = minimum_energy_path(landscape, guess, TOLERANCE_A_per_m, watch)
    climbed = _saddle(landscape, path)
    barrier_J, error_J = path.top_J, path.images_error_J
    highest = path.images[path.energy_J.argmax()]
    if climbed is not None:
        highest = climbed
        barrier_J = landscape.energy_J(climbed) - landscape.energy_J(path.images[0])
        error_J = abs(barrier_J - path.top_J)
    m = outside.copy()
    m[:, first:last] = highest
    return Escape(
        start_m=float(path.position_m[0]),
        top_m=landscape.wall(highest).position_m,
        end_m=float(path.position_m[-1]),
        barrier_J=float(barrier_J),
        barrier_back_J=float(barrier_J - path.energy_J[-1]),
        error_J=error_J,
        force_A_per_m=path.force_A_per_m,
        position_m=path.position_m,
        energy_J=path.energy_J,
        m=m,
    )


def _resting(landscape: Landscape, film: Film, place: Place) -> Floats:
    guess = straight_wall(film, place.position_m)[:, landscape.columns]
    m = relaxed(landscape, guess, _RESTING_A_per_m, holds_wall=not place.is_notch)
    rests_m = landscape.wall(m).position_m
    if abs(rests_m - place.position_m) > film.material.wall_width_m:
        raise MicromagneticsError(
            f"The notch at {place.position_m * 1e9:g} nm does not hold a wall at rest, which "
            f"slides to {rests_m * 1e9:.0f} nm: make it deeper."
        )
    return m


def _leaning_walls(
    landscape: Landscape, film: Film, start: Place, end: Place, count: int
) -> list[Floats]:
    """Return walls on the way, whose upper end leads in the middle of it.

    A wall held at both edges leaves one first if the track is wide. Straight walls in a symmetric
    track would never find that way.
    """
    cells, dmi = film.cells, film.material.dmi_J_per_m2
    across = np.linspace(-0.5, 0.5, cells.shape[1])
    walls = []
    for part in np.linspace(0, 1, count)[1:-1]:
        x_m = start.position_m + part * (end.position_m - start.position_m)
        lead_m = _LEAD * film.material.wall_width_m * np.sin(np.pi * part)
        lead_m *= np.sign(end.position_m - start.position_m)
        u = (cells.x_m[:, None] - x_m - lead_m * across) / film.material.wall_width_m
        profile = np.stack([np.sign(dmi) / np.cosh(u), (dmi == 0) / np.cosh(u), np.tanh(u)])
        walls.append((profile * (cells.volume > 0))[:, landscape.columns])
    return walls


def _saddle(landscape: Landscape, path: EnergyPath) -> Floats | None:
    """Return the saddle next to the top of a path; None at an end, or without convergence."""
    top = int(path.energy_J.argmax())
    if not 0 < top < len(path.energy_J) - 1:
        return None
    tangent = path.images[top + 1] - path.images[top - 1]
    m = path.images[top]

    def force(state: Floats) -> Floats:
        normal, _ = landscape.force_A_per_m(state)
        along = tangent - np.sum(state * tangent, axis=0) * state
        share = landscape.product(normal, along) / landscape.product(along, along)
        climbing: Floats = normal - 2 * share * along
        return climbing

    for _ in range(_MOST_CLIMBING_STEPS):
        m = descend(m, force, landscape.stiffest_A_per_m)
        if float(np.linalg.norm(force(m), axis=0).max()) < TOLERANCE_A_per_m:
            is_near = abs(landscape.wall(m).position_m - path.position_m[top]) < abs(
                path.position_m[top + 1] - path.position_m[top - 1]
            )
            return m if is_near else None
    return None
