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
    field_per_current_density,
    site_table,
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


def test_barriers_are_proportional_to_depth_and_width() -> None:
    table, notches = site_table(LAW), LAW.notches
    size = [
        notch.depth_m * row["section_m2"] for notch, row in zip(notches, table[1:-1], strict=True)
    ]
    ratio = table["barrier_to_CLK_J"][1:-1] / np.array(size)
    assert ratio == pytest.approx(ratio[0])
    assert 300 < table["barrier_to_CLK_J"][1] / (BOLTZMANN_J_per_K * 300) < 5000
