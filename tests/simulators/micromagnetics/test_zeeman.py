"""The external field."""

import numpy as np
import pytest

from dwmtj.simulators.micromagnetics import Film, Material, Simulation, full_cells
from dwmtj.simulators.micromagnetics.terms.zeeman import field_from_flux_density_A_per_m


def test_a_flux_density_is_a_field_in_every_cell() -> None:
    field = field_from_flux_density_A_per_m((0.0, 0.0, 4e-7 * np.pi), (2, 3))
    np.testing.assert_allclose(field[2], np.ones((2, 3)))
    assert not field[:2].any()


def test_a_moment_precesses_about_a_field_at_the_gyromagnetic_ratio_and_is_damped() -> None:
    """tan(θ/2) falls as exp(-α γ0 H t/(1 + α²)); the phase advances by γ0 H t/(1 + α²)."""
    alpha, field_A_per_m, time_s = 0.05, 1e5, 1e-10
    cells = full_cells(1, 1, 5e-9, 5e-9)
    flux_density_T = (0.0, 0.0, 4e-7 * np.pi * field_A_per_m)
    material = Material(1e6, 1e-11, damping=alpha)
    film = Film(cells, material, 5e-9, None, flux_density_T, has_stray_field=False)
    m = np.array([np.sin(1.0), 0.0, np.cos(1.0)])[:, None, None]
    simulation = Simulation(film, m)
    simulation.run(time_s)
    turned = 2.211e5 * field_A_per_m * time_s / (1 + alpha**2)
    angle = 2 * np.arctan(np.tan(0.5) * np.exp(-alpha * turned))
    expected = [np.sin(angle) * np.cos(turned), np.sin(angle) * np.sin(turned), np.cos(angle)]
    assert simulation.m[:, 0, 0] == pytest.approx(expected, abs=1e-3)
