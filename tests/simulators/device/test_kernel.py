"""The laws of one drive: travel, draws of a visit, creep, warming, reversal, hops either way.

Shares and moments come from 20,000 devices at a fixed seed and are compared within 5 standard
errors (false-alarm rate below 10⁻⁵ for the file).
"""

from dataclasses import replace
from itertools import pairwise
from math import exp, sqrt
from typing import Any

import numpy as np
import pytest

from dwmtj.simulators.device import Device, DeviceParameters, load_device
from dwmtj.simulators.device.depinning import BOLTZMANN_J_per_K, site_table
from dwmtj.simulators.device.track import track_resistance_ohm

DEVICES = 20_000
STRAIGHT = load_device("straight")
NO_NET_FIELD_T = -STRAIGHT.free_layer.stray_field_T
TRACK_OHM = track_resistance_ohm(STRAIGHT.track)
SECTION_m2 = 350e-9 * 5e-9
LAST = len(STRAIGHT.notches) + 1


def bare(factor: float | None = None, **notch: float) -> DeviceParameters:
    """The straight device without draws and heating, all notches as given."""
    changes: dict[str, Any] = {"spread": 0.0, "seat_range_m": 0.0, "seat_jitter_m": 0.0, **notch}
    if factor is not None:
        changes |= {"fitted_factor": factor, "fitted_factor_to_IN": factor}
    return replace(
        STRAIGHT,
        notches=tuple(replace(one, **changes) for one in STRAIGHT.notches),
        in_contact=replace(STRAIGHT.in_contact, spread=0.0),
        clk_contact=replace(STRAIGHT.clk_contact, spread=0.0),
        heating=replace(STRAIGHT.heating, thermal_resistance_K_per_W=0.0),
    )


FREE = bare(factor=0.015)  # notches that hold no wall under a pulse
CALM = bare()


def placed(parameters: DeviceParameters, site: int, count: int = DEVICES, seed: int = 1) -> Device:
    device = Device(parameters, seed=seed, count=count)
    device.place(site)
    return device


def speed_m_per_s(amplitude_V: float, field_T: float = 0.0) -> float:
    site = site_table(FREE)[1]
    push_A = amplitude_V / TRACK_OHM + site["field_A_per_T"] * field_T
    return float(STRAIGHT.free_layer.wall_mobility_m3_per_A_s * push_A / SECTION_m2)


@pytest.mark.parametrize("sign", [1, -1])
def test_a_free_wall_travels_for_the_time_of_the_pulse_to_the_nearest_site(sign: int) -> None:
    places_m = site_table(FREE)["x_m"]
    start, step = (0, 1) if sign > 0 else (LAST, -1)
    for before, after in pairwise(range(LAST + 1)[::step]):
        way_m = abs((places_m[before] + places_m[after]) / 2 - places_m[start])
        for share, site in ((0.995, before), (1.005, after)):
            device = placed(FREE, start, count=20)
            device.drive(sign * 2.4, share * way_m / speed_m_per_s(2.4), NO_NET_FIELD_T)
            assert device.site.max() == site if sign > 0 else device.site.min() == site


@pytest.mark.parametrize("field_T", [-5e-3, 0.0, 5e-3])
def test_a_field_pushes_a_wall_along_with_the_current(field_T: float) -> None:
    places_m = site_table(FREE)["x_m"]
    half_s = (places_m[3] - places_m[2]) / 2 / speed_m_per_s(2.4, field_T)
    for share, site in ((0.99, 2), (1.01, 3)):
        device = placed(FREE, 2, count=200)
        device.drive(2.4, share * half_s, NO_NET_FIELD_T + field_T)
        assert device.site.max() == site


def test_a_long_pulse_takes_a_free_wall_out_of_the_track() -> None:
    for amplitude_V, start, end in ((2.4, 0, LAST), (-2.4, LAST, 0), (2.4, LAST, LAST)):
        device = placed(FREE, start, count=20)
        device.drive(amplitude_V, 1e-6, NO_NET_FIELD_T)
        assert (device.site == end).all()


def test_a_wall_on_its_way_is_held_by_the_first_notch_that_the_pulse_does_not_free() -> None:
    strong = replace(FREE.notches[2], fitted_factor=3.0, fitted_factor_to_IN=3.0)
    parameters = replace(FREE, notches=(*FREE.notches[:2], strong, *FREE.notches[3:]))
    for amplitude_V, start in ((2.4, 0), (-2.4, LAST)):
        device = placed(parameters, start, count=50)
        device.drive(amplitude_V, 1e-6, NO_NET_FIELD_T)
        assert (device.site == 3).all()


