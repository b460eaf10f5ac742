"""The voltage across a drawn track that belongs to a current density of the film.

A track file's J is that at its `width_m` w0, so the current is I = J w0 t_HM, and the voltage
V = I R with the resistance R of the heavy metal and its leads. R is that of the device model: of
the outline without notches, whose part `notches_share` gives.
"""

import numpy as np

from ..device import Track as HeavyMetalTrack
from ..device.track import track_resistance_ohm
from ..micromagnetics import HeavyMetal, MicromagneticsError, Notch, Track, TrackFile

_ACROSS_A_NOTCH = 2001


def heavy_metal_track(track: Track, metal: HeavyMetal) -> HeavyMetalTrack:
    """Return what carries the current, as the device model has it."""
    return HeavyMetalTrack(
        ((0.0, track.width_m), (track.length_m, track.width_at_end_m)),
        metal.thickness_m,
        metal.resistivity_ohm_m,
        metal.lead_resistance_ohm,
    )


def resistance_of_straight_track_ohm(file: TrackFile) -> float:
    """Return the resistance across the whole track, leads included.

    Raises MicromagneticsError without a [heavy_metal], and for a taper.
    """
    if file.heavy_metal is None:
        raise MicromagneticsError(
            "The track file has no [heavy_metal], without which no voltage belongs to a current "
            "density: add it (see Keys of the track file in the documentation)."
        )
    if file.track.width_at_end_m != file.track.width_m:
        raise MicromagneticsError(
            "Depths for wanted voltages are proposed for straight tracks only, since the threshold "
            "in a taper depends on the place of the notch, too: leave out end_width_m."
        )
    return track_resistance_ohm(heavy_metal_track(file.track, file.heavy_metal))


def notches_share(track: Track, notches: tuple[Notch, ...]) -> float:
    """Return what notches add to the resistance of a straight track, relative to it.

    ∫ (w0/w(x) - 1) dx over each notch, divided by the length; leads and crowding are left out.
    """
    added_m = 0.0
    for notch in notches:
        x_m = notch.position_m + notch.half_width_m * np.linspace(-1, 1, _ACROSS_A_NOTCH)
        sides = 2 if notch.side == "both" else 1
        width_m = track.width_m - sides * notch.depth_at(x_m)
        added_m += float(np.trapezoid(track.width_m / width_m - 1, x_m))
    return added_m / track.length_m
