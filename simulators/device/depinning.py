"""Pinning of the wall: thresholds, barriers and thermally activated escape rates.

Sites along the track: 0 is "no wall, junction antiparallel", 1 … n are the notches, n + 1 is "no
wall, junction parallel". A push is written as a current. For a wall that is to move towards CLK

    push = I - I_c + I_H          (towards IN: the same with the opposite sign),
    I_c  = 2 e t t_HM σ w'/(π ħ θ)              line tension of the wall in a taper,
    I_H  = w t_HM H/χ,  χ = (π/2) ħ θ/(2 e M_S t)   net field H that favours the parallel state,
    S    = J_c w t_HM,  J_c = notch strength x depth     depinning current,
    E_b  = 2 M_S t w δ χ J_c                    work of the depinning field over the length δ,

so the wall depins at T = 0 where push = S, that is at I_dep = S + I_c - I_H. At temperature T

    Γ = f0 exp[-(E_b/k_B T) (1 - push/S)^(3/2)]  below S,  Γ = f0 above,

which with I_c = I_H = 0 is the usual law in V/V_c. The exponent 3/2 belongs to a smooth barrier
tilted close to its maximum. S is multiplied by

    1 + spread (√f N_visit + √(1 - f) N_pulse),

with N(0, 1) drawn anew at every visit and at every pulse; f is the frozen share. A single pulse
shows only `spread`; of pulses that are repeated at one place, f is the correlation. At a pulse of
plateau T_p, rise and fall, N = ∫Γ dt is the plateau plus both edges (Laplace's method: the last
e-fold of the barrier on the way up counts), and P = 1 - exp(-N). A contact injects a wall by the
same law with its own threshold; only the current counts there, since a field alone reverses the
whole junction (see kernel).

Parameters: t, M_S, σ, θ free layer (θ effective spin-Hall angle); t_HM, w track; depth, spread
notch. Sources: Brigner et al., arXiv 1905.05485 and Kaur & Pramanik, arXiv 2501.15102 (taper);
Thiaville et al., EPL 100, 57002 (2012) and Emori et al., Nat. Mater. 12, 611 (2013) (spin-orbit
torque on a Néel wall). Valid for Néel walls that fill the width of the track, and for pulses much
longer than 1/f0.
"""

from math import pi, sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...compiled import compiled
from .parameters import Contact, DeviceParameters, FreeLayer, Notch
from .track import width_m, width_slope

BOLTZMANN_J_per_K = 1.380649e-23
_HBAR_J_s = 1.054571817e-34
_CHARGE_C = 1.602176634e-19
_GAMMA_5_3 = 0.9027452929509336

_SITE = np.dtype(
    [
        ("x_m", "f8"),
        ("section_m2", "f8"),
        ("tension_A", "f8"),
        ("field_A_per_T", "f8"),
        ("depinning_current_to_CLK_A", "f8"),
        ("depinning_current_to_IN_A", "f8"),
        ("barrier_to_CLK_J", "f8"),
        ("barrier_to_IN_J", "f8"),
        ("visit_spread", "f8"),
        ("pulse_spread", "f8"),
        ("seat_range_m", "f8"),
        ("seat_jitter_m", "f8"),
    ]
)


def site_table(parameters: DeviceParameters) -> NDArray[Any]:
    """Return one record per site, from 0 (antiparallel) to n + 1 (parallel)."""
    length_m = parameters.track.profile_m[-1][0]
    notches = parameters.notches
    table = np.zeros(len(notches) + 2, _SITE)
    for row, notch in zip(table[1:-1], notches, strict=True):
        _fill_place(row, parameters, notch.position_m)
        _fill_notch(row, parameters, notch)
    _fill_place(table[0], parameters, 0.0)
    _fill_place(table[-1], parameters, length_m)
    _fill_contact(table[0], parameters, parameters.in_contact, "CLK", "IN")
    _fill_contact(table[-1], parameters, parameters.clk_contact, "IN", "CLK")
    return table