def test_a_visit_draws_strength_equilibrium_and_position_anew() -> None:
    parameters = bare(spread=0.11, seat_range_m=8e-9, seat_jitter_m=5e-9)
    state = placed(parameters, 2).state
    strength, seat_m = state["strength"], state["seat_m"]
    assert strength.mean() == pytest.approx(1, abs=5 * 0.11 / sqrt(DEVICES))
    assert strength.std() == pytest.approx(0.11, rel=0.03)
    assert np.abs(seat_m).max() == pytest.approx(8e-9, rel=1e-3)
    assert seat_m.mean() == pytest.approx(0, abs=5 * 8e-9 / sqrt(3 * DEVICES))
    assert seat_m.std() == pytest.approx(8e-9 / sqrt(3), rel=0.02)
    beside_m = state["offset_m"] - seat_m
    assert beside_m.std() == pytest.approx(5e-9, rel=0.03)
    assert abs(np.corrcoef(seat_m, state["offset_m"] - seat_m)[0, 1]) < 0.036
    assert beside_m.mean() == pytest.approx(0, abs=5 * 5e-9 / sqrt(DEVICES))


def test_no_notch_is_weaker_than_a_tenth_of_its_mean() -> None:
    strength = placed(bare(spread=1.0), 2).state["strength"]
    assert strength.min() == 0.1
    assert np.mean(strength == 0.1) == pytest.approx(0.184, abs=0.014)  # Φ(-0.9)


def moved_by_pulses(frozen_share: float, amplitude_V: float, pulses: int) -> list[float]:
    """Share of walls that have left notch 2 after each of so many equal pulses, without escape."""
    calm = bare(spread=0.1)
    layer = replace(calm.free_layer, frozen_share=frozen_share, temperature_K=1e-3)
    device = placed(replace(calm, free_layer=layer), 2)
    moved = []
    for _ in range(pulses):
        device.drive(amplitude_V, 50e-9, NO_NET_FIELD_T)
        device.drive(0.0, 1e-3, NO_NET_FIELD_T)
        moved.append(float(np.mean(device.site != 2)))
    return moved


@pytest.mark.parametrize("frozen_share", [0.0, 0.5, 1.0])
def test_the_frozen_share_is_the_correlation_of_repeated_pulses(frozen_share: float) -> None:
    """At the mean threshold P(2) is 3/4 − arcsin(f)/2π: two normal variables of correlation f."""
    threshold_V = site_table(CALM)[2]["depinning_current_to_CLK_A"] * TRACK_OHM
    first, second = moved_by_pulses(frozen_share, float(threshold_V), 2)
    assert first == pytest.approx(0.5, abs=5 * 0.5 / sqrt(DEVICES))
    both = 0.75 - np.arcsin(frozen_share) / (2 * np.pi)
    assert second == pytest.approx(both, abs=5 * 0.5 / sqrt(DEVICES))


@pytest.mark.parametrize("strength", [0.8, 1.0, 1.25])
@pytest.mark.parametrize(("site", "sign"), [(2, 1), (2, -1), (1, 1), (LAST - 1, -1)])
def test_a_visit_of_that_strength_is_left_at_so_many_times_the_mean_current(
    strength: float, site: int, sign: int
) -> None:
    """At 300 K and within 50 ns that is some 4 % below it, and surely between 7 % and 1 %."""
    towards = "CLK" if sign > 0 else "IN"
    depinning_V = site_table(CALM)[site][f"depinning_current_to_{towards}_A"] * TRACK_OHM
    for share, leaves in ((0.93, False), (0.99, True)):
        device = placed(CALM, site, count=50)
        device.state["strength"] = strength
        device.drive(sign * share * strength * depinning_V, 50e-9, NO_NET_FIELD_T)
        assert (device.site != site).all() if leaves else (device.site == site).all()


@pytest.mark.parametrize("site", [1, 3, LAST - 1])
def test_a_wall_that_stays_creeps_about_its_equilibrium_with_each_pulse_and_not_at_rest(
    site: int,
) -> None:
    jitter_m, memory = 5e-9, STRAIGHT.free_layer.settling_memory
    device = placed(bare(seat_range_m=8e-9, seat_jitter_m=jitter_m), site)
    seat_m = device.state["seat_m"].copy()
    before_m = device.state["offset_m"] - seat_m
    device.drive(0.0, 1e-6, NO_NET_FIELD_T)
    assert np.array_equal(device.state["offset_m"] - seat_m, before_m)
    device.drive(0.1, 50e-9, NO_NET_FIELD_T)
    after_m = device.state["offset_m"] - seat_m
    assert np.array_equal(device.state["seat_m"], seat_m)
    assert (before_m @ after_m) / (before_m @ before_m) == pytest.approx(memory, abs=0.03)
    fresh_m = after_m - memory * before_m
    assert fresh_m.std() == pytest.approx(sqrt(1 - memory**2) * jitter_m, rel=0.03)


def heated(resistance_K_per_W: float, time_constant_s: float = 1e-6) -> DeviceParameters:
    heating = replace(
        STRAIGHT.heating,
        thermal_resistance_K_per_W=resistance_K_per_W,
        time_constant_s=time_constant_s,
    )
    return replace(CALM, heating=heating)


