"""Depinning of the wall: thresholds, barriers and thermally activated escape rates.

Sites along the track: 0 is "no wall, junction antiparallel", 1 … n are the notches, n + 1 is "no
wall, junction parallel". A push is written as a current. For a wall that is to move towards CLK

    push = I - I_c + I_H          (towards IN: the same with the opposite sign),
    I_c  = K dw/dx                              line tension of the wall in a taper,
    I_H  = w t_HM H/χ,  χ = (π/2) ħ θ/(2 e M_S t)   net field H that favours the parallel state,

with K, the depinning current S and the barrier E_b of a notch from pinning. At T = 0 the wall
depins where push = S, that is at I_dep = S + I_c - I_H. At temperature T

    Γ = f0 exp[-(E_b/k_B T) (1 - push/S)^(3/2)]  below S,  Γ = f0 above,

which with I_c = I_H = 0 is the usual law in V/V_c. The exponent 3/2 belongs to a smooth barrier
tilted close to its maximum. S is multiplied by

    1 + spread (√f N_visit + √(1 - f) N_pulse),

with N(0, 1) drawn anew at every visit and at every pulse; f is the frozen share. A single pulse
shows only `spread`; of pulses that are repeated at one place, f is the correlation. At a pulse of
plateau T_p, rise and fall, N = ∫Γ dt is the plateau plus both edges (Laplace's method: the last
e-fold of the barrier on the way up counts), and P = 1 - exp(-N). A contact injects a wall by the
same law with a threshold J_c of its own, which is measured and does not follow the stack, and with
E_b = (π ħ θ/2e) w δ J_c over a length δ; only the current counts there, since a field alone
reverses the whole junction (see kernel).

Sources: Brigner et al., arXiv 1905.05485 and Kaur & Pramanik, arXiv 2501.15102 (taper);
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
from .pinning import (
    CHARGE_C,
    HBAR_J_s,
    check_pinning,
    derived_barrier_J,
    derived_depinning_current_A,
    tension_per_slope_A,
)
from .track import width_m, width_slope

BOLTZMANN_J_per_K = 1.380649e-23
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
        ("first_piece", "i8"),
        ("middle_piece", "i8"),
    ]
)


def site_table(parameters: DeviceParameters) -> NDArray[Any]:
    """Return one record per site, from 0 (antiparallel) to n + 1 (parallel).

    Raises DeviceError for a free layer or a notch that can hold no wall.
    """
    check_pinning(parameters.track, parameters.free_layer, parameters.notches)
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
    moment = 2 * CHARGE_C * free_layer.saturation_magnetization_A_per_m * free_layer.thickness_m
    return pi / 2 * HBAR_J_s * free_layer.spin_hall_angle / moment


def thermal_threshold(barrier: float, attempts: float) -> tuple[float, float]:
    """Return mean and standard deviation of the push at which a pulse frees a wall, over S.

    `barrier` is E_b/k_B T, `attempts` f0 times the width of a pulse without edges. This is the part
    of the spread of a threshold that is not drawn: it follows from temperature and pulse width.
    """
    push = np.linspace(0.0, 1.0, 20_001)
    held = np.exp(-attempts * np.exp(-barrier * (1.0 - push) ** 1.5))
    mean = float(np.trapezoid(held, push))
    return mean, sqrt(max(0.0, 2.0 * float(np.trapezoid(push * held, push)) - mean * mean))


def _fill_place(row: Any, parameters: DeviceParameters, x_m: float) -> None:
    section_m2 = width_m(parameters.track, x_m) * parameters.track.heavy_metal_thickness_m
    row["x_m"] = x_m
    row["section_m2"] = section_m2
    row["field_A_per_T"] = section_m2 / field_per_current_density(parameters.free_layer)


def _fill_notch(row: Any, parameters: DeviceParameters, notch: Notch) -> None:
    back = notch.fitted_factor_to_IN
    for direction, factor in (
        ("CLK", notch.fitted_factor),
        ("IN", notch.fitted_factor if back is None else back),
    ):
        derived_A = derived_depinning_current_A(parameters, notch)
        row[f"depinning_current_to_{direction}_A"] = factor * derived_A
        row[f"barrier_to_{direction}_J"] = factor * derived_barrier_J(parameters.free_layer, notch)
        for name in (f"depinning_current_to_{direction}_A", f"barrier_to_{direction}_J"):
            if (given := getattr(notch, name)) is not None:
                row[name] = given
    slope = width_slope(parameters.track, notch.position_m)
    row["tension_A"] = tension_per_slope_A(parameters) * slope
    _fill_spread(row, parameters, notch.spread)
    row["seat_range_m"] = notch.seat_range_m
    row["seat_jitter_m"] = notch.seat_jitter_m


def _fill_contact(
    row: Any, parameters: DeviceParameters, contact: Contact, inward: str, outward: str
) -> None:
    J_c = contact.injection_current_density_A_per_m2
    row[f"depinning_current_to_{inward}_A"] = J_c * row["section_m2"]
    force_N = J_c * width_m(parameters.track, row["x_m"])
    force_N *= pi * HBAR_J_s * parameters.free_layer.spin_hall_angle / (2 * CHARGE_C)
    row[f"barrier_to_{inward}_J"] = force_N * contact.pinning_length_m
    row[f"depinning_current_to_{outward}_A"] = row[f"barrier_to_{outward}_J"] = np.inf
    row["field_A_per_T"] = 0.0
    _fill_spread(row, parameters, contact.spread)


def _fill_spread(row: Any, parameters: DeviceParameters, spread: float) -> None:
    frozen = parameters.free_layer.frozen_share
    row["visit_spread"], row["pulse_spread"] = spread * sqrt(frozen), spread * sqrt(1.0 - frozen)


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
