"""The exchange field."""

import numpy as np

from dwmtj.simulators.micromagnetics import full_cells
from dwmtj.simulators.micromagnetics.constants import MU0_T_m_per_A
from dwmtj.simulators.micromagnetics.terms.exchange import exchange_field_A_per_m
from dwmtj.tests.simulators.micromagnetics.films import MATERIAL, notched_cells, random_moments
from dwmtj.tests.simulators.micromagnetics.gradient import Floats, field_of_energy


def test_a_spiral_feels_the_field_of_its_wave_number() -> None:
    cells = full_cells(200, 3, 1e-9, 2e-9)
    k = 2 * np.pi / 100e-9
    angle = np.broadcast_to(k * cells.x_m[:, None], cells.shape)
    m = np.stack([np.sin(angle), 0 * angle, np.cos(angle)])
    factor = 2 * 2e-11 / (MU0_T_m_per_A * 1.1e6)
    inner = exchange_field_A_per_m(m, cells, MATERIAL)[:, 1:-1]
    np.testing.assert_allclose(inner, -factor * k**2 * m[:, 1:-1], atol=4e-4 * factor * k**2)


def test_the_field_is_the_derivative_of_the_energy_at_notches_too() -> None:
    cells = notched_cells()
    m = random_moments(cells)

    def energy_J(m: Floats) -> float:
        along_x = cells.face_x[1:-1] * ((m[:, 1:] - m[:, :-1]) ** 2).sum(axis=0)
        along_y = cells.face_y[:, 1:-1] * ((m[:, :, 1:] - m[:, :, :-1]) ** 2).sum(axis=0)
        return float(2e-11 * cells.thickness_m * (along_x.sum() + along_y.sum()))

    expected = field_of_energy(energy_J, m, cells, MATERIAL)
    filled = ~np.isnan(expected)
    field = exchange_field_A_per_m(m, cells, MATERIAL)
    np.testing.assert_allclose(field[filled], expected[filled], rtol=1e-6, atol=10)
