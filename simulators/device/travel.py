"""The way of a free wall: how long it takes from site to site along a track of changing width.

A wall that moves to CLK under a current I and a net field H has the speed

    v(x) = μ (I - I_c + A(x) H/χ)/A(x),  A(x) = w(x) t_HM,

with I_c and χ of depinning and the mobility μ: the current density rises where the track is narrow.
On a piece of length L where w is linear, from A - h to A + h, with a = I - I_c, b = H/χ,

    ∫ dx/v = (L/μ c) [A atanh(δ)/δ + h (1 - atanh(δ)/δ)/δ],  c = a + b A,  δ = b h/c,

which is L A/(μ a) without a field, and infinite where v falls to 0: there the wall stops. Pieces
end at the corners of the track, at the sites, and half-way between two sites.
"""

from math import atanh, inf
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...compiled import compiled
from .parameters import DeviceParameters
from .pinning import tension_per_slope_A
from .track import width_m, width_slope

PIECE = np.dtype(
    [("length_m", "f8"), ("start_m2", "f8"), ("end_m2", "f8"), ("tension_A", "f8")],
)
"""A piece of the way: its length, the section of the heavy metal at both ends, and I_c."""

_SERIES_BELOW = 0.05


def divide_way(parameters: DeviceParameters, sites: NDArray[Any]) -> NDArray[Any]:
    """Return the pieces from end to end, and note in the sites where their ways begin.

    Pieces first_piece to middle_piece - 1 of a site are the nearer half of the way to the next one,
    and those up to the next site's first_piece - 1 the other half.
    """
    track, places_m = parameters.track, sites["x_m"]
    middles_m = (places_m[1:] + places_m[:-1]) / 2
    corners_m = [x for x, _ in track.profile_m if places_m[0] < x < places_m[-1]]
    ends_m = np.unique(np.concatenate([places_m, middles_m, corners_m]))
    sites["first_piece"] = np.searchsorted(ends_m, places_m)
    sites["middle_piece"][:-1] = np.searchsorted(ends_m, middles_m)
    sections_m2 = np.array([width_m(track, x) for x in ends_m]) * track.heavy_metal_thickness_m
    slopes = np.array([width_slope(track, x) for x in ends_m[1:]])
    pieces = np.zeros(len(ends_m) - 1, PIECE)
    pieces["length_m"] = np.diff(ends_m)
    pieces["start_m2"], pieces["end_m2"] = sections_m2[:-1], sections_m2[1:]
    pieces["tension_A"] = tension_per_slope_A(parameters) * slopes
    return pieces


@compiled
def travel_time_s(
    pieces: Any,
    first: int,
    last: int,
    sense: int,
    current_A: float,
    field_A_per_m2: float,
    mobility_m3_per_A_s: float,
) -> float:
    """Return the time over pieces first to last - 1; inf if the wall stops or would turn in them.

    `field_A_per_m2` is H/χ. `sense` is 1 if the wall moves as a push to CLK drives it, -1 if as one
    to IN does.
    """
    total_s = 0.0
    for i in range(first, last):
        piece = pieces[i]
        push_A = sense * (current_A - piece.tension_A)
        start_A = push_A + sense * field_A_per_m2 * piece.start_m2
        end_A = push_A + sense * field_A_per_m2 * piece.end_m2
        if start_A <= 0.0 or end_A <= 0.0:
            return inf
        middle_m2 = 0.5 * (piece.start_m2 + piece.end_m2)
        half_m2 = 0.5 * (piece.end_m2 - piece.start_m2)
        delta = (end_A - start_A) / (end_A + start_A)
        even, odd = _moments(delta)
        mean = (middle_m2 * even + half_m2 * odd) / (0.5 * (start_A + end_A))
        total_s += piece.length_m * mean
    return total_s / mobility_m3_per_A_s if mobility_m3_per_A_s > 0.0 else inf


@compiled
def _moments(delta: float) -> tuple[float, float]:
    """Return the means of 1/(1 + δ s) and s/(1 + δ s) over s from -1 to 1."""
    if abs(delta) >= _SERIES_BELOW:
        even = atanh(delta) / delta
        return even, (1.0 - even) / delta
    even, odd, power = 1.0, 0.0, delta
    for k in range(3, 15, 2):
        odd -= power / k
        even += power * delta / k
        power *= delta * delta
    return even, odd
