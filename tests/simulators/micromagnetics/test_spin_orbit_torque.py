"""Spin-orbit torque."""

from dataclasses import replace

import numpy as np
import pytest

from dwmtj.simulators.micromagnetics import MicromagneticsError, SpinOrbitTorque
from dwmtj.simulators.micromagnetics.material import torque_field_per_current_m
from dwmtj.simulators.micromagnetics.terms.current import relative_current_density
from dwmtj.simulators.micromagnetics.terms.spin_orbit_torque import spin_orbit_field_A_per_m
from dwmtj.tests.simulators.micromagnetics.films import MATERIAL, notched_cells

CURRENT = np.array([1e12])


def field(m: tuple[float, float, float], torque: SpinOrbitTorque) -> list[float]:
    moment = np.array(m)[:, None, None]
    values = spin_orbit_field_A_per_m(moment, CURRENT, MATERIAL, torque, 2e-9)
    return [float(value) for value in values[:, 0, 0]]


def test_the_field_per_current_is_that_of_the_literature() -> None:
    """47.6 kA/m per 1e12 A/m² at θ = 0.4 for 2 nm with M_S = 1.1 MA/m."""
    assert 0.4 * 1e12 * torque_field_per_current_m(MATERIAL, 2e-9) == pytest.approx(
        47.6e3, rel=2e-3
    )


def test_the_damping_like_field_is_along_m_cross_p_and_the_field_like_one_along_p() -> None:
    unit = 1e12 * torque_field_per_current_m(MATERIAL, 2e-9)
    assert field((1, 0, 0), SpinOrbitTorque(0.1)) == pytest.approx([0, 0, -0.1 * unit])
    torque = SpinOrbitTorque(0.1, field_like_angle=0.03)
    assert field((0, 0, 1), torque) == pytest.approx([0.1 * unit, -0.03 * unit, 0])


def test_the_asymmetry_weighs_the_torque_by_slonczewskis_formula() -> None:
    """θ = 0.64/(1 + 0.6 m·p) for P = 0.4 and Λ = 2, as OOMMF has it."""
    unit = 1e12 * torque_field_per_current_m(MATERIAL, 2e-9)
    torque = SpinOrbitTorque(0.4, asymmetry=2.0, polarization=(0.0, 1.0, 0.0))
    m = (0.8, 0.6, 0.0)
    assert field(m, torque)[2] == pytest.approx(0.8 * 0.64 / (1 + 0.6 * 0.6) * unit)


def test_a_torque_that_makes_no_sense_is_refused() -> None:
    with pytest.raises(MicromagneticsError, match="asymmetry"):
        SpinOrbitTorque(0.1, asymmetry=0.5)
    with pytest.raises(MicromagneticsError, match="finite"):
        SpinOrbitTorque(float("nan"))
    with pytest.raises(MicromagneticsError, match="unit vector"):
        SpinOrbitTorque(0.1, polarization=(0.0, 1.0, 1.0))


def test_the_current_density_is_inverse_to_the_width_of_the_track() -> None:
    cells = notched_cells()
    relative = relative_current_density(cells, 60e-9)
    np.testing.assert_allclose(relative * cells.column_width_m, 60e-9)
    assert relative.max() > 1.2
    hole = replace(cells, column_width_m=np.where(np.arange(24) == 3, 0.0, cells.column_width_m))
    assert relative_current_density(hole, 60e-9)[3] == 0
    np.testing.assert_array_equal(relative_current_density(cells, 60e-9, "uniform"), 1.0)
