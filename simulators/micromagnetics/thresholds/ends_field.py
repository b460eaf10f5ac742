"""The field of a track's ends on a wall: equal notches differ by where on the track they are.

H = -(dE/dx)/(2 μ0 M_S w t) with the demagnetising energy E of a straight wall at x in the track
without its notches. A field of this size pushes the wall as the ends do, a positive one to +x.
"""

from dataclasses import replace

from ..constants import MU0_T_m_per_A
from ..film import demagnetisation_of, energies_J, film_of
from ..geometry.track import Track
from ..material import Material
from ..wall import straight_wall

_HALF_STEP_m = 20e-9


def ends_field_A_per_m(track: Track, material: Material, cell_m: float, x_m: float) -> float:
    """Return the field on a wall at x, or at the nearest x more than 20 nm from the ends."""
    film = film_of(replace(track, notches=(), roughness=None), material, cell_m)
    demagnetisation = demagnetisation_of(film)
    nearest_m = _HALF_STEP_m + cell_m
    middle_m = min(max(x_m, nearest_m), track.length_m - nearest_m)

    def energy_J(position_m: float) -> float:
        return energies_J(straight_wall(film, position_m), film, demagnetisation)["demagnetisation"]

    slope_J_per_m = (energy_J(middle_m + _HALF_STEP_m) - energy_J(middle_m - _HALF_STEP_m)) / (
        2 * _HALF_STEP_m
    )
    width_m = track.width_m + (track.width_at_end_m - track.width_m) * middle_m / track.length_m
    moment = MU0_T_m_per_A * material.saturation_magnetization_A_per_m
    return -slope_J_per_m / (2 * moment * width_m * track.thickness_m)
