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
