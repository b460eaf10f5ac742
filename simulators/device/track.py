"""The geometry of the track: its resistance, and the parallel fraction of the junction.

The width w(x) is linear between the points of the profile. With thickness t and resistivity ρ of
the heavy metal,

    R = ∫ ρ dx / (w t),   for one taper (ρ/t) L ln(w₁/w₀)/(w₁ - w₀),
    J(x) = I / (w(x) t),
    f(x) = ∫ w dx over the junction up to the wall / ∫ w dx over the junction.

Valid where the width changes slowly over its own length (no current crowding) and the magnetic
layer carries little of the current.
"""

from math import log

import numpy as np
from numpy.typing import NDArray

from ...compiled import compiled
from .parameters import Junction, Track


def track_resistance_ohm(track: Track) -> float:
    """Return the resistance between IN and CLK, leads included."""
    sheet_ohm = track.resistivity_ohm_m / track.heavy_metal_thickness_m
    squares = 0.0
    for (x0, w0), (x1, w1) in zip(track.profile_m, track.profile_m[1:], strict=False):
        slope = (w1 - w0) / (x1 - x0)
        squares += (x1 - x0) / w0 if w1 == w0 else log(w1 / w0) / slope
    return track.lead_resistance_ohm + sheet_ohm * squares


def width_m(track: Track, x_m: float) -> float:
    """Return the width of the track at x."""
    xs, widths = zip(*track.profile_m, strict=True)
    return float(np.interp(x_m, xs, widths))


def width_slope(track: Track, x_m: float) -> float:
    """Return dw/dx at x (at a corner, that of the piece on the IN side)."""
    for (x0, w0), (x1, w1) in zip(track.profile_m, track.profile_m[1:], strict=False):
        if x_m <= x1:
            return (w1 - w0) / (x1 - x0)
    return 0.0


def junction_outline(track: Track, junction: Junction) -> NDArray[np.float64]:
    """Return rows (x, width, area on the IN side) for the junction's corners, shape (n, 3)."""
    inner = [x for x, _ in track.profile_m if junction.start_m < x < junction.end_m]
    xs = np.array([junction.start_m, *inner, junction.end_m])
    widths = np.array([width_m(track, x) for x in xs])
    strips = np.diff(xs) * (widths[1:] + widths[:-1]) / 2
    return np.column_stack([xs, widths, np.concatenate([[0.0], np.cumsum(strips)])])


@compiled
def parallel_fraction(x_m: float, outline: NDArray[np.float64]) -> float:
    """Return the share of the junction's area on the IN side of x, between 0 and 1."""
    last = outline.shape[0] - 1
    if x_m <= outline[0, 0]:
        return 0.0
    if x_m >= outline[last, 0]:
        return 1.0
    k = 0
    while x_m > outline[k + 1, 0]:
        k += 1
    dx = x_m - outline[k, 0]
    slope = (outline[k + 1, 1] - outline[k, 1]) / (outline[k + 1, 0] - outline[k, 0])
    return float((outline[k, 2] + dx * (outline[k, 1] + 0.5 * slope * dx)) / outline[last, 2])
