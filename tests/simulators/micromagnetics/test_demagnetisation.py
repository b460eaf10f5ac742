"""The demagnetising tensor and its convolution."""

import numpy as np
import pytest

from dwmtj.simulators.micromagnetics import demagnetisation_of
from dwmtj.simulators.micromagnetics.precision import SINGLE
from dwmtj.simulators.micromagnetics.terms.demagnetisation import Demagnetisation
from dwmtj.simulators.micromagnetics.terms.newell import DIPOLE_CELLS, demag_tensor
from dwmtj.tests.simulators.micromagnetics.films import neuron


def test_the_trace_of_the_tensor_is_1_for_a_cell_on_itself_and_0_for_others() -> None:
    xx, yy, zz, _ = demag_tensor(80, 60, 5e-9, 2e-9)
    trace = xx + yy + zz
    assert trace[0, 0] == pytest.approx(1, abs=1e-6)
    trace[0, 0] = 0
    assert np.abs(trace).max() < 1e-9


def test_a_cube_demagnetises_itself_by_a_third() -> None:
    tensor = demag_tensor(2, 2, 3e-9, 3e-9)
    assert [part[0, 0] for part in tensor] == pytest.approx([1 / 3, 1 / 3, 1 / 3, 0], abs=1e-12)


def test_the_tensor_goes_over_into_that_of_dipoles() -> None:
    """Newell's value on this side and the dipole's on the other, scaled by r³, agree to 1e-3."""
    xx, yy, _, xy = demag_tensor(DIPOLE_CELLS + 4, DIPOLE_CELLS + 4, 5e-9, 2e-9)
    at = np.arange(DIPOLE_CELLS - 2, DIPOLE_CELLS + 2)
    for part in (xx, yy):
        scaled = part[at, 0] * at**3
        assert np.ptp(scaled) < 1e-3 * abs(scaled[0])
    diagonal = np.arange(DIPOLE_CELLS // 2 + 5, DIPOLE_CELLS // 2 + 12)
    scaled = xy[diagonal, diagonal] * diagonal**3.0
    assert np.ptp(scaled) < 1e-3 * abs(scaled[0])


def test_the_tensor_is_the_integral_over_the_charges_of_both_cells() -> None:
    """N_zz of two cells side by side: the field of two charged faces, summed point by point."""
    thickness, many, few = 0.4, 60, 12
    source, target = ((np.arange(n) + 0.5) / n - 0.5 for n in (many, few))
    dx = 2.0 + target[:, None, None, None] - source[None, None, :, None]
    dy = target[None, :, None, None] - source[None, None, None, :]
    r = np.hypot(dx, dy)
    # charges on both faces of the source, flux through both faces of the target
    expected = (2 / r - 2 / np.hypot(r, thickness)).mean() / (4 * np.pi * thickness)
    assert demag_tensor(4, 4, 1.0, thickness)[2][2, 0] == pytest.approx(expected, rel=2e-3)


@pytest.mark.parametrize("shape", [(7, 5), (1, 4), (6, 1)])
def test_the_convolution_is_the_sum_over_all_pairs_of_cells(shape: tuple[int, int]) -> None:
    xx, yy, zz, xy = demag_tensor(*shape, 5e-9, 2e-9)
    m = np.random.default_rng(1).standard_normal((3, *shape))
    expected = np.zeros_like(m)
    for i, j in np.ndindex(*shape):
        for k, n in np.ndindex(*shape):
            at, sign = (abs(i - k), abs(j - n)), np.sign(i - k) * np.sign(j - n)
            x, y, z = m[:, k, n]
            expected[:, i, j] -= (
                xx[at] * x + sign * xy[at] * y, sign * xy[at] * x + yy[at] * y, zz[at] * z
            )  # fmt: skip
    field = Demagnetisation(shape, 5e-9, 2e-9, 1.0).field_A_per_m(m)
    np.testing.assert_allclose(field, expected, atol=1e-12)


def test_single_precision_differs_by_rounding_only() -> None:
    film = neuron()
    m = np.random.default_rng(1).standard_normal((3, *film.cells.shape))
    double = demagnetisation_of(film).field_A_per_m(m)
    single = demagnetisation_of(film, SINGLE).field_A_per_m(m.astype(np.float32))
    assert single.dtype == np.float32
    assert np.abs(single - double).max() < 1e-5 * np.abs(double).max()
