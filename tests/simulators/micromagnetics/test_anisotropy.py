"""Uniaxial anisotropy."""

import numpy as np

from dwmtj.simulators.micromagnetics import Material
from dwmtj.simulators.micromagnetics.terms.anisotropy import anisotropy_field_A_per_m


def test_along_the_axis_the_field_is_the_anisotropy_field_and_across_it_none() -> None:
    material = Material(1e6, 1e-11, 0.5e6)
    m = np.stack([np.full((2, 2), 0.6), np.zeros((2, 2)), np.full((2, 2), -0.8)])
    field = anisotropy_field_A_per_m(m, material)
    np.testing.assert_array_equal(field[:2], 0.0)
    np.testing.assert_allclose(field[2], -0.8 * 2 * 0.5e6 / (4e-7 * np.pi * 1e6))
