"""Reading a wall."""

from dataclasses import replace

import numpy as np
import pytest

from dwmtj.simulators.micromagnetics import (
    Film,
    MicromagneticsError,
    Notch,
    Track,
    film_of,
    read_wall,
    straight_wall,
)
from dwmtj.tests.simulators.micromagnetics.films import MATERIAL, Floats

TRACK = Track(400e-9, 100e-9, 2e-9)


def leaning_wall(film: Film, lower_m: float, upper_m: float) -> Floats:
    u = np.linspace(lower_m, upper_m, film.cells.shape[1])
    distance = (film.cells.x_m[:, None] - u) / 9e-9
    return np.stack([1 / np.cosh(distance), 0 * distance, np.tanh(distance)])


@pytest.mark.parametrize("position_m", [101e-9, 203.7e-9, 330e-9])
def test_a_straight_wall_is_read_where_it_was_put(position_m: float) -> None:
    film = film_of(TRACK, MATERIAL, 5e-9)
    wall = read_wall(straight_wall(film, position_m), film.cells)
    assert wall.position_m == pytest.approx(position_m, abs=0.2e-9)
    assert (wall.tilt_rad, wall.angle_rad, wall.is_single) == (0, 0, True)


def test_a_leaning_wall_is_read_at_both_edges() -> None:
    film = film_of(TRACK, MATERIAL, 5e-9)
    wall = read_wall(leaning_wall(film, 150e-9, 250e-9), film.cells)
    assert wall.lower_m == pytest.approx(150e-9, abs=0.3e-9)
    assert wall.upper_m == pytest.approx(250e-9, abs=0.3e-9)
    assert wall.position_m == pytest.approx(200e-9, abs=0.3e-9)
    assert np.tan(wall.tilt_rad) == pytest.approx(100 / 95, rel=0.01)


def test_a_wall_in_a_notch_is_read_across_the_hole() -> None:
    film = film_of(replace(TRACK, notches=(Notch(200e-9, 15e-9, 15e-9),)), MATERIAL, 5e-9)
    wall = read_wall(straight_wall(film, 200e-9), film.cells)
    assert wall.lower_m == pytest.approx(200e-9, abs=0.2e-9)
    assert wall.is_single


@pytest.mark.parametrize(("width_m", "end_width_m"), [(40e-9, 160e-9), (160e-9, 40e-9)])
@pytest.mark.parametrize("position_m", [101e-9, 303.7e-9])
def test_a_wall_in_a_taper_is_read_in_the_rows_that_it_crosses(
    width_m: float, end_width_m: float, position_m: float
) -> None:
    film = film_of(Track(400e-9, width_m, 2e-9, (), end_width_m), MATERIAL, 5e-9)
    m = straight_wall(film, position_m)
    wall = read_wall(m, film.cells)
    places_m = (wall.position_m, wall.lower_m, wall.upper_m)
    assert places_m == pytest.approx([position_m] * 3, abs=0.2e-9)
    assert wall.is_single
    m[2] = np.where(film.cells.volume > 0, -1.0, 0.0)
    assert read_wall(m, film.cells).position_m == pytest.approx(400e-9)
    assert read_wall(-m, film.cells).position_m == 0


def test_a_wall_that_left_is_at_the_end_it_left_by() -> None:
    film = film_of(TRACK, MATERIAL, 5e-9)
    m = np.zeros((3, *film.cells.shape))
    m[2] = -1
    assert read_wall(m, film.cells).position_m == pytest.approx(400e-9)
    assert read_wall(-m, film.cells).position_m == 0


def test_a_reversed_domain_is_no_single_wall() -> None:
    film = film_of(TRACK, MATERIAL, 5e-9)
    m = straight_wall(film, 200e-9)
    m[2, 60:66, 3] *= -1
    assert not read_wall(m, film.cells).is_single


def test_the_angle_is_that_of_the_moments_in_the_wall() -> None:
    film = film_of(TRACK, MATERIAL, 5e-9)
    x, _, z = straight_wall(film, 200e-9)
    turned = np.stack([x * np.cos(2.0), x * np.sin(2.0), z])
    assert read_wall(turned, film.cells).angle_rad == pytest.approx(2.0)


@pytest.mark.parametrize("position_m", [0.0, -1e-9, 400e-9, float("nan")])
def test_a_wall_outside_the_track_is_refused(position_m: float) -> None:
    with pytest.raises(MicromagneticsError, match="outside the track"):
        straight_wall(film_of(TRACK, MATERIAL, 5e-9), position_m)
