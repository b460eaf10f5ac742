"""The compiled pass over all local terms."""

import numpy as np
import pytest

from dwmtj.simulators.micromagnetics import SpinOrbitTorque
from dwmtj.simulators.micromagnetics.precision import DOUBLE, SINGLE, Precision
from dwmtj.simulators.micromagnetics.terms.anisotropy import anisotropy_field_A_per_m
from dwmtj.simulators.micromagnetics.terms.current import relative_current_density
from dwmtj.simulators.micromagnetics.terms.dmi import dmi_field_A_per_m
from dwmtj.simulators.micromagnetics.terms.exchange import exchange_field_A_per_m
from dwmtj.simulators.micromagnetics.terms.fused import columns_of, factors_of, fill_rate
from dwmtj.simulators.micromagnetics.terms.spin_orbit_torque import spin_orbit_field_A_per_m
from dwmtj.tests.simulators.micromagnetics.films import MATERIAL, notched_cells, random_moments

TORQUE = SpinOrbitTorque(0.08, asymmetry=2.0, field_like_angle=0.03, polarization=(0.6, -0.8, 0.0))
CURRENT = 5e11
FILM_A_per_m = 1e6


@pytest.mark.parametrize(("dtype", "tolerance"), [(DOUBLE, 1e-13), (SINGLE, 1e-6)])
def test_the_rate_of_change_is_that_of_the_plain_terms(dtype: Precision, tolerance: float) -> None:
    cells = notched_cells()
    m = random_moments(cells)
    given = 1e5 * random_moments(cells, 2)
    slope = 1e17 * random_moments(cells, 3)
    lag_s = 2e-12
    current = CURRENT * relative_current_density(cells, 60e-9)
    field = (
        given
        + lag_s * slope
        + exchange_field_A_per_m(m, cells, MATERIAL)
        + dmi_field_A_per_m(m, cells, MATERIAL)
        + anisotropy_field_A_per_m(m, MATERIAL)
        + spin_orbit_field_A_per_m(m, current, MATERIAL, TORQUE, cells.thickness_m)
    )
    field[2] -= FILM_A_per_m * m[2]
    precession = np.cross(m, field, axis=0)
    damping = 0.1 * np.cross(m, precession, axis=0)
    expected = -2.211e5 / (1 + 0.1**2) * (precession + damping)

    kind = dtype.type
    rate = np.full(m.shape, 7, dtype=dtype)
    fill_rate(
        m.astype(dtype),
        given.astype(dtype),
        slope.astype(dtype),
        kind(lag_s),
        kind(CURRENT),
        2,
        20,
        columns_of(cells, MATERIAL, relative_current_density(cells, 60e-9), dtype),
        factors_of(cells, MATERIAL, TORQUE, FILM_A_per_m, dtype),
        rate,
    )
    scale = np.abs(expected).max()
    np.testing.assert_allclose(rate[:, 2:20], expected[:, 2:20], rtol=0, atol=tolerance * scale)
    assert (rate[:, :2] == 7).all() and (rate[:, 20:] == 7).all()  # outside the window
