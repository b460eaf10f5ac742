"""Demagnetisation: H = -M_S N ∗ (v m), a convolution by Fourier transforms, zero-padded.

The tensor N is Newell's and exact for full cells; a partly filled cell counts as a full one of the
moment v M_S. One thread computes: at these sizes threads cost more than they give.
"""

import numpy as np
import numpy.typing as npt
from scipy import fft

from ..precision import DOUBLE, Precision
from .arrays import Array, namespace_of
from .convolution import convolve, work_of
from .newell import demag_tensor

Reals = npt.NDArray[np.floating]


def convolved(moment: Array, spectra: Array, padded: tuple[int, ...]) -> Array:
    """Return the field in plain form: whole transforms, for arrays and tensors alike."""
    xp, (nx, ny) = namespace_of(moment), moment.shape[1:]
    x, y, z = xp.fft.rfft2(moment, padded, (1, 2))
    xx, yy, zz, xy = spectra
    field = xp.stack([xx * x + xy * y, xy * x + yy * y, zz * z])
    return xp.fft.irfft2(field, padded, (1, 2))[:, :nx, :ny]


class Demagnetisation:
    """The operator for (nx, ny) cells, in the precision of `dtype`."""

    def __init__(
        self,
        shape: tuple[int, int],
        cell_m: float,
        thickness_m: float,
        saturation_magnetization_A_per_m: float,
        dtype: Precision = DOUBLE,
    ) -> None:
        self.shape = shape
        self.padded = tuple(fft.next_fast_len(2 * n - 1, real=True) for n in shape)
        tensor = demag_tensor(*shape, cell_m, thickness_m)
        self.self_factor = float(tensor[2][0, 0])
        """N_zz of a cell on itself."""
        scale = -saturation_magnetization_A_per_m
        self.spectra = np.stack(
            [
                _spectrum(scale * part, self.padded, is_odd=index == 3)
                for index, part in enumerate(tensor)
            ]
        )
        """The transforms of N_xx, N_yy, N_zz, N_xy times -M_S, shape (4, px, py/2 + 1)."""
        self._work = work_of(self.spectra, self.padded, shape[1], dtype)

    def field_A_per_m(self, moment: Reals, to: Reals | None = None) -> Reals:
        """Return the field of moments v m, shape (3, nx, ny); one thread at a time.

        In `to`, if given, a contiguous array of the operator's precision.
        """
        field = np.empty((3, *self.shape), dtype=self._work.rows.dtype) if to is None else to
        convolve(np.ascontiguousarray(moment, dtype=field.dtype), self._work, field)
        return field


def _spectrum(quadrant: Reals, padded: tuple[int, ...], *, is_odd: bool) -> Reals:
    """Return the (real) transform of a part, even or odd in x and in y, from its quadrant."""
    nx, ny = quadrant.shape
    sign = -1.0 if is_odd else 1.0
    whole = np.zeros(padded)
    whole[:nx, :ny] = quadrant
    whole[-(nx - 1) or nx :, :ny] = sign * quadrant[:0:-1]
    whole[:nx, -(ny - 1) or ny :] = sign * quadrant[:, :0:-1]
    whole[-(nx - 1) or nx :, -(ny - 1) or ny :] = quadrant[:0:-1, :0:-1]
    spectrum: Reals = fft.rfft2(whole).real
    return spectrum
