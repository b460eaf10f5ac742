"""The way of a free wall is the integral of dx/v over the track."""

from dataclasses import replace
from itertools import pairwise
from math import inf

import numpy as np
import pytest
from scipy.integrate import quad

from dwmtj.simulators.device import Device, DeviceParameters, Notch, load_device
from dwmtj.simulators.device.depinning import field_per_current_density, site_table
from dwmtj.simulators.device.track import track_resistance_ohm, width_m, width_slope
from dwmtj.simulators.device.travel import divide_way, travel_time_s

TRAPEZOID = load_device("trapezoid")
LAYER = TRAPEZOID.free_layer
CHI = field_per_current_density(LAYER)
NO_NET_FIELD_T = -LAYER.stray_field_T
BENT = ((0.0, 250e-9), (0.4e-6, 600e-9), (0.9e-6, 600e-9), (1.2e-6, 300e-9), (1.48e-6, 900e-9))


def on_track(profile_m: tuple[tuple[float, float], ...], places: int = 9) -> DeviceParameters:
    """Notches that hold no wall, evenly spaced, and are left at once."""
    length_m = profile_m[-1][0]
    loose = Notch(0.0, 1e-9, 40e-9, 0.2, spread=0, seat_range_m=0, seat_jitter_m=0)
    notches = [
        replace(loose, position_m=float(x)) for x in np.linspace(0, length_m, places + 2)[1:-1]
    ]
    return replace(
        TRAPEZOID,
        track=replace(TRAPEZOID.track, profile_m=profile_m),
        notches=tuple(notches),
        free_layer=replace(LAYER, attempt_rate_Hz=1e13),
        in_contact=replace(TRAPEZOID.in_contact, spread=0),
        heating=replace(TRAPEZOID.heating, thermal_resistance_K_per_W=0.0),
    )


def integral_s(
    parameters: DeviceParameters, x0: float, x1: float, amp_A: float, at_T: float
) -> float:
    """Return ∫ dx/v by quadrature, with the corners of the profile as break points."""
    track = parameters.track
    per_slope_A = site_table(TRAPEZOID)["tension_A"][1] / (0.75 / 1.48)

    def slowness(x: float) -> float:
        section_m2 = width_m(track, x) * track.heavy_metal_thickness_m
        push_A = amp_A - per_slope_A * width_slope(track, x) + section_m2 * at_T / CHI
        return float(section_m2 / (LAYER.wall_mobility_m3_per_A_s * push_A))

    corners = [x for x, _ in track.profile_m if x0 < x < x1]
    edges = [x0, *corners, x1]
    return sum(quad(slowness, a, b)[0] for a, b in pairwise(edges))


@pytest.mark.parametrize("at_T", [0.0, 1e-7, 2e-3, 40e-3, -3e-3])
@pytest.mark.parametrize("profile_m", [TRAPEZOID.track.profile_m, BENT])
def test_the_time_of_a_way_is_the_integral_of_the_slowness(
    profile_m: tuple[tuple[float, float], ...], at_T: float
) -> None:
    parameters = on_track(profile_m)
    sites = site_table(parameters)
    pieces = divide_way(parameters, sites)
    assert pieces["length_m"].sum() == pytest.approx(1.48e-6)
    for near, far in pairwise(sites):
        bounds = near["first_piece"], near["middle_piece"], far["first_piece"]
        middle_m = (near["x_m"] + far["x_m"]) / 2
        for first, last, x0, x1 in (
            (bounds[0], bounds[1], near["x_m"], middle_m),
            (bounds[1], bounds[2], middle_m, far["x_m"]),
        ):
            found_s = travel_time_s(pieces, first, last, 1, 2e-3, at_T / CHI, 1e-10)
            expected_s = integral_s(parameters, x0, x1, 2e-3, at_T)
            assert found_s == pytest.approx(expected_s, rel=1e-9)


def test_the_reach_of_a_pulse_in_a_taper_is_that_of_the_changing_current_density() -> None:
    """From the narrow end the wall passes the area I T μ/t_HM, not a length in proportion to T."""
    parameters = on_track(TRAPEZOID.track.profile_m, places=147)
    track = parameters.track
    amplitude_V, ohm = 2.0, track_resistance_ohm(track)
    x = np.linspace(0, 1.48e-6, 100_001)
    area_m2 = 250e-9 * x + 0.75 / 1.48 * x**2 / 2
    tension_A = site_table(parameters)["tension_A"][1]
    flow = LAYER.wall_mobility_m3_per_A_s * (amplitude_V / ohm - tension_A)
    for duration_s in (2e-9, 5e-9, 7e-9):
        expected_m = np.interp(flow * duration_s / track.heavy_metal_thickness_m, area_m2, x)
        device = Device(parameters, count=20)
        device.drive(amplitude_V, duration_s, NO_NET_FIELD_T)
        reached_m = site_table(parameters)["x_m"][device.site]
        at_the_start_m = flow * duration_s / (250e-9 * track.heavy_metal_thickness_m)
        assert abs(reached_m - expected_m).max() <= 5.1e-9
        assert at_the_start_m > 1.15 * expected_m


def test_a_wall_goes_back_in_the_time_that_it_came_but_for_its_tension() -> None:
    parameters = on_track(BENT)
    slack = replace(parameters, free_layer=replace(LAYER, dmi_J_per_m2=3.4e-3))
    pieces = divide_way(slack, site_table(slack))
    forth, back = (travel_time_s(pieces, 0, len(pieces), s, s * 1e-3, 0.0, 1e-10) for s in (1, -1))
    assert back == pytest.approx(forth, rel=0.02)
    taut = divide_way(TRAPEZOID, site_table(TRAPEZOID))
    forth, back = (travel_time_s(taut, 0, len(taut), s, s * 1e-3, 0.0, 1e-10) for s in (1, -1))
    tension_A = site_table(TRAPEZOID)["tension_A"][1]
    assert forth / back == pytest.approx((1e-3 + tension_A) / (1e-3 - tension_A))


def test_a_wall_stops_where_a_field_balances_the_current() -> None:
    """The push falls with the width: an opposing field wins on the way to the wide end."""
    parameters = on_track(TRAPEZOID.track.profile_m, places=147)
    sites = site_table(parameters)
    current_A, against_T = 0.5 / track_resistance_ohm(parameters.track), 20e-3
    stop_m2 = (current_A - sites["tension_A"][1]) * CHI / against_T
    stop_m = (stop_m2 / 5e-9 - 250e-9) * 1.48 / 0.75
    assert 0.3e-6 < stop_m < 1.2e-6
    device = Device(parameters, count=20)
    device.place(1)
    device.drive(0.5, 10e-6, NO_NET_FIELD_T + against_T)  # a positive field favours antiparallel
    assert abs(sites["x_m"][device.site] - stop_m).max() < 5.1e-9


def test_a_wall_without_mobility_goes_nowhere() -> None:
    pieces = divide_way(TRAPEZOID, site_table(TRAPEZOID))
    assert travel_time_s(pieces, 0, 1, 1, 1e-3, 0.0, 0.0) == inf
    assert travel_time_s(pieces, 0, 1, 1, -1e-3, 0.0, 1e-10) == inf
