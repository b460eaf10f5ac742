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
   A notch with constants for pulses (see pulsed) has their law in a pulse: the wall leaves at a
   time that is drawn, gets to the next site at least, and may run through there.
4. A wall that remains in its notch under a pulse creeps about its equilibrium position: its
   deviation keeps the settling memory m and gains √(1 - m²) of a fresh draw.
"""

from math import exp, log1p, sqrt
from typing import Any

import numba
import numpy as np

from ...compiled import compiled, compiled_parallel
from .depinning import BOLTZMANN_J_per_K, barrier_height, effective_edge_fraction
from .noise import normal, uniform
from .pulsed import passes, tilted_escapes, ways_out
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
        ("rise_s", "f8"),
        ("parallel_field_T", "f8"),
        ("cooling", "f8"),
        ("reversal", "f8"),
        ("negligible_barrier", "f8"),
    ]
)
"""One drive: full width at half maximum, plateau, both edges, rise, net field that favours the
parallel state, share of the warming left afterwards, probability that the field reverses the
junction, and the barrier (in k_B T) above which the escape probability is set to zero."""

_WEAKEST = 0.1
_NEGLIGIBLE = exp(-40.0)
"""Number of expected escapes in a pulse below which none is drawn."""


@compiled_parallel
def drive_all(
    state: Any,
    sites: Any,
    pulsed: Any,
    pieces: Any,
    physics: Any,
    drive: Any,
    voltage_V: Any,
    stride: int,
) -> None:
    """Drive every device, shared between the cores; device i sees voltage_V[i * stride]."""
    for i in numba.prange(state.shape[0]):
        _drive_device(state[i], sites, pulsed, pieces, physics[0], drive[0], voltage_V[i * stride])


@compiled
def drive_few(
    state: Any,
    sites: Any,
    pulsed: Any,
    pieces: Any,
    physics: Any,
    drive: Any,
    voltage_V: Any,
    stride: int,
) -> None:
    """Drive every device on the calling thread, which is faster for a few devices."""
    for i in range(state.shape[0]):
        _drive_device(state[i], sites, pulsed, pieces, physics[0], drive[0], voltage_V[i * stride])


@compiled
def place_all(state: Any, sites: Any, site: int) -> None:
    """Pin the wall of every device at a site; 0 is the antiparallel state."""
    for i in range(state.shape[0]):
        _pin_at(state[i], sites, site)


@compiled
def _drive_device(
    d: Any,
    sites: Any,
    pulsed: Any,
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
    direction, left_s = _escape(d, sites, pulsed, physics, drive, current_A, temperature_K)
    if direction != 0:
        _run(d, sites, pulsed, pieces, physics, drive, current_A, temperature_K, direction, left_s)
        return
    if voltage_V != 0.0 and 0 < d.site < sites.shape[0] - 1:
        _settle(d, sites[d.site].seat_jitter_m, physics.settling_memory)


@compiled
def _escape(
    d: Any,
    sites: Any,
    pulsed: Any,
    physics: Any,
    drive: Any,
    current_A: float,
    temperature_K: float,
) -> tuple[int, float]:
    """Return the direction in which the wall leaves its site, and the time then left.

    The direction is 0 if it stays. Where the time of the escape is neglected, all is left.
    """
    site = sites[d.site]
    strength = _strength(d, site, current_A)
    ahead, back = pulsed[d.site, 1], pulsed[d.site, 0]
    to_CLK = _expected_escapes(1, site, ahead, strength, physics, drive, current_A, temperature_K)
    to_IN = _expected_escapes(-1, site, back, strength, physics, drive, current_A, temperature_K)
    total = to_CLK + to_IN
    if total <= 0.0 or uniform(d) > 1.0 - exp(-total):
        return 0, 0.0
    if to_IN == 0.0:
        direction = 1
    elif to_CLK == 0.0:
        direction = -1
    else:
        direction = 1 if uniform(d) * total <= to_CLK else -1
    used = ahead if direction > 0 else back
    if not used.used or current_A == 0.0:
        return direction, drive.duration_s
    push_A = _push_A(direction, site, drive, current_A)
    swing_A = direction * current_A
    thrown, escapes, time_s = ways_out(used, push_A, swing_A, strength, drive, temperature_K)
    if uniform(d) * (1.0 - exp(-thrown - escapes)) <= 1.0 - exp(-thrown):
        return direction, drive.duration_s
    waited_s = -log1p(-uniform(d) * (1.0 - exp(-escapes))) / escapes * time_s
    return direction, drive.duration_s - waited_s


@compiled
def _run(
    d: Any,
    sites: Any,
    pulsed: Any,
    pieces: Any,
    physics: Any,
    drive: Any,
    current_A: float,
    temperature_K: float,
    direction: int,
    left_s: float,
) -> None:
    last = sites.shape[0] - 1
    k = d.site
    sense = direction if _push_A(direction, sites[k], drive, current_A) >= 0.0 else -direction
    field_A_per_m2 = drive.parallel_field_T * physics.current_density_per_T
    mobility = physics.mobility_m3_per_A_s
    side = 1 if direction > 0 else 0
    carried = pulsed[k, side].used and current_A != 0.0
    while True:
        low, high = sites[min(k, k + direction)], sites[max(k, k + direction)]
        to_middle_s = travel_time_s(
            pieces, low.first_piece, low.middle_piece, sense, current_A, field_A_per_m2, mobility
        )
        from_middle_s = travel_time_s(
            pieces, low.middle_piece, high.first_piece, sense, current_A, field_A_per_m2, mobility
        )
        near_s, far_s = to_middle_s, from_middle_s
        if direction < 0:
            near_s, far_s = from_middle_s, to_middle_s
        if carried:
            near_s = max(near_s, pulsed[k, side].lag_s)
        if left_s <= near_s + far_s:
            _pin_at(d, sites, k + direction if left_s > near_s or carried else k)
            return
        left_s -= near_s + far_s
        carried = False
        k += direction
        _pin_at(d, sites, k)
        if k in (0, last):
            return
        strength = _strength(d, sites[k], current_A)
        arrived = pulsed[k, side]
        if arrived.used and current_A != 0.0:
            push_A = _push_A(direction, sites[k], drive, current_A)
            if uniform(d) <= passes(arrived, push_A, strength, temperature_K):
                continue
            escapes, time_s = tilted_escapes(
                arrived, push_A, direction * current_A, strength, left_s, 0.0, arrived.lag_s,
                temperature_K,
            )  # fmt: skip
            if escapes <= 0.0 or uniform(d) > 1.0 - exp(-escapes):
                return
            left_s -= -log1p(-uniform(d) * (1.0 - exp(-escapes))) / escapes * time_s
            continue
        expected = _expected_escapes(
            direction, sites[k], arrived, strength, physics, drive, current_A, temperature_K
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
    pulsed: Any,
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
    push_A = _push_A(direction, site, drive, current_A)
    if pulsed.used and current_A != 0.0:
        swing_A = direction * current_A
        thrown, escapes, _ = ways_out(pulsed, push_A, swing_A, strength, drive, temperature_K)
        expected = thrown + escapes
        return float(expected) if expected > _NEGLIGIBLE else 0.0
    barrier = barrier_J / (BOLTZMANN_J_per_K * temperature_K)
    height = barrier_height(push_A, depinning_current_A, barrier)
    if height > drive.negligible_barrier:
        return 0.0
    share = effective_edge_fraction(push_A, direction * current_A, depinning_current_A, barrier)
    time_s = drive.plateau_s + share * drive.edges_s
    return float(physics.attempt_rate_Hz * time_s * exp(-height))
