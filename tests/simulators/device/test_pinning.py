"""Pinning follows from the stack and the drawing, and agrees with micromagnetics where it can."""

from dataclasses import replace
from math import pi
from typing import Any

import numpy as np
import pytest

from dwmtj.simulators.device import Device, DeviceError, DeviceParameters, Notch, load_device
from dwmtj.simulators.device.depinning import (
    BOLTZMANN_J_per_K,
    field_per_current_density,
    site_table,
)
from dwmtj.simulators.device.parameters import FreeLayer, NotchForm
from dwmtj.simulators.device.pinning import derived_barrier_J, derived_depinning_current_A
from dwmtj.simulators.device.track import track_resistance_ohm

TRAPEZOID = load_device("trapezoid")
LAYER = TRAPEZOID.free_layer
FILM = replace(
    LAYER,
    thickness_m=2e-9,
    exchange_stiffness_J_per_m=2e-11,
    anisotropy_J_per_m3=1e6,
    dmi_J_per_m2=1e-3,
    spin_hall_angle=0.08,
)
"""The film of the neuron paper, 150 nm wide, for which the micromagnetic numbers are known."""


def with_layer(layer: FreeLayer) -> DeviceParameters:
    return replace(TRAPEZOID, free_layer=layer)


def of_all(parameters: DeviceParameters, field: str) -> np.ndarray:
    return np.asarray(site_table(parameters)[field][1:-1])


def drawn(**changes: Any) -> Notch:
    notch = Notch(750e-9, 10e-9, 10e-9, fitted_factor=1, spread=0, seat_range_m=0, seat_jitter_m=0)
    return replace(notch, **changes)


def test_half_the_spin_hall_angle_doubles_every_threshold_and_leaves_the_barriers() -> None:
    weak = with_layer(replace(LAYER, spin_hall_angle=LAYER.spin_hall_angle / 2))
    for field in ("depinning_current_to_CLK_A", "depinning_current_to_IN_A", "tension_A"):
        assert of_all(weak, field) == pytest.approx(2 * of_all(TRAPEZOID, field))
    assert of_all(weak, "barrier_to_CLK_J") == pytest.approx(of_all(TRAPEZOID, "barrier_to_CLK_J"))


def test_half_the_spin_hall_angle_doubles_the_voltage_at_which_walls_leave() -> None:
    """Without net field and heating, the same streams: the same walls at twice the voltage."""
    cold = replace(TRAPEZOID, heating=replace(TRAPEZOID.heating, thermal_resistance_K_per_W=0.0))
    weak = replace(cold, free_layer=replace(LAYER, spin_hall_angle=LAYER.spin_hall_angle / 2))
    left = []
    for parameters, scale in ((cold, 1), (weak, 2)):
        device = Device(parameters, seed=3, count=2000)
        device.place(1)
        device.drive(2.998 * scale, 50e-9, -4e-3)
        left.append(device.site != 1)
    assert 0.2 < left[0].mean() < 0.8
    assert np.mean(left[0] != left[1]) < 0.002


def test_thickness_counts_once_in_threshold_and_barrier() -> None:
    thick = with_layer(replace(LAYER, thickness_m=3 * LAYER.thickness_m))
    for field in ("depinning_current_to_CLK_A", "tension_A", "barrier_to_IN_J"):
        assert of_all(thick, field) == pytest.approx(3 * of_all(TRAPEZOID, field))


def test_the_wall_energy_counts_once_in_threshold_and_barrier() -> None:
    """A, K_eff and D twice as large: σ twice, Δ the same."""
    shape = LAYER.anisotropy_J_per_m3 - LAYER.effective_anisotropy_J_per_m3
    stiff = replace(
        LAYER,
        exchange_stiffness_J_per_m=2 * LAYER.exchange_stiffness_J_per_m,
        anisotropy_J_per_m3=2 * LAYER.effective_anisotropy_J_per_m3 + shape,
        dmi_J_per_m2=-2 * LAYER.dmi_J_per_m2,
    )
    assert stiff.wall_energy_J_per_m2 == pytest.approx(2 * LAYER.wall_energy_J_per_m2)
    assert stiff.wall_width_m == pytest.approx(LAYER.wall_width_m)
    for field in ("depinning_current_to_CLK_A", "tension_A", "barrier_to_IN_J"):
        assert of_all(with_layer(stiff), field) == pytest.approx(2 * of_all(TRAPEZOID, field))


