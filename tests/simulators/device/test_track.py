"""The geometry of the track."""

from dataclasses import replace
from math import log

import numpy as np
import pytest

from dwmtj.simulators.device import load_device
from dwmtj.simulators.device.track import (
    junction_outline,
    parallel_fraction,
    track_resistance_ohm,
    width_m,
    width_slope,
)

TRAPEZOID = load_device("trapezoid")
BENT = replace(TRAPEZOID.track, profile_m=((0.0, 300e-9), (1e-6, 300e-9), (2e-6, 900e-9)))


def test_the_resistance_of_a_taper_is_the_closed_form() -> None:
    (_, w0), (length_m, w1) = TRAPEZOID.track.profile_m
    sheet_ohm = TRAPEZOID.track.resistivity_ohm_m / TRAPEZOID.track.heavy_metal_thickness_m
    expected = sheet_ohm * length_m * log(w1 / w0) / (w1 - w0)
    assert track_resistance_ohm(TRAPEZOID.track) == pytest.approx(expected)


def test_the_resistance_of_any_profile_is_the_integral_of_rho_over_the_section() -> None:
    track = replace(BENT, lead_resistance_ohm=7.0)
    x = np.linspace(0, 2e-6, 200_001)
    widths = np.array([width_m(track, float(position)) for position in x[::100]])
    w = np.interp(x, x[::100], widths)
    sheet_ohm = track.resistivity_ohm_m / track.heavy_metal_thickness_m
    expected = 7.0 + sheet_ohm * float(np.trapezoid(1 / w, x))
    assert track_resistance_ohm(track) == pytest.approx(expected, rel=1e-6)


def test_the_slope_is_that_of_the_piece_under_the_wall() -> None:
    assert width_slope(BENT, 0.5e-6) == 0.0
    assert width_slope(BENT, 1.5e-6) == pytest.approx(0.6)


def test_the_parallel_fraction_is_the_area_passed_by_the_wall() -> None:
    junction = replace(TRAPEZOID.junction, start_m=0.4e-6, end_m=1.8e-6)
    outline = junction_outline(BENT, junction)
    total = 0.6e-6 * 300e-9 + 0.8e-6 * (300e-9 + 780e-9) / 2
    assert outline[-1, 2] == pytest.approx(total)
    assert parallel_fraction(0.3e-6, outline) == 0.0
    assert parallel_fraction(0.9e-6, outline) == pytest.approx(0.5e-6 * 300e-9 / total)
    at_1_4 = 0.6e-6 * 300e-9 + 0.4e-6 * (300e-9 + 540e-9) / 2
    assert parallel_fraction(1.4e-6, outline) == pytest.approx(at_1_4 / total)
    assert parallel_fraction(1.9e-6, outline) == 1.0


def test_a_straight_piece_counts_by_its_length_wherever_it_lies() -> None:
    profile_m = ((0.0, 900e-9), (1e-6, 300e-9), (3e-6, 300e-9), (4e-6, 150e-9))
    track = replace(TRAPEZOID.track, profile_m=profile_m, lead_resistance_ohm=0.0)
    sheet_ohm = track.resistivity_ohm_m / track.heavy_metal_thickness_m
    squares = log(3) / 0.6 + 2e-6 / 300e-9 + log(2) / 0.15
    assert track_resistance_ohm(track) == pytest.approx(sheet_ohm * squares)


def test_at_a_corner_the_slope_is_that_of_the_in_side_and_there_is_none_beyond_the_end() -> None:
    assert width_slope(BENT, 0.0) == 0.0
    assert width_slope(BENT, 1e-6) == 0.0
    assert width_slope(BENT, 2e-6) == pytest.approx(0.6)
    assert width_slope(BENT, 2.1e-6) == 0.0


def test_the_outline_of_a_junction_has_the_corners_of_the_track_within_it_once() -> None:
    junction = replace(TRAPEZOID.junction, start_m=0.5e-6, end_m=1.5e-6)
    outline = junction_outline(BENT, junction)
    assert outline[:, 0].tolist() == pytest.approx([0.5e-6, 1e-6, 1.5e-6])
    assert outline[:, 1].tolist() == pytest.approx([300e-9, 300e-9, 600e-9])
    assert outline[:, 2] == pytest.approx([0.0, 0.15e-12, 0.375e-12])
    whole = junction_outline(BENT, replace(junction, start_m=0.0, end_m=2e-6))
    assert whole[:, 0].tolist() == [0.0, 1e-6, 2e-6]
    for start_m, end_m in ((1e-6, 2e-6), (0.0, 1e-6)):
        piece = junction_outline(BENT, replace(junction, start_m=start_m, end_m=end_m))
        assert piece[:, 0].tolist() == [start_m, end_m]
    assert parallel_fraction(0.5e-6, outline) == 0.0
    assert parallel_fraction(1.5e-6, outline) == 1.0
    assert parallel_fraction(1e-6, outline) == pytest.approx(0.4)


def test_the_area_behind_a_wall_counts_every_piece_before_it() -> None:
    profile_m = ((0.0, 200e-9), (1e-6, 400e-9), (2e-6, 100e-9), (3e-6, 300e-9), (4e-6, 300e-9))
    track = replace(TRAPEZOID.track, profile_m=profile_m)
    outline = junction_outline(track, replace(TRAPEZOID.junction, start_m=0.0, end_m=4e-6))
    areas = [0.0, 0.3, 0.55, 0.75, 1.05]
    for x_um, behind in zip((0.0, 1.0, 2.0, 3.0, 4.0), areas, strict=True):
        assert parallel_fraction(x_um * 1e-6, outline) == pytest.approx(behind / 1.05)
    within = (0.5, 0.125), (1.5, 0.3 + 0.1625), (2.5, 0.55 + 0.075), (3.5, 0.9)
    for x_um, behind in within:
        assert parallel_fraction(x_um * 1e-6, outline) == pytest.approx(behind / 1.05)
