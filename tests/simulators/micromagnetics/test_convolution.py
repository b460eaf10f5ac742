"""Transforms of columns, and the convolution made of them."""

import numpy as np
import pytest

from dwmtj.simulators.micromagnetics.precision import DOUBLE, SINGLE, Precision
from dwmtj.simulators.micromagnetics.terms.demagnetisation import Demagnetisation, convolved
from dwmtj.simulators.micromagnetics.terms.fourier import plan_of, transform


@pytest.mark.parametrize("length", [1, 2, 3, 4, 5, 8, 30, 60, 225])
@pytest.mark.parametrize(("dtype", "tolerance"), [(DOUBLE, 1e-15), (SINGLE, 3e-7)])
def test_a_transform_is_that_of_numpy(length: int, dtype: Precision, tolerance: float) -> None:
    plan = plan_of(length, dtype)
    rng = np.random.default_rng(1)
    columns = rng.standard_normal((4, length * plan.lanes)).astype(dtype)
    re, im = columns[:2].astype(np.float64).reshape(2, length, plan.lanes)
    expected = np.fft.fft(re + 1j * im, axis=0)
    found_re, found_im = transform(columns[0], columns[1], columns[2], columns[3], plan)
    found = (found_re + 1j * found_im).reshape(length, plan.lanes)
    np.testing.assert_allclose(found, expected, rtol=0, atol=tolerance * np.abs(expected).max())


@pytest.mark.parametrize("shape", [(1, 1), (1, 7), (9, 1), (37, 13), (50, 24)])
@pytest.mark.parametrize(("dtype", "tolerance"), [(DOUBLE, 2e-15), (SINGLE, 6e-7)])
def test_the_field_is_that_of_whole_transforms(
    shape: tuple[int, int], dtype: Precision, tolerance: float
) -> None:
    demagnetisation = Demagnetisation(shape, 5e-9, 2e-9, 1e6, dtype)
    moment = np.random.default_rng(2).standard_normal((3, *shape))
    expected = convolved(moment, demagnetisation.spectra, demagnetisation.padded)
    for _ in range(2):  # arrays that are used again hold nothing of the last call
        field = demagnetisation.field_A_per_m(moment)
    assert field.dtype == dtype
    np.testing.assert_allclose(field, expected, rtol=0, atol=tolerance * np.abs(expected).max())