def test_the_magnetization_counts_through_the_anisotropy_and_in_what_a_field_is_worth() -> None:
    ms = 0.9 * LAYER.saturation_magnetization_A_per_m
    softer = replace(LAYER, saturation_magnetization_A_per_m=ms)
    k_eff = LAYER.anisotropy_J_per_m3 - 2e-7 * pi * ms**2
    sigma = 4 * np.sqrt(LAYER.exchange_stiffness_J_per_m * k_eff) - pi * LAYER.dmi_J_per_m2
    ratio = sigma / LAYER.wall_energy_J_per_m2
    assert ratio > 1.1
    found = of_all(with_layer(softer), "barrier_to_CLK_J") / of_all(TRAPEZOID, "barrier_to_CLK_J")
    assert found == pytest.approx(ratio)
    same_wall = replace(
        softer,
        anisotropy_J_per_m3=LAYER.anisotropy_J_per_m3 - k_eff + LAYER.effective_anisotropy_J_per_m3,
    )
    threshold = "depinning_current_to_CLK_A"
    assert of_all(with_layer(same_wall), threshold) == pytest.approx(of_all(TRAPEZOID, threshold))
    assert field_per_current_density(softer) == pytest.approx(
        field_per_current_density(LAYER) / 0.9
    )


def test_depth_and_edges_count_once_and_the_factor_multiplies_threshold_and_barrier() -> None:
    for changes, ratio in (({"depth_m": 5e-9}, 0.5), ({"side": "upper"}, 0.5)):
        notch = drawn(**changes)
        assert derived_depinning_current_A(TRAPEZOID, notch) == pytest.approx(
            ratio * derived_depinning_current_A(TRAPEZOID, drawn())
        )
        assert derived_barrier_J(LAYER, notch) == pytest.approx(
            ratio * derived_barrier_J(LAYER, drawn())
        )
    row = site_table(replace(TRAPEZOID, notches=(drawn(fitted_factor=3, fitted_factor_to_IN=2),)))
    for towards, factor in (("CLK", 3), ("IN", 2)):
        found = row[f"depinning_current_to_{towards}_A"][1], row[f"barrier_to_{towards}_J"][1]
        assert found[0] == pytest.approx(factor * derived_depinning_current_A(TRAPEZOID, drawn()))
        assert found[1] == pytest.approx(factor * derived_barrier_J(LAYER, drawn()))


@pytest.mark.parametrize("form", ["half-disc", "v", "square"])
@pytest.mark.parametrize("half_width_m", [4e-9, 12e-9, 45e-9])
def test_the_threshold_is_the_largest_slope_of_the_width_that_a_wall_averages(
    form: NotchForm, half_width_m: float
) -> None:
    """Against a convolution on a grid of 1/400 of the wall, to the error of that grid."""
    delta_m = LAYER.wall_width_m
    x = np.arange(-5000, 5001) * delta_m / 400
    u = np.abs(x) / half_width_m
    depth = {
        "half-disc": np.sqrt(np.clip(1 - u * u, 0, None)),
        "v": np.clip(1 - u, 0, None),
        "square": (u < 1).astype(float),
    }[form]
    place = -np.linspace(0, half_width_m + 2 * delta_m, 200)
    slope = [
        np.trapezoid(depth * np.tanh((x - q) / delta_m) / np.cosh((x - q) / delta_m) ** 2, x)
        for q in place
    ]
    steepest = max(slope) / delta_m**2
    force = 2 * 10e-9 * LAYER.thickness_m * LAYER.wall_energy_J_per_m2 * steepest
    per_A = pi * 1.054571817e-34 * LAYER.spin_hall_angle / (2 * 1.602176634e-19)
    expected_A = force / per_A * TRAPEZOID.track.heavy_metal_thickness_m
    notch = drawn(half_width_m=half_width_m, form=form)
    assert derived_depinning_current_A(TRAPEZOID, notch) == pytest.approx(expected_A, rel=5e-3)


