"""The field of a track's ends on a wall: equal notches differ by where on the track they are.

H = -(dE/dx)/(2 μ0 M_S w t) with the demagnetising energy E of a straight wall at x in the track
without its notches, less that of an infinite film, which belongs to the energy of the wall. A field
of this size pushes the wall as the ends do, a positive one to +x. In a taper it has the field of
the larger domain, too, about M_S t w′/(π w).
"""

from dataclasses import replace

import numpy as np

from ..constants import MU0_T_m_per_A
from ..film import demagnetisation_of, energies_J, film_of
from ..geometry.track import Track
from ..material import Material
from ..wall import straight_wall

_HALF_STEP_m = 20e-9


def ends_field_A_per_m(track: Track, material: Material, cell_m: float, x_m: float) -> float:
    """Return the field on a wall at x, or at the nearest x more than half a step from the ends.

    The step is 40 nm, and at least the length of a taper from one row of cells that begins or ends
    to the next.
    """
    film = film_of(replace(track, notches=(), roughness=None), material, cell_m)
    demagnetisation = demagnetisation_of(film)
    ms = material.saturation_magnetization_A_per_m
    scale = MU0_T_m_per_A / 2 * ms**2 * cell_m**2 * track.thickness_m
    half_m = _half_step_m(track, cell_m)
    nearest_m = half_m + cell_m
    middle_m = min(max(x_m, nearest_m), track.length_m - nearest_m)

    def energy_J(position_m: float) -> float:
        m = straight_wall(film, position_m)
        of_film = scale * float(np.sum(film.cells.volume * m[2] ** 2))
        return energies_J(m, film, demagnetisation)["demagnetisation"] - of_film

    slope_J_per_m = (energy_J(middle_m + half_m) - energy_J(middle_m - half_m)) / (2 * half_m)
    width_m = track.width_m + (track.width_at_end_m - track.width_m) * middle_m / track.length_m
    return -slope_J_per_m / (2 * MU0_T_m_per_A * ms * width_m * track.thickness_m)


def cancelling_flux_density_T(field_A_per_m: float) -> float:
    """Return B_z of a uniform field that takes the push of the ends off a wall.

    A positive B_z pushes a wall (↓ on the left) to -x. At other places it leaves the difference.
    """
    return MU0_T_m_per_A * field_A_per_m


def _half_step_m(track: Track, cell_m: float) -> float:
    slope = abs(track.width_at_end_m - track.width_m) / track.length_m
    return min(max(_HALF_STEP_m, cell_m / slope if slope > 0 else 0.0), track.length_m / 4)
