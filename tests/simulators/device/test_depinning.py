"""Thresholds and escape rates, recovered from what simulated devices do.

Frequencies come from 20,000 devices at a fixed seed and are compared within 5 standard errors
(false-alarm rate below 10⁻⁵ for the file).
"""

from dataclasses import replace
from math import exp, pi, sqrt

import numpy as np
import pytest

from dwmtj.simulators.device import Device, DeviceParameters, load_device
from dwmtj.simulators.device.depinning import (
    BOLTZMANN_J_per_K,
    barrier_height,
    effective_edge_fraction,
    field_per_current_density,
    site_table,
    thermal_threshold,
)
from dwmtj.simulators.device.track import track_resistance_ohm

DEVICES = 20_000
BIAS_T = -4e-3


def without_draws(name: str) -> DeviceParameters:
    """Return a preset without cycle-to-cycle draws and without heating: only the law is left."""
    device = load_device(name)
    return replace(
        device,
        notches=tuple(replace(notch, spread=0.0) for notch in device.notches),
        heating=replace(device.heating, thermal_resistance_K_per_W=0.0),
    )


LAW = without_draws("trapezoid")


def in_first_notch(parameters: DeviceParameters, seed: int = 1) -> Device:
    device = Device(parameters, seed=seed, count=DEVICES)
    device.drive(1.8, 50e-9, BIAS_T)
    assert (device.site == 1).all()
    return device


def escaped(
    amplitude_V: float, width_s: float, edge_s: float = 0.0, field_T: float = BIAS_T
) -> float:
    device = in_first_notch(LAW)
    device.drive(amplitude_V, width_s, field_T, rise_s=edge_s, fall_s=edge_s)
    return float(np.mean(device.site != 1))


def rate_Hz(amplitude_V: float | np.ndarray) -> np.ndarray:
    """Return f0 exp[-(E_b/k_B T)(1 - (V - V_tension)/V_notch)^(3/2)] for the first notch."""
    site = site_table(LAW)[1]
    resistance_ohm = track_resistance_ohm(LAW.track)
    barrier = site["barrier_to_CLK_J"] / (BOLTZMANN_J_per_K * 300.0)
    push_A = np.asarray(amplitude_V) / resistance_ohm - site["tension_A"]
    gap = np.maximum(0.0, 1.0 - push_A / site["depinning_current_to_CLK_A"])
    return np.asarray(LAW.free_layer.attempt_rate_Hz * np.exp(-barrier * gap**1.5))


def standard_error(probability: float) -> float:
    return sqrt(probability * (1 - probability) / DEVICES)


@pytest.mark.parametrize("amplitude_V", [2.98, 2.99, 3.0])
@pytest.mark.parametrize("width_s", [20e-9, 50e-9])
def test_the_rate_is_recovered_from_the_switching_probability(
    amplitude_V: float, width_s: float
) -> None:
    expected = 1 - exp(-float(rate_Hz(amplitude_V)) * width_s)
    assert 0.01 < expected < 0.98
    assert abs(escaped(amplitude_V, width_s) - expected) < 5 * standard_error(expected)


@pytest.mark.parametrize("amplitude_V", [2.99, 3.01, 3.03])
def test_the_edges_of_a_pulse_count_as_their_integral(amplitude_V: float) -> None:
    up = rate_Hz(np.linspace(0, amplitude_V, 200_001)).mean() * 10e-9
    expected = 1 - exp(-float(rate_Hz(amplitude_V)) * 20e-9 - 2 * float(up))
    found = escaped(amplitude_V, 30e-9, edge_s=10e-9)
    assert abs(found - expected) < 0.01 + 5 * standard_error(expected)


def test_walls_escape_on_edges_that_are_much_longer_than_the_plateau() -> None:
    def expected(amplitude_V: float) -> float:
        on_an_edge = rate_Hz(np.linspace(0, amplitude_V, 200_001)).mean() * 10e-6
        return 1 - exp(-float(rate_Hz(amplitude_V)) * 10e-9 - 2 * float(on_an_edge))

    amplitude_V = next(v for v in np.arange(2.8, 3.1, 0.002).tolist() if expected(v) > 0.5)
    chance = expected(amplitude_V)
    assert chance > 2.5 * (1 - exp(-float(rate_Hz(amplitude_V)) * 10e-9))
    found = escaped(amplitude_V, 10.01e-6, edge_s=10e-6)
    assert abs(found - chance) < 0.02 + 5 * standard_error(chance)


