"""The response of the wall to one drive, device by device: the event loop.

During a drive the track carries V/R for the given time under a constant field. Then, in order:

1. The track warms or cools, dT/dt = (R_th V²/R - T)/τ; above the damage temperature the junction
   is destroyed. The rates below use the temperature at the end of the drive.
2. The field may reverse the whole junction, Γ = f0 exp[-(E_n/k_B T)(1 - |H|/H_n)^(3/2)].
3. The wall may escape from its site (see depinning). It then moves at a speed proportional to the
   net push per cross-section (see travel), draws a new strength in every notch that it enters, and
   is pinned where the drive does not free it again. When the duration is over between two sites it
   is pinned at the nearer one. The time of the escape itself is neglected against the duration,
   which makes the way of pulses close to threshold an upper bound. A drive with a
   voltage is a pulse: what of the spread is not frozen is drawn once in it at every notch.
4. A wall that remains in its notch under a pulse creeps about its equilibrium position: its
   deviation keeps the settling memory m and gains √(1 - m²) of a fresh draw.
"""

from math import exp, sqrt
from typing import Any

import numba
import numpy as np

from ...compiled import compiled, compiled_parallel
from .depinning import BOLTZMANN_J_per_K, barrier_height, effective_edge_fraction
from .noise import normal, uniform
from .travel import travel_time_s

STATE = np.dtype(
    [
        *((word, "u8") for word in ("s0", "s1", "s2", "s3")),
        ("site", "i8"),
        ("strength", "f8"),
        ("seat_m", "f8"),
        ("offset_m", "f8"),
        ("warming_K", "f8"),
        ("broken", "b1"),
    ],
    align=True,
)
"""One device: its random stream, the wall's site, the strength of this visit relative to the mean,
the equilibrium position (`seat_m`) and the position (`offset_m`) of the wall about the notch, the
warming of the track, and whether the junction is destroyed. The names are part of array files."""

PHYSICS = np.dtype(
    [
        ("track_conductance_S", "f8"),
        ("temperature_K", "f8"),
        ("attempt_rate_Hz", "f8"),
        ("mobility_m3_per_A_s", "f8"),
        ("warming_K_per_V2", "f8"),
        ("damage_temperature_K", "f8"),
        ("settling_memory", "f8"),
        ("current_density_per_T", "f8"),
    ]
)

DRIVE = np.dtype(
    [
        ("duration_s", "f8"),
        ("plateau_s", "f8"),
        ("edges_s", "f8"),
        ("parallel_field_T", "f8"),
        ("cooling", "f8"),
        ("reversal", "f8"),
        ("negligible_barrier", "f8"),
    ]
)
"""One drive: full width at half maximum, plateau, rise and fall, net field that favours the
parallel state, share of the warming left afterwards, probability that the field reverses the
junction, and the barrier (in k_B T) above which the escape probability is set to zero."""

_WEAKEST = 0.1


@compiled_parallel
def drive_all(
    state: Any,
    sites: Any,
    pieces: Any,
    physics: Any,
    drive: Any,
    voltage_V: Any,
    stride: int,
) -> None:
    """Drive every device, shared between the cores; device i sees voltage_V[i * stride]."""
    for i in numba.prange(state.shape[0]):
        _drive_device(state[i], sites, pieces, physics[0], drive[0], voltage_V[i * stride])


@compiled
def drive_few(
    state: Any,
    sites: Any,
    pieces: Any,
    physics: Any,
    drive: Any,
    voltage_V: Any,
    stride: int,
) -> None:
    """Drive every device on the calling thread, which is faster for a few devices."""
    for i in range(state.shape[0]):
        _drive_device(state[i], sites, pieces, physics[0], drive[0], voltage_V[i * stride])


@compiled
def place_all(state: Any, sites: Any, site: int) -> None:
    """Pin the wall of every device at a site; 0 is the antiparallel state."""
    for i in range(state.shape[0]):
        _pin_at(state[i], sites, site)


@compiled
def _drive_device(
    d: Any,
    sites: Any,
    pieces: Any,
    physics: Any,
    drive: Any,
    voltage_V: float,
) -> None:
    target_K = physics.warming_K_per_V2 * voltage_V * voltage_V
    d.warming_K = target_K + (d.warming_K - target_K) * drive.cooling
    if d.broken:
        return
    temperature_K = physics.temperature_K + d.warming_K
    if temperature_K > physics.damage_temperature_K:
        d.broken = True
        return
    if drive.reversal > 0.0 and uniform(d) <= drive.reversal:
        _pin_at(d, sites, sites.shape[0] - 1 if drive.parallel_field_T > 0.0 else 0)
        return
    current_A = voltage_V * physics.track_conductance_S
    direction = _escape(d, sites, physics, drive, current_A, temperature_K)
    if direction != 0:
        _run(d, sites, pieces, physics, drive, current_A, temperature_K, direction)
        return
    if voltage_V != 0.0 and 0 < d.site < sites.shape[0] - 1:
        _settle(d, sites[d.site].seat_jitter_m, physics.settling_memory)


