"""Steps of many walls at once, in single precision and laid out for the processor's vectors.

A step of length δ is Adams and Bashforth's of second order, which needs the rates f once, with
additive noise (a two-step Maruyama method: Buckwar & Winkler, SIAM J. Numer. Anal. 44, 779 (2006)):

    x(t + δ) = x(t) + δ [3 f(t) - f(t - δ)]/2 + s n,    x = (q, φ).

The loop over walls is innermost, so that sixteen of them share an instruction: the pinning is
looked up in a table of constant pieces, sine and cosine are polynomials, and each random number
n is the number of ones among 16 random bits, shifted and scaled to mean 0 and variance 1. Its
moments are those of a normal number up to the third and its fourth is 2.875 instead of 3, which a
weak method of the first order does not see (Kloeden & Platen, Numerical Solution of Stochastic
Differential Equations, ch. 14). Bits are Philox 2×32-7 of the wall and the pair of steps, with the
seed as its key (Salmon et al., SC11 (2011), doi 10.1145/2063384.2063405): no state, and a wall's
noise does not depend on the other walls.
"""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from ....compiled import compiled_fused, inlined
from ..vector_code import count_ones, fetch, look_up, store, use_widest_vectors

Singles = npt.NDArray[np.float32]

BLOCK = 512
"""Walls that are advanced together, so that their state stays in the first cache."""

_LOW, _WORD = np.uint64(0xFFFFFFFF), np.uint64(32)
_MULTIPLIER = np.uint64(0xD256D193)
_KEYS = tuple(np.uint64(k * 0x9E3779B9) for k in range(1, 7))
_LOW_HALF, _HALF_WORD = np.uint32(0xFFFF), np.uint32(16)
_MEAN, _PER_ONES = np.float32(8.0), np.float32(0.5)
_TURN, _PER_TURN = np.float32(2 * np.pi), np.float32(0.5 / np.pi)
_ROUNDING = np.float32(1.5 * 2**23)
_ZERO, _NOW, _BEFORE = np.float32(0.0), np.float32(1.5), np.float32(-0.5)
_ONE = np.uint64(1)
# least squares on Chebyshev's nodes of -π … π; errors below 1e-6
_S1, _S3, _S5, _S7, _S9, _S11 = (
    np.float32(c)
    for c in (
        0.9999995994534574, -0.1666655252496122, 0.008332402272578424, -0.00019808614685793102,
        2.699693636330429e-06, -2.0361393874438036e-08,
    )
)  # fmt: skip
_C0, _C2, _C4, _C6, _C8, _C10 = (
    np.float32(c)
    for c in (
        0.9999992098628772, -0.499994207795743, 0.041659772521786466, -0.0013858772786640276,
        2.4202718198433345e-05, -2.1971958953697807e-07,
    )
)  # fmt: skip


class Rates(NamedTuple):
    """The equations of motion as numbers in single precision: q in cells of the table, φ in rad.

    With s = sin φ, c = cos φ and the drive d = J shape of each wall, per step δ,

        a = axial s - anisotropy s c + transverse d c,    b = torque d c - pinning(q) + field,
        Δq = along (a + α b),    Δφ = b - α a.
    """

    axial: np.float32
    anisotropy: np.float32
    transverse: np.float32
    torque: np.float32
    field: np.float32
    along: np.float32
    damping: np.float32
    noise: np.float32


class State(NamedTuple):
    """All walls, arrays of shape (n,) in float32."""

    q: Singles
    phi: Singles
    q_change: Singles
    """That of the step before, without its noise."""
    phi_change: Singles


@compiled_fused
def advance(
    walls: State, current: Any, shape: Any, table: Any, key: Any, step: Any, rates: Rates
) -> None:
    """Advance all walls by a step for each value of `shape`, the pulse over its amplitude.

    current has shape (n,), shape (steps,); table has the pinning of each cell, per step, and holds
    beyond its ends, too. key and step, the number of the first step, choose the noise. All floats
    are float32, key and step are uint64 below 2³².
    """
    use_widest_vectors()
    last, scale = np.float32(table.shape[0] - 1), rates.noise * _PER_ONES
    even, odd = np.empty(BLOCK, np.uint32), np.empty(BLOCK, np.uint32)
    n = walls.q.shape[0]
    for first in range(0, n, BLOCK):
        begin, end = np.uint64(first), np.uint64(min(n, first + BLOCK))
        for k in range(shape.shape[0]):
            now, count = shape[k], (step + np.uint64(k)) & _LOW
            is_odd = (count & _ONE) == _ONE
            if k == 0 or not is_odd:
                for wall in range(begin, end):
                    left, right = _philox(wall, count >> _ONE, key)
                    store(even, wall - begin, np.uint32(left))
                    store(odd, wall - begin, np.uint32(right))
            bits = odd if is_odd else even
            for wall in range(begin, end):
                n1, n2 = _numbers(fetch(bits, wall - begin))
                n1, n2 = n1 * scale, n2 * scale
                drive = fetch(current, wall) * now
                q, phi = fetch(walls.q, wall), fetch(walls.phi, wall)
                dq, dphi = _drift(q, phi, drive, table, last, rates)
                q += _NOW * dq + _BEFORE * fetch(walls.q_change, wall)
                phi += _NOW * dphi + _BEFORE * fetch(walls.phi_change, wall)
                store(walls.q, wall, q + rates.along * (n1 + rates.damping * n2))
                store(walls.phi, wall, phi + n2 - rates.damping * n1)
                store(walls.q_change, wall, dq)
                store(walls.phi_change, wall, dphi)


@inlined
def _drift(q: Any, phi: Any, drive: Any, table: Any, last: Any, r: Any) -> Any:
    """Return the change of q and φ in a step, without noise."""
    turned = phi - _TURN * ((phi * _PER_TURN + _ROUNDING) - _ROUNDING)
    y = turned * turned
    s = turned * (_S1 + y * (_S3 + y * (_S5 + y * (_S7 + y * (_S9 + y * _S11)))))
    c = _C0 + y * (_C2 + y * (_C4 + y * (_C6 + y * (_C8 + y * _C10))))
    below = last if q > last else q
    cell = np.uint32(np.int32(below if below > _ZERO else _ZERO))
    a = r.axial * s - r.anisotropy * s * c + r.transverse * drive * c
    b = r.torque * drive * c - look_up(table, cell) + r.field
    return r.along * (a + r.damping * b), b - r.damping * a


@inlined
def _philox(wall: Any, step: Any, key: Any) -> Any:
    """Return two random words; a loop over the rounds would keep the compiler from vector code."""
    left, right = _round(wall, step, key)
    left, right = _round(left, right, key + _KEYS[0])
    left, right = _round(left, right, key + _KEYS[1])
    left, right = _round(left, right, key + _KEYS[2])
    left, right = _round(left, right, key + _KEYS[3])
    left, right = _round(left, right, key + _KEYS[4])
    return _round(left, right, key + _KEYS[5])


@inlined
def _round(left: Any, right: Any, key: Any) -> Any:
    product = left * _MULTIPLIER
    return ((product >> _WORD) ^ right ^ key) & _LOW, product & _LOW


@inlined
def _numbers(bits: Any) -> Any:
    """Return how many ones each half of a word has, above the mean."""
    ones1 = count_ones(np.uint32(bits & _LOW_HALF))
    ones2 = count_ones(np.uint32(bits >> _HALF_WORD))
    return np.float32(np.int32(ones1)) - _MEAN, np.float32(np.int32(ones2)) - _MEAN