@pytest.mark.parametrize("barrier_scale", [1.0, 0.1])
def test_the_thermal_part_of_a_threshold_is_the_law_s_own(barrier_scale: float) -> None:
    """A barrier of the stack alone (the torque is weaker instead) spreads V_C five times as much.

    Shares of 5,000 devices at 31 amplitudes: the mean within 0.1 σ and the deviation within 10 %, 5
    standard errors.
    """
    notch, layer = LAW.notches[0], LAW.free_layer
    factor = barrier_scale * notch.fitted_factor
    parameters = replace(
        LAW,
        notches=(replace(notch, fitted_factor=factor), *LAW.notches[1:]),
        free_layer=replace(layer, spin_hall_angle=barrier_scale * layer.spin_hall_angle),
    )
    site, ohm = site_table(parameters)[1], track_resistance_ohm(parameters.track)
    barrier = site["barrier_to_CLK_J"] / (BOLTZMANN_J_per_K * 300)
    mean, deviation = thermal_threshold(barrier, layer.attempt_rate_Hz * 50e-9)
    push = np.linspace(mean - 8 * deviation, mean + 4 * deviation, 31)
    moved = []
    for share in push:
        device = Device(parameters, seed=5, count=5000)
        device.place(1)
        push_A = share * site["depinning_current_to_CLK_A"]
        device.drive(float(push_A + site["tension_A"]) * ohm, 50e-9, BIAS_T)
        moved.append(np.mean(device.site != 1))
    middle, weight = (push[1:] + push[:-1]) / 2, np.diff(moved)
    found = float(weight @ middle / weight.sum())
    spread = sqrt(float(weight @ (middle - found) ** 2 / weight.sum()))
    assert found == pytest.approx(mean, abs=0.1 * deviation)
    assert spread == pytest.approx(deviation, rel=0.1)


@pytest.mark.parametrize(("barrier", "fall"), [(2165.0, 0.018), (232.0, 0.081), (60.0, 0.205)])
def test_a_threshold_falls_with_temperature_as_its_barrier_allows(
    barrier: float, fall: float
) -> None:
    """From 4 K to 400 K at 50 ns, for a barrier in k_B T at 300 K: (ln f0 T/E_b)^(2/3)."""
    cold, warm = (thermal_threshold(barrier * 300 / kelvin, 50)[0] for kelvin in (4, 400))
    assert 1 - warm / cold == pytest.approx(fall, rel=0.05)


@pytest.mark.parametrize("barrier", [100.0, 2000.0])
def test_a_longer_pulse_needs_less(barrier: float) -> None:
    """Each factor e of pulse width lowers the barrier that is passed by one k_B T."""
    short, long = (thermal_threshold(barrier, 50 * factor)[0] for factor in (1, np.e))
    assert barrier * ((1 - long) ** 1.5 - (1 - short) ** 1.5) == pytest.approx(1, abs=0.02)


def test_escape_grows_with_amplitude_and_width() -> None:
    by_amplitude = [escaped(amplitude_V, 50e-9) for amplitude_V in (2.94, 2.98, 3.0, 3.04)]
    by_width = [escaped(2.985, width_s) for width_s in (10e-9, 50e-9, 200e-9, 1e-6)]
    assert np.all(np.diff(by_amplitude) > 0)
    assert np.all(np.diff(by_width) > 0)


def test_a_field_that_favours_parallel_helps_forwards_and_hinders_backwards() -> None:
    against_V, with_V = escaped(3.0, 50e-9, field_T=-3e-3), escaped(3.0, 50e-9, field_T=-5e-3)
    assert against_V < escaped(3.0, 50e-9) < with_V
    back = []
    for field_T in (-6e-3, -4e-3, -2e-3):
        device = in_first_notch(LAW)
        device.drive(-1.64, 50e-9, field_T)
        back.append(np.mean(device.site == 0))
    assert np.all(np.diff(back) > 0)


def test_the_sign_of_the_helping_field_belongs_to_the_device() -> None:
    flipped = replace(
        LAW, free_layer=replace(LAW.free_layer, parallel_field_sign=1, stray_field_T=-4e-3)
    )
    device = in_first_notch(flipped)
    device.drive(3.0, 50e-9, field_T=5e-3)
    assert abs(np.mean(device.site != 1) - escaped(3.0, 50e-9, field_T=-5e-3)) < 0.02