@compiled
def _escape(
    d: Any, sites: Any, physics: Any, drive: Any, current_A: float, temperature_K: float
) -> int:
    """Return the direction in which the wall leaves its site, 0 if it stays."""
    site = sites[d.site]
    strength = _strength(d, site, current_A)
    to_CLK = _expected_escapes(1, site, strength, physics, drive, current_A, temperature_K)
    to_IN = _expected_escapes(-1, site, strength, physics, drive, current_A, temperature_K)
    total = to_CLK + to_IN
    if total <= 0.0 or uniform(d) > 1.0 - exp(-total):
        return 0
    if to_IN == 0.0:
        return 1
    if to_CLK == 0.0:
        return -1
    return 1 if uniform(d) * total <= to_CLK else -1


@compiled
def _run(
    d: Any,
    sites: Any,
    pieces: Any,
    physics: Any,
    drive: Any,
    current_A: float,
    temperature_K: float,
    direction: int,
) -> None:
    last = sites.shape[0] - 1
    k = d.site
    sense = direction if _push_A(direction, sites[k], drive, current_A) >= 0.0 else -direction
    field_A_per_m2 = drive.parallel_field_T * physics.current_density_per_T
    mobility = physics.mobility_m3_per_A_s
    left_s = drive.duration_s
    while True:
        low, high = sites[min(k, k + direction)], sites[max(k, k + direction)]
        to_middle_s = travel_time_s(
            pieces, low.first_piece, low.middle_piece, sense, current_A, field_A_per_m2, mobility
        )
        from_middle_s = travel_time_s(
            pieces, low.middle_piece, high.first_piece, sense, current_A, field_A_per_m2, mobility
        )
        if left_s <= to_middle_s + from_middle_s:
            near_s = to_middle_s if direction > 0 else from_middle_s
            _pin_at(d, sites, k + direction if left_s > near_s else k)
            return
        left_s -= to_middle_s + from_middle_s
        k += direction
        _pin_at(d, sites, k)
        if k in (0, last):
            return
        strength = _strength(d, sites[k], current_A)
        expected = _expected_escapes(
            direction, sites[k], strength, physics, drive, current_A, temperature_K
        )
        if expected <= 0.0 or uniform(d) > 1.0 - exp(-expected):
            return


@compiled
def _pin_at(d: Any, sites: Any, k: int) -> None:
    site = sites[k]
    d.site = k
    d.strength = max(_WEAKEST, 1.0 + site.visit_spread * normal(d))
    d.seat_m = site.seat_range_m * (2.0 * uniform(d) - 1.0)
    d.offset_m = d.seat_m + site.seat_jitter_m * normal(d)


@compiled
def _strength(d: Any, site: Any, current_A: float) -> float:
    if site.pulse_spread == 0.0 or current_A == 0.0:
        return float(d.strength)
    return float(max(_WEAKEST, d.strength + site.pulse_spread * normal(d)))


@compiled
def _settle(d: Any, jitter_m: float, memory: float) -> None:
    fresh_m = sqrt(1.0 - memory * memory) * jitter_m * normal(d)
    d.offset_m = d.seat_m + memory * (d.offset_m - d.seat_m) + fresh_m


@compiled
def _push_A(direction: int, site: Any, drive: Any, current_A: float) -> float:
    net_A = current_A - site.tension_A + site.field_A_per_T * drive.parallel_field_T
    return float(direction * net_A)


@compiled
def _expected_escapes(
    direction: int,
    site: Any,
    strength: float,
    physics: Any,
    drive: Any,
    current_A: float,
    temperature_K: float,
) -> float:
    if direction > 0:
        depinning_current_A = site.depinning_current_to_CLK_A * strength
        barrier_J = site.barrier_to_CLK_J
    else:
        depinning_current_A = site.depinning_current_to_IN_A * strength
        barrier_J = site.barrier_to_IN_J
    barrier = barrier_J / (BOLTZMANN_J_per_K * temperature_K)
    push_A = _push_A(direction, site, drive, current_A)
    height = barrier_height(push_A, depinning_current_A, barrier)
    if height > drive.negligible_barrier:
        return 0.0
    share = effective_edge_fraction(push_A, direction * current_A, depinning_current_A, barrier)
    time_s = drive.plateau_s + share * drive.edges_s
    return float(physics.attempt_rate_Hz * time_s * exp(-height))
