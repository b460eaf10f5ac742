"""Fourier transforms of many columns at once (Stockham's algorithm, radices 5, 4, 3 and 2).

Real and imaginary parts are arrays of their own, shape (n, lanes) flattened, so that a vector holds
the same element of `lanes` columns. The inverse, without its 1/n, is the same with real and
imaginary parts exchanged.
"""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from ....compiled import compiled
from ..precision import Precision
from .vectors import (
    RADICES,
    VECTOR_BYTES,
    butterfly_2,
    butterfly_3,
    butterfly_4,
    butterfly_5,
    last_2,
    last_3,
    last_4,
    last_5,
)

Reals = npt.NDArray[np.floating]


class Plan(NamedTuple):
    """The factors of a length and the twiddles of its stages."""

    length: int
    lanes: int
    radices: npt.NDArray[np.int64]
    w_re: Reals
    w_im: Reals


def plan_of(length: int, dtype: Precision) -> Plan:
    """Return the plan of a length that has no prime factor above 5."""
    radices, twiddles, rest = [], [], length
    for radix in RADICES:
        while rest % radix == 0 and rest > 1:
            powers = np.outer(np.arange(rest // radix), np.arange(1, radix))
            twiddles.append(np.exp(-2j * np.pi / rest * powers).ravel())
            radices.append(radix)
            rest //= radix
    assert rest == 1, length
    w = np.concatenate([*twiddles, np.ones(1)])
    lanes = VECTOR_BYTES // dtype.itemsize
    factors = np.array(radices, dtype=np.int64)
    return Plan(length, lanes, factors, w.real.astype(dtype), w.imag.astype(dtype))


@compiled
def transform(re: Any, im: Any, other_re: Any, other_im: Any, plan: Plan) -> tuple[Any, Any]:
    """Transform; the result is in one of both pairs of arrays, the other is overwritten."""
    lanes, rest, done, w = plan.lanes, plan.length, 1, 0
    a, b, c, d = re, im, other_re, other_im
    w_re, w_im = plan.w_re, plan.w_im
    for radix in plan.radices:
        m = rest // radix
        step, to_step = done * m * lanes, done * lanes
        for p in range(m):
            for q in range(done):
                i, k = (q + done * p) * lanes, (q + done * radix * p) * lanes
                if m == 1:
                    if radix == 5:
                        last_5(a, b, c, d, i, step, k, to_step, w_re, w_im, w)
                    elif radix == 4:
                        last_4(a, b, c, d, i, step, k, to_step, w_re, w_im, w)
                    elif radix == 3:
                        last_3(a, b, c, d, i, step, k, to_step, w_re, w_im, w)
                    else:
                        last_2(a, b, c, d, i, step, k, to_step, w_re, w_im, w)
                elif radix == 5:
                    butterfly_5(a, b, c, d, i, step, k, to_step, w_re, w_im, w)
                elif radix == 4:
                    butterfly_4(a, b, c, d, i, step, k, to_step, w_re, w_im, w)
                elif radix == 3:
                    butterfly_3(a, b, c, d, i, step, k, to_step, w_re, w_im, w)
                else:
                    butterfly_2(a, b, c, d, i, step, k, to_step, w_re, w_im, w)
            w += radix - 1
        a, b, c, d = c, d, a, b
        rest = m
        done *= radix
    return a, b