def test_a_current_and_its_equivalent_field_push_alike() -> None:
    chi = field_per_current_density(LAW.free_layer)
    site = site_table(LAW)[1]
    field_T = 2e-3
    current_A = site["section_m2"] * field_T / chi
    shift_V = float(current_A) * track_resistance_ohm(LAW.track)
    assert abs(escaped(3.0 - shift_V, 50e-9, field_T=BIAS_T - field_T) - escaped(3.0, 50e-9)) < 0.02


def test_the_tension_of_a_taper_is_the_published_current_and_absent_in_a_straight_track() -> None:
    layer, track = LAW.free_layer, LAW.track
    expected_A = (
        (2 * 1.602176634e-19 * layer.thickness_m * track.heavy_metal_thickness_m)
        * (layer.wall_energy_J_per_m2 * 0.75 / 1.48)
        / (pi * 1.054571817e-34 * layer.spin_hall_angle)
    )
    assert site_table(LAW)["tension_A"][1:-1] == pytest.approx(expected_A)
    assert (site_table(load_device("straight"))["tension_A"] == 0).all()


@pytest.mark.parametrize(("push_A", "height"), [(0.0, 100.0), (0.75, 12.5), (1.0, 0.0), (1.5, 0.0)])
def test_a_barrier_falls_with_the_push_and_is_gone_at_the_depinning_current(
    push_A: float, height: float
) -> None:
    assert barrier_height(push_A, 1.0, 100.0) == pytest.approx(height)
    assert barrier_height(push_A * 1e-3, 1e-3, 100.0) == pytest.approx(height)
    assert barrier_height(-1.0, 1.0, 100.0) == pytest.approx(100 * 2**1.5)


@pytest.mark.parametrize("barrier", [300.0, 1000.0])
@pytest.mark.parametrize("push", [0.7, 0.9, 1.2])
@pytest.mark.parametrize("depinning_A", [1.0, 2e-3])
def test_an_edge_counts_as_the_integral_of_the_rate_over_it(
    barrier: float, push: float, depinning_A: float
) -> None:
    """Laplace's method against the integral, relative to the rate of the plateau."""
    climbing = np.linspace(0, push, 400_001)
    gap = np.maximum(0.0, 1 - np.array([*climbing, push]))
    rate = np.exp(-barrier * (gap**1.5 - gap[-1] ** 1.5))
    exact = float(rate[:-1].mean())
    swing_A = push * depinning_A
    found = effective_edge_fraction(swing_A, swing_A, depinning_A, barrier)
    assert found == pytest.approx(exact, rel=0.05)
    offset_A = 0.4 * depinning_A  # a push that the pulse does not make: the climb is shorter
    shorter = effective_edge_fraction(swing_A, swing_A - offset_A, depinning_A, barrier)
    assert shorter == pytest.approx(found * swing_A / (swing_A - offset_A))


def test_an_edge_counts_wholly_where_the_pulse_does_not_push_or_the_rate_is_the_same() -> None:
    assert effective_edge_fraction(0.5, 0.0, 1.0, 500.0) == 1.0
    assert effective_edge_fraction(0.5, -0.3, 1.0, 500.0) == 1.0
    assert effective_edge_fraction(3.0, 1e-3, 1.0, 500.0) == 1.0


def test_a_current_of_1e12_A_per_m2_pushes_a_wall_like_157_mT() -> None:
    """(π/2) ħ θ/(2 e M_S t) for θ = 0.4, M_S = 1.1 MA/m, t = 1.2 nm."""
    layer = load_device("straight").free_layer
    found = field_per_current_density(layer)
    assert found * 1e12 == pytest.approx(0.15665, rel=1e-4)


def test_the_ends_of_a_track_of_many_corners_are_sites_that_let_walls_in_and_none_out() -> None:
    profile_m = ((0.0, 350e-9), (1e-6, 700e-9), (3.6e-6, 350e-9))
    device = load_device("straight")
    table = site_table(replace(device, track=replace(device.track, profile_m=profile_m)))
    assert table["x_m"][[0, -1]].tolist() == [0.0, 3.6e-6]
    assert np.isinf(table["depinning_current_to_IN_A"][0])
    assert np.isinf(table["depinning_current_to_CLK_A"][-1])
    assert (table["field_A_per_T"][[0, -1]] == 0).all()
    contacts = device.in_contact, device.clk_contact
    for row, contact, inward in zip(table[[0, -1]], contacts, ("CLK", "IN"), strict=True):
        density = contact.injection_current_density_A_per_m2
        assert row[f"depinning_current_to_{inward}_A"] == pytest.approx(density * 350e-9 * 5e-9)
        assert row["visit_spread"] == contact.spread
        assert row["pulse_spread"] == 0.0