def test_the_threshold_of_a_notch_is_that_of_micromagnetics_where_the_wall_stays_straight() -> None:
    """A half disc of 10 nm: 0.90 × 10¹² A/m² run-up and static, at 5 nm cells."""
    film = with_layer(FILM)
    section_m2 = 150e-9 * film.track.heavy_metal_thickness_m
    density = derived_depinning_current_A(film, drawn()) / section_m2
    assert density == pytest.approx(0.903e12, rel=0.1)


@pytest.mark.parametrize(("depth_m", "barrier_J"), [(5e-9, 1.25e-19), (10e-9, 2.51e-19)])
def test_the_barrier_at_rest_is_that_of_the_string_method_but_for_a_hump(
    depth_m: float, barrier_J: float
) -> None:
    """Half ellipses 20 nm wide in a track 150 nm wide, 5 nm cells: 1.12 times the barrier here."""
    found = derived_barrier_J(FILM, drawn(depth_m=depth_m))
    assert barrier_J / found == pytest.approx(1.12, abs=0.02)


def test_walls_of_the_synapse_stack_leave_at_hundreds_of_kT_where_nothing_is_fitted() -> None:
    kT = BOLTZMANN_J_per_K * 300
    stated = of_all(TRAPEZOID, "barrier_to_CLK_J")[0] / kT
    derived = derived_barrier_J(LAYER, TRAPEZOID.notches[0]) / kT
    assert derived == pytest.approx(232, rel=0.01)
    assert stated == pytest.approx(derived * TRAPEZOID.notches[0].fitted_factor)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"depth_m": 250e-9}, r"Notch 1 is 250 nm deep \(both\) and .* less than 216\.216 nm\."),
        ({"depth_m": 433e-9, "side": "lower"}, r"\(lower\) and cuts the track through: make depth"),
    ],
)
def test_a_notch_that_cuts_the_track_is_refused(changes: dict[str, Any], message: str) -> None:
    notch = drawn(position_m=360e-9, **changes)
    with pytest.raises(DeviceError, match=message):
        Device(replace(TRAPEZOID, notches=(notch,)))


def test_a_notch_as_deep_as_the_track_allows_is_taken() -> None:
    for changes in ({"depth_m": 216e-9}, {"depth_m": 432e-9, "side": "upper"}):
        Device(replace(TRAPEZOID, notches=(drawn(position_m=360e-9, **changes),)))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"anisotropy_J_per_m3": 0.7e6}, "magnetized in its plane"),
        ({"dmi_J_per_m2": -4e-3}, r"costs no energy .* lower dmi_J_per_m2"),
    ],
)
def test_a_film_without_perpendicular_walls_is_refused(
    changes: dict[str, Any], message: str
) -> None:
    with pytest.raises(DeviceError, match=message):
        Device(with_layer(replace(LAYER, **changes)))


def test_a_voltage_at_which_the_fitted_notch_lets_go_is_the_published_one() -> None:
    """S as a voltage at 0 K, with the tension: 1.5 % above 3.0 V, which is at 300 K and 50 ns."""
    site = site_table(TRAPEZOID)[1]
    ohm = track_resistance_ohm(TRAPEZOID.track)
    cold_V = (site["depinning_current_to_CLK_A"] + site["tension_A"]) * ohm
    assert cold_V == pytest.approx(3.047, abs=0.002)
