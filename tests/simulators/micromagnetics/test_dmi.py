"""The interfacial Dzyaloshinskii-Moriya interaction."""

import numpy as np
import pytest

from dwmtj.simulators.micromagnetics import (
    Accuracy,
    Film,
    Material,
    Simulation,
    Track,
    film_of,
    full_cells,
    read_wall,
)
from dwmtj.simulators.micromagnetics.terms.dmi import dmi_field_A_per_m
from dwmtj.tests.simulators.micromagnetics.films import (
    MATERIAL,
    notched_cells,
    random_moments,
)
from dwmtj.tests.simulators.micromagnetics.gradient import Floats, field_of_energy

EDGE = 0.65779
"""|m_x| at the edge of a strip, D √(A/K)/(2A) (Cortés-Ortuño et al. 2018)."""
FIRST_CELL = 0.61476


def test_the_field_is_the_derivative_of_the_energy_at_notches_too() -> None:
    cells = notched_cells()
    m = random_moments(cells)

    def energy_J(m: Floats) -> float:
        x = cells.face_x[1:-1] * (m[2, :-1] * m[0, 1:] - m[2, 1:] * m[0, :-1])
        y = cells.face_y[:, 1:-1] * (m[2, :, :-1] * m[1, :, 1:] - m[2, :, 1:] * m[1, :, :-1])
        return float(1e-3 * cells.cell_m * cells.thickness_m * (x.sum() + y.sum()))

    expected = field_of_energy(energy_J, m, cells, MATERIAL)
    filled = ~np.isnan(expected)
    field = dmi_field_A_per_m(m, cells, MATERIAL)
    np.testing.assert_allclose(field[filled], expected[filled], rtol=1e-6, atol=10)


def test_the_moments_at_the_edges_of_a_strip_cant_as_published() -> None:
    """100 cells of 1 nm without demagnetisation: within 0.5 % of the exact profile."""
    cells = full_cells(100, 1, 1e-9, 1e-9)
    material = Material(0.86e6, 13e-12, 0.4e6, 3e-3, 0.5)
    film = Film(cells, material, 1e-9, has_stray_field=False)
    simulation = Simulation(film, up(film), Accuracy(stray_interval_s=None))
    assert simulation.relax(2e-9, torque_A_per_m=20.0)
    m = simulation.m[:, :, 0]
    angle = np.arctan2(m[0], m[2])
    edge = np.sin(1.875 * angle[-1] - 1.25 * angle[-2] + 0.375 * angle[-3])  # to half a cell beyond
    assert edge == pytest.approx(-EDGE, rel=0.005)
    assert m[0, -1] == pytest.approx(-FIRST_CELL, rel=0.005)
    assert m[0, 0] == pytest.approx(FIRST_CELL, rel=0.005)


@pytest.mark.parametrize("sign", [1, -1])
def test_the_sign_of_D_is_the_chirality_of_a_wall(sign: int) -> None:
    """D > 0 turns the moments from down to up by way of +x."""
    material = Material(1.1e6, 2e-11, 1e6, sign * 1e-3, 0.5)
    film = film_of(Track(200e-9, 20e-9, 2e-9), material, 5e-9)
    u = (film.cells.x_m - 100e-9) / material.wall_width_m
    bloch = np.stack([0 * u, 1 / np.cosh(u), np.tanh(u)])[:, :, None] * np.ones((3, 1, 4))
    simulation = Simulation(film, bloch)
    simulation.relax(0.5e-9)
    assert np.cos(read_wall(simulation.m, film.cells).angle_rad) == pytest.approx(sign, abs=0.01)


def up(film: Film) -> Floats:
    m = np.zeros((3, *film.cells.shape))
    m[2] = 1
    m[0] = 0.01
    return m