def field_per_current_density(free_layer: FreeLayer) -> float:
    """Return χ in T per A/m²: the out-of-plane field that pushes a wall like the current does."""
    moment = 2 * _CHARGE_C * free_layer.saturation_magnetization_A_per_m * free_layer.thickness_m
    return pi / 2 * _HBAR_J_s * free_layer.spin_hall_angle / moment


def _fill_place(row: Any, parameters: DeviceParameters, x_m: float) -> None:
    section_m2 = width_m(parameters.track, x_m) * parameters.track.heavy_metal_thickness_m
    row["x_m"] = x_m
    row["section_m2"] = section_m2
    row["field_A_per_T"] = section_m2 / field_per_current_density(parameters.free_layer)


def _fill_notch(row: Any, parameters: DeviceParameters, notch: Notch) -> None:
    back_m = notch.depth_m if notch.depth_to_IN_m is None else notch.depth_to_IN_m
    for direction, depth_m in (("CLK", notch.depth_m), ("IN", back_m)):
        J_c = parameters.free_layer.notch_strength_A_per_m3 * depth_m
        row[f"depinning_current_to_{direction}_A"] = J_c * row["section_m2"]
        row[f"barrier_to_{direction}_J"] = _barrier_J(parameters, J_c, row)
    row["tension_A"] = _tension_A(parameters, notch.position_m)
    _fill_spread(row, parameters, notch.spread)
    row["seat_range_m"] = notch.seat_range_m
    row["seat_jitter_m"] = notch.seat_jitter_m


def _fill_contact(
    row: Any, parameters: DeviceParameters, contact: Contact, inward: str, outward: str
) -> None:
    J_c = contact.injection_current_density_A_per_m2
    row[f"depinning_current_to_{inward}_A"] = J_c * row["section_m2"]
    row[f"barrier_to_{inward}_J"] = _barrier_J(parameters, J_c, row)
    row[f"depinning_current_to_{outward}_A"] = row[f"barrier_to_{outward}_J"] = np.inf
    row["field_A_per_T"] = 0.0
    _fill_spread(row, parameters, contact.spread)


def _fill_spread(row: Any, parameters: DeviceParameters, spread: float) -> None:
    frozen = parameters.free_layer.frozen_share
    row["visit_spread"], row["pulse_spread"] = spread * sqrt(frozen), spread * sqrt(1.0 - frozen)


def _barrier_J(parameters: DeviceParameters, J_c: float, row: Any) -> float:
    layer = parameters.free_layer
    moment = 2 * layer.saturation_magnetization_A_per_m * layer.thickness_m
    area_m2 = layer.pinning_length_m * row["section_m2"] / parameters.track.heavy_metal_thickness_m
    return float(moment * area_m2 * field_per_current_density(layer) * J_c)


def _tension_A(parameters: DeviceParameters, x_m: float) -> float:
    layer = parameters.free_layer
    thickness_m2 = layer.thickness_m * parameters.track.heavy_metal_thickness_m
    force = 2 * _CHARGE_C * thickness_m2 * layer.wall_energy_J_per_m2
    return force * width_slope(parameters.track, x_m) / (pi * _HBAR_J_s * layer.spin_hall_angle)


@compiled
def barrier_height(push_A: float, depinning_current_A: float, barrier: float) -> float:
    """Return the height of a barrier under a push, in the units of `barrier` (k_B T)."""
    gap = 1.0 - push_A / depinning_current_A
    return barrier * gap * sqrt(gap) if gap > 0.0 else 0.0


@compiled
def effective_edge_fraction(
    push_A: float, swing_A: float, depinning_current_A: float, barrier: float
) -> float:
    """Return the fraction of an edge, between 0 and 1, that is equivalent to plateau time.

    `swing_A` is the pulse's own current in the direction of the push: over the edge the push climbs
    by that much up to `push_A`.
    """
    if swing_A <= 0.0:
        return 1.0
    gap = 1.0 - push_A / depinning_current_A
    last_e_fold = float(_GAMMA_5_3 * barrier ** (-2.0 / 3.0))
    if gap > 0.0:
        last_e_fold = min(last_e_fold, 1.0 / (1.5 * barrier * sqrt(gap)))
    else:
        last_e_fold -= gap
    return min(1.0, last_e_fold * depinning_current_A / swing_A)
