"""The convolution behind the stray field, by Fourier transforms of vectors of columns.

Two real columns travel as one complex one. Along x all columns of the three components are
transformed, block by block of what one vector holds; along y, vectors hold adjacent wave numbers.
Zeros of the padding are neither read from nor written to memory between the two.
"""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from ....compiled import compiled, inlined
from ..precision import Precision
from ..vector_code import look_up, store
from .fourier import Plan, plan_of, transform
from .vectors import product

Reals = npt.NDArray[np.floating]
_ZERO = np.uint64(0)


class Work(NamedTuple):
    """The plans of both directions and arrays that every call overwrites."""

    along_x: Plan
    along_y: Plan
    columns: Reals
    """Four parts of a block of columns."""
    wave_re: Reals
    """By vector of wave numbers along x, column and lane."""
    wave_im: Reals
    rows: Reals
    """Four parts of each component."""
    tensor: Reals
    """Of each wave number along x, flattened: (vector, half of y, component, lane)."""


def work_of(spectra: Reals, padded: tuple[int, ...], ny: int, dtype: Precision) -> Work:
    """Return what `convolve` needs for a tensor of real spectra, shape (4, px, py/2 + 1)."""
    along_x, along_y = plan_of(padded[0], dtype), plan_of(padded[1], dtype)
    lanes = along_x.lanes
    half = padded[0] // 2 + 1
    vectors = -(-half // lanes)
    blocks = -(-3 * ny // (2 * lanes))
    tensor = np.zeros((vectors * lanes, spectra.shape[2], 4))
    tensor[:half] = spectra[:, :half].transpose(1, 2, 0) / (2 * padded[0] * padded[1])
    by_lane = tensor.reshape(vectors, lanes, -1, 4).transpose(0, 2, 3, 1)
    return Work(
        along_x,
        along_y,
        np.zeros((4, padded[0] * lanes), dtype=dtype),
        np.zeros((vectors, 2 * lanes * blocks, lanes), dtype=dtype),
        np.zeros((vectors, 2 * lanes * blocks, lanes), dtype=dtype),
        np.zeros((12, padded[1] * lanes), dtype=dtype),
        np.ascontiguousarray(by_lane, dtype=dtype).ravel(),
    )


@compiled
def convolve(moment: Any, work: Work, field: Any) -> None:
    """Compute the field of moments, both of the shape (3, nx, ny)."""
    lanes = work.along_x.lanes
    for first in range(0, work.wave_re.shape[1], 2 * lanes):
        _pack(moment, first, lanes, work.columns[0])
        _pack(moment, first + lanes, lanes, work.columns[1])
        re, im = transform(
            work.columns[0], work.columns[1], work.columns[2], work.columns[3], work.along_x
        )
        _separate(re, im, first, work)
    for vector in range(work.wave_re.shape[0]):
        _multiply(vector, moment.shape[2], work)
    for first in range(0, work.wave_re.shape[1], 2 * lanes):
        _join(work.columns[0], work.columns[1], first, work)
        im, re = transform(
            work.columns[1], work.columns[0], work.columns[3], work.columns[2], work.along_x
        )
        _unpack(re, first, lanes, field)
        _unpack(im, first + lanes, lanes, field)


@compiled
def _pack(moment: Any, first: int, lanes: int, columns: Any) -> None:
    """Copy columns `first` to `first` + lanes - 1, counted through all components."""
    nx, ny = moment.shape[1], moment.shape[2]
    columns[nx * lanes :] = 0
    lane = 0
    while lane < lanes:
        component, j = (first + lane) // ny, (first + lane) % ny
        count = min(lanes - lane, ny - j)
        if component > 2:
            for i in range(nx):
                for k in range(lane, lanes):
                    columns[i * lanes + k] = 0
            break
        for i in range(nx):
            for k in range(count):
                columns[i * lanes + lane + k] = moment[component, i, j + k]
        lane += count


@compiled
def _unpack(columns: Any, first: int, lanes: int, field: Any) -> None:
    nx, ny = field.shape[1], field.shape[2]
    lane = 0
    while lane < lanes and first + lane < 3 * ny:
        component, j = (first + lane) // ny, (first + lane) % ny
        count = min(lanes - lane, ny - j)
        for i in range(nx):
            for k in range(count):
                field[component, i, j + k] = columns[i * lanes + lane + k]
        lane += count


@compiled
def _separate(re: Any, im: Any, first: int, work: Work) -> None:
    """Write twice the spectra of the real columns that travelled as real and imaginary parts."""
    length, lanes = work.along_x.length, work.along_x.lanes
    for k in range(length // 2 + 1):
        vector, place = k // lanes, k % lanes
        here, there = k * lanes, (length - k) % length * lanes
        for lane in range(lanes):
            a, b = re[here + lane], im[here + lane]
            c, d = re[there + lane], im[there + lane]
            column = first + lane
            work.wave_re[vector, column, place] = a + c
            work.wave_im[vector, column, place] = b - d
            work.wave_re[vector, column + lanes, place] = b + d
            work.wave_im[vector, column + lanes, place] = c - a


@compiled
def _join(re: Any, im: Any, first: int, work: Work) -> None:
    """Undo `_separate`, but for the factor 2."""
    length, lanes = work.along_x.length, work.along_x.lanes
    for k in range(length // 2 + 1):
        vector, place = k // lanes, k % lanes
        here, there = k * lanes, (length - k) % length * lanes
        for lane in range(lanes):
            column = first + lane
            a, b = work.wave_re[vector, column, place], work.wave_im[vector, column, place]
            column += lanes
            c, d = work.wave_re[vector, column, place], work.wave_im[vector, column, place]
            re[here + lane], im[here + lane] = a - d, b + c
            re[there + lane], im[there + lane] = a + d, c - b


@compiled
def _multiply(vector: int, ny: int, work: Work) -> None:
    """Transform one vector of wave numbers along y, multiply it by the tensor, and back."""
    length, lanes, rows = work.along_y.length, work.along_y.lanes, work.rows
    size = np.uint64(ny * lanes)
    for component in range(3):
        place = np.uint64((vector * work.wave_re.shape[1] + component * ny) * lanes)
        part = 4 * component
        _copy(work.wave_re, place, rows[part], _ZERO, size)
        _copy(work.wave_im, place, rows[part + 1], _ZERO, size)
        rows[part, ny * lanes :] = 0
        rows[part + 1, ny * lanes :] = 0
    plan = work.along_y
    xr, xi = transform(rows[0], rows[1], rows[2], rows[3], plan)
    yr, yi = transform(rows[4], rows[5], rows[6], rows[7], plan)
    zr, zi = transform(rows[8], rows[9], rows[10], rows[11], plan)
    half = length // 2 + 1
    one = work.tensor.dtype.type(1)
    for k in range(length):
        mirrored = k >= half
        index = (vector * half + (length - k if mirrored else k)) * 4 * lanes
        sign = -one if mirrored else one
        product(xr, yr, zr, k * lanes, work.tensor, index, sign)
        product(xi, yi, zi, k * lanes, work.tensor, index, sign)
    odd = len(plan.radices) % 2
    for component in range(3):
        part = 4 * component
        now, free = (part + 2, part) if odd else (part, part + 2)
        im, re = transform(rows[now + 1], rows[now], rows[free + 1], rows[free], plan)
        place = np.uint64((vector * work.wave_re.shape[1] + component * ny) * lanes)
        _copy(re, _ZERO, work.wave_re, place, size)
        _copy(im, _ZERO, work.wave_im, place, size)


@inlined
def _copy(source: Any, begin: Any, target: Any, to: Any, count: Any) -> None:
    """Copy adjacent numbers between arrays that do not overlap."""
    for k in range(count):
        store(target, to + k, look_up(source, begin + k))