def test_the_track_warms_and_cools_exponentially_with_the_power() -> None:
    device = Device(heated(3e5))
    final_K = 3e5 * 1.5**2 / TRACK_OHM
    device.drive(-1.5, 0.7e-6, NO_NET_FIELD_T)
    warm_K = final_K * (1 - exp(-0.7))
    assert device.state["warming_K"][0] == pytest.approx(warm_K)
    device.drive(0.5, 0.4e-6, NO_NET_FIELD_T)
    between_K = final_K / 9 + (warm_K - final_K / 9) * exp(-0.4)
    assert device.state["warming_K"][0] == pytest.approx(between_K)
    device.drive(0.0, 2e-6, NO_NET_FIELD_T)
    assert device.state["warming_K"][0] == pytest.approx(between_K * exp(-2))


@pytest.mark.parametrize(("share", "broken"), [(0.999, False), (1.001, True)])
def test_the_junction_is_destroyed_above_the_damage_temperature(share: float, broken: bool) -> None:
    device = Device(heated(3e5))
    device.drive(sqrt(share * 400 * TRACK_OHM / 3e5), 1.0, NO_NET_FIELD_T)
    assert device.broken[0] == broken


def test_warming_acts_like_a_higher_temperature() -> None:
    amplitude_V = 2.95
    warming_K = 20_000 * amplitude_V**2 / TRACK_OHM
    layer = replace(STRAIGHT.free_layer, temperature_K=300 + warming_K)
    warm, hot, cold = (
        placed(parameters, 1)
        for parameters in (heated(20_000, 1e-12), replace(CALM, free_layer=layer), CALM)
    )
    for device in (warm, hot, cold):
        device.drive(amplitude_V, 50e-9, NO_NET_FIELD_T)
    assert 0.005 < np.mean(cold.site != 1) < np.mean(hot.site != 1) < 0.99
    assert np.array_equal(hot.site, warm.site)


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("edge_s", [0.0, 1e-3])
def test_a_field_reverses_the_junction_by_its_own_thermal_law(sign: int, edge_s: float) -> None:
    layer, field_T = STRAIGHT.free_layer, sign * 64.0e-3
    device = placed(CALM, 0 if sign > 0 else LAST)
    device.drive(0.0, 1e-3, NO_NET_FIELD_T + field_T, rise_s=edge_s, fall_s=edge_s)
    barrier = layer.nucleation_barrier_J / (BOLTZMANN_J_per_K * 300)
    height = barrier * (1 - abs(field_T) / layer.nucleation_field_T) ** 1.5
    chance = 1 - exp(-1e9 * (1e-3 + edge_s) * exp(-height))
    assert 0.1 < chance < 0.9
    share = np.mean(device.site == (LAST if sign > 0 else 0))
    assert abs(share - chance) < 5 * sqrt(chance * (1 - chance) / DEVICES)


@pytest.mark.parametrize("field_T", [70e-3, 120e-3])
def test_beyond_the_nucleation_field_a_junction_reverses_at_once(field_T: float) -> None:
    device = placed(CALM, 2, count=50)
    device.drive(0.0, 1e-6, NO_NET_FIELD_T - field_T)
    assert (device.site == 0).all()


@pytest.mark.parametrize("amplitude_V", [2e-3, -2e-3])
def test_a_shallow_notch_is_left_either_way_as_often_as_the_barriers_say(
    amplitude_V: float,
) -> None:
    shallow = replace(CALM.notches[0], fitted_factor=0.06484, fitted_factor_to_IN=0.06333)
    parameters = replace(CALM, notches=(shallow, *CALM.notches[1:]))
    site, push_A, time_s = site_table(parameters)[1], amplitude_V / TRACK_OHM, 2e-3
    expected = []
    for direction, name in ((1, "CLK"), (-1, "IN")):
        gap = 1 - direction * push_A / site[f"depinning_current_to_{name}_A"]
        barrier = site[f"barrier_to_{name}_J"] / (BOLTZMANN_J_per_K * 300)
        expected.append(1e9 * time_s * exp(-barrier * gap**1.5))
    device = placed(parameters, 1)
    device.drive(amplitude_V, time_s, NO_NET_FIELD_T)
    leaves = 1 - exp(-sum(expected))
    for site_reached, rate in zip((2, 0), expected, strict=True):
        chance = leaves * rate / sum(expected)
        assert 0.1 < chance < 0.9
        share = np.mean(device.site == site_reached)
        assert abs(share - chance) < 5 * sqrt(chance * (1 - chance) / DEVICES)


def test_a_destroyed_junction_keeps_its_wall_where_it_is() -> None:
    device = placed(heated(3e5), 2, count=20)
    device.drive(-4.0, 1e-3, NO_NET_FIELD_T)
    assert device.broken.all()
    device.drive(0.0, 1e-3, field_T=-0.2)
    device.drive(3.0, 1e-3, NO_NET_FIELD_T)
    assert (device.site == 2).all()
