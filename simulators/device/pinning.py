"""Pinning by a notch, derived from the stack and the drawing: threshold and barrier of a wall.

A wall costs σ per area, so its energy follows the width that it spans, averaged over the profile
sech²(x/Δ)/2Δ of a rigid wall. A notch of half width a takes depth s(x/a) from each of n edges. The
averaged width then changes along the track by n depth s'/a at most; with u = x/a and r = a/Δ, s' is
the largest of

    square     (r/2) [sech² r(u + 1) - sech² r(u - 1)],
    v          [tanh r(u + 1) - 2 tanh ru + tanh r(u - 1)]/2,
    half-disc  (r/2) ∫ sin φ sech² r(u + sin φ) dφ over φ from -π/2 to π/2.

The spin-orbit torque does the work π ħ θ J/(2e) per length of wall and of way. So the wall depins
at S, and out of the notch at rest it climbs E_b,

    S = f K n depth s'/a,  K = 2 e t t_HM σ/(π ħ θ),  E_b = f σ t n depth,
    σ = 4 √(A K_eff) - π |D|,  Δ = √(A/K_eff),  K_eff = K_u - μ0 M_S²/2.

S is a current in the heavy metal; as a current density at the width w it is J_c = S/(w t_HM). M_S
acts through K_eff: in the balance of forces on the wall it cancels. In E_b the width is that at the
bottom of the notch, where a wall is narrow: the string method finds 1.12 times this barrier.

f of a notch is fitted; 1 is the wall above. It makes the pinning stronger and so multiplies S and
E_b alike; where the torque is weaker than assumed, θ is the parameter to change, which leaves E_b.

Sources: Thiaville et al., EPL 100, 57002 (2012) (force and σ); Martinez et al., J. Appl. Phys. 115,
213909 (2014) (pinning from the width of the track). Compared with micromagnetics in
docs/explanation/device.md. Valid for a straight wall, notches apart from each other and a ≥ Δ; a
wall that bows beyond the notch has a second resting place with its own thresholds.
"""

from collections.abc import Sequence
from functools import lru_cache
from math import pi

import numpy as np
from numpy.typing import NDArray

from .errors import DeviceError
from .parameters import DeviceParameters, FreeLayer, Notch, NotchForm, Track
from .track import width_m

HBAR_J_s = 1.054571817e-34
CHARGE_C = 1.602176634e-19
_POINTS = 401
_FARTHEST = 4.0
"""How far beyond the edge of a notch the largest slope is looked for, in Δ."""


def tension_per_slope_A(parameters: DeviceParameters) -> float:
    """Return K: the current whose torque balances the tension of a wall at dw/dx = 1."""
    layer, heavy_metal_m = parameters.free_layer, parameters.track.heavy_metal_thickness_m
    force_N = layer.thickness_m * layer.wall_energy_J_per_m2
    return 2 * CHARGE_C * heavy_metal_m * force_N / (pi * HBAR_J_s * layer.spin_hall_angle)


def derived_depinning_current_A(parameters: DeviceParameters, notch: Notch) -> float:
    """Return S of a notch at f = 1: a measured threshold over it is the fitted factor."""
    steepest = _steepest(notch.form, notch.half_width_m / parameters.free_layer.wall_width_m)
    slope = notch.edges * notch.depth_m / notch.half_width_m * steepest
    return tension_per_slope_A(parameters) * slope


def derived_barrier_J(layer: FreeLayer, notch: Notch) -> float:
    """Return E_b of a notch at f = 1."""
    return layer.wall_energy_J_per_m2 * layer.thickness_m * notch.edges * notch.depth_m


def check_pinning(track: Track, layer: FreeLayer, notches: Sequence[Notch]) -> None:
    """Raise DeviceError for a film without perpendicular walls, or a notch that cuts the track."""
    if not layer.effective_anisotropy_J_per_m3 > 0:
        raise DeviceError(
            "The free layer is magnetized in its plane (K <= μ0 M_S²/2) and holds no wall: raise "
            "anisotropy_J_per_m3 or lower saturation_magnetization_A_per_m."
        )
    if not layer.wall_energy_J_per_m2 > 0:
        raise DeviceError(
            "A wall in the free layer costs no energy (4 √(A K_eff) <= π |D|): lower dmi_J_per_m2."
        )
    for number, notch in enumerate(notches, start=1):
        room_m = width_m(track, notch.position_m) / notch.edges
        if notch.depth_m >= room_m:
            raise DeviceError(
                f"Notch {number} is {1e9 * notch.depth_m:g} nm deep ({notch.side}) and cuts the "
                f"track through: make depth_m less than {1e9 * room_m:g} nm."
            )


@lru_cache(maxsize=1024)
def _steepest(form: NotchForm, ratio: float) -> float:
    """Return s' of a form at r = a/Δ: the largest on a grid of which the second is finer."""
    reach = _FARTHEST / ratio
    within, about_the_edge = (
        np.linspace(-1 - reach, 0, _POINTS),
        np.linspace(-reach, reach, _POINTS),
    )
    u = np.unique(np.concatenate([within, about_the_edge - 1]))
    best = int(np.clip(_slope(form, ratio, u).argmax(), 1, len(u) - 2))
    near = np.linspace(u[best - 1], u[best + 1], _POINTS)
    return float(_slope(form, ratio, near).max())


def _slope(form: NotchForm, ratio: float, u: NDArray[np.float64]) -> NDArray[np.float64]:
    match form:
        case "square":
            bottom = _sech2(ratio * (u + 1)) - _sech2(ratio * (u - 1))
            return np.asarray(ratio / 2 * bottom)
        case "v":
            before, after = np.tanh(ratio * (u + 1)), np.tanh(ratio * (u - 1))
            return np.asarray(before - 2 * np.tanh(ratio * u) + after) / 2
        case "half-disc":
            count = 200 + int(20 * ratio)
            sine = np.sin(pi * ((np.arange(count) + 0.5) / count - 0.5))
            moments = _sech2(ratio * (u[:, None] + sine)) @ sine
            return np.asarray(ratio / 2 * pi / count * moments)


def _sech2(x: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(1 - np.tanh(x) ** 2)
