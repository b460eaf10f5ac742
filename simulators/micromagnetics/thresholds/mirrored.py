"""A film seen in a mirror, x → L - x: what drives its wall to +x drives the film's wall to -x.

The mirror turns m by π about x, which leaves the equation of motion, the wall (↓ on the left) and
the sign of D as they are; an external field turns alike. A current J > 0 in the mirrored film is
-J in the film: the polarization turns, and both torques change sign.
"""

from dataclasses import replace

from ..film import Film
from ..geometry.track import Track


def mirrored_film(film: Film) -> Film:
    """Return the mirrored film; current densities still belong to the same width."""
    cells = film.cells
    x, y, z = film.flux_density_T
    torque = film.torque
    if torque is not None:
        px, py, pz = torque.polarization
        torque = replace(
            torque,
            spin_hall_angle=-torque.spin_hall_angle,
            field_like_angle=-torque.field_like_angle,
            polarization=(px, -py, -pz),
        )
    return replace(
        film,
        cells=replace(
            cells,
            volume=cells.volume[::-1].copy(),
            face_x=cells.face_x[::-1].copy(),
            face_y=cells.face_y[::-1].copy(),
            column_width_m=cells.column_width_m[::-1].copy(),
        ),
        torque=torque,
        flux_density_T=(x, -y, -z),
    )


def mirrored_track(track: Track) -> Track:
    """Return the mirrored outline, its notches in the order of the list; without roughness."""
    return replace(
        track,
        width_m=track.width_at_end_m,
        end_width_m=track.width_m,
        notches=tuple(
            replace(notch, position_m=track.length_m - notch.position_m) for notch in track.notches
        ),
        roughness=None,
    )
