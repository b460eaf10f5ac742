"""Arithmetic on vectors of adjacent numbers, as intrinsics for compiled functions.

The compiler leaves a loop over several arrays scalar unless it can rule out that they overlap. An
intrinsic loads all its inputs as vectors before it stores a result, and needs no such proof.
"""

from collections.abc import Callable
from math import cos, pi, sin
from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import intrinsic

VECTOR_BYTES = 64
RADICES = (5, 4, 3, 2)
_FUSED = ("contract",)  # multiplications and additions


class _Emitter:
    """Emits operations on vectors of `VECTOR_BYTES`."""

    def __init__(self, context: Any, builder: Any, array: Any) -> None:
        self.context, self.builder = context, builder
        self.bytes = array.dtype.bitwidth // 8
        self.lanes = VECTOR_BYTES // self.bytes
        self.type = ir.VectorType(context.get_value_type(array.dtype), self.lanes)

    def pointer(self, array: Any, value: Any, index: Any) -> Any:
        data = self.context.make_array(array)(self.context, self.builder, value).data
        return self.builder.gep(data, [index])

    def load(self, pointer: Any) -> Any:
        loaded = self.builder.load(self.builder.bitcast(pointer, self.type.as_pointer()))
        loaded.align = self.bytes
        return loaded

    def store(self, value: Any, pointer: Any) -> None:
        place = self.builder.bitcast(pointer, self.type.as_pointer())
        self.builder.store(value, place, align=self.bytes)

    def constant(self, value: float) -> Any:
        return ir.Constant(self.type, [value] * self.lanes)

    def splat(self, scalar: Any) -> Any:
        anything = ir.Constant(self.type, ir.Undefined)
        integer = ir.IntType(32)
        first = self.builder.insert_element(anything, scalar, ir.Constant(integer, 0))
        mask = ir.Constant(ir.VectorType(integer, self.lanes), [0] * self.lanes)
        return self.builder.shuffle_vector(first, anything, mask)

    def add(self, a: Any, b: Any) -> Any:
        return self.builder.fadd(a, b, flags=_FUSED)

    def subtract(self, a: Any, b: Any) -> Any:
        return self.builder.fsub(a, b, flags=_FUSED)

    def multiply(self, a: Any, b: Any) -> Any:
        return self.builder.fmul(a, b, flags=_FUSED)


class _Complex:
    """A complex number whose parts are vectors."""

    def __init__(self, emitter: _Emitter, real: Any, imaginary: Any) -> None:
        self.emitter, self.real, self.imaginary = emitter, real, imaginary

    def __add__(self, other: "_Complex") -> "_Complex":
        add = self.emitter.add
        parts = add(self.real, other.real), add(self.imaginary, other.imaginary)
        return _Complex(self.emitter, *parts)

    def __sub__(self, other: "_Complex") -> "_Complex":
        subtract = self.emitter.subtract
        parts = subtract(self.real, other.real), subtract(self.imaginary, other.imaginary)
        return _Complex(self.emitter, *parts)

    def scaled(self, factor: float) -> "_Complex":
        constant, multiply = self.emitter.constant(factor), self.emitter.multiply
        parts = multiply(self.real, constant), multiply(self.imaginary, constant)
        return _Complex(self.emitter, *parts)

    def times(self, real: Any, imaginary: Any) -> "_Complex":
        e = self.emitter
        return _Complex(
            e,
            e.subtract(e.multiply(self.real, real), e.multiply(self.imaginary, imaginary)),
            e.add(e.multiply(self.real, imaginary), e.multiply(self.imaginary, real)),
        )

    def times_minus_i(self) -> "_Complex":
        zero = self.emitter.constant(0.0)
        return _Complex(self.emitter, self.imaginary, self.emitter.subtract(zero, self.real))


def _transformed(x: list[_Complex]) -> list[_Complex]:
    """Return the Fourier transform of as many numbers as a radix."""
    radix = len(x)
    if radix == 2:
        return [x[0] + x[1], x[0] - x[1]]
    if radix == 4:
        even, odd = _transformed(x[::2]), _transformed(x[1::2])
        turned = odd[1].times_minus_i()
        return [even[0] + odd[0], even[1] + turned, even[0] - odd[0], even[1] - turned]
    half = range(1, radix // 2 + 1)
    result = [x[0]] * radix
    for q in half:
        result[0] = result[0] + (x[q] + x[-q])
        cosines, sines = x[0], None
        for p in half:
            angle = 2 * pi * p * q / radix
            cosines = cosines + (x[p] + x[-p]).scaled(cos(angle))
            part = (x[p] - x[-p]).scaled(sin(angle))
            sines = part if sines is None else sines + part
        turned = sines.times_minus_i()  # type: ignore[union-attr]  # there is a first p
        result[q], result[-q] = cosines + turned, cosines - turned
    return result


def _butterfly(radix: int, *, has_twiddles: bool) -> Callable[..., None]:
    """Return f(re, im, to_re, to_im, source, its step, target, its step, w_re, w_im, w index)."""

    def emit(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        kinds = signature.args
        e = _Emitter(context, builder, kinds[0])

        def parts(first: int, base: int, k: int) -> list[Any]:
            offset = builder.mul(values[base + 1], ir.Constant(values[base + 1].type, k))
            index = builder.add(values[base], offset)
            return [e.pointer(kinds[i], values[i], index) for i in (first, first + 1)]

        x = [_Complex(e, *map(e.load, parts(0, 4, k))) for k in range(radix)]
        for k, result in enumerate(_transformed(x)):
            if has_twiddles and k:
                index = builder.add(values[10], ir.Constant(values[10].type, k - 1))
                result = result.times(
                    *(e.splat(builder.load(e.pointer(kinds[i], values[i], index))) for i in (8, 9))
                )
            for value, place in zip((result.real, result.imaginary), parts(2, 6, k), strict=True):
                e.store(value, place)
        return context.get_dummy_value()

    def butterfly(typing, re, im, to_re, to_im, source, step, target, to_step, w_re, w_im, w):  # type: ignore[no-untyped-def] # noqa: ARG001
        kinds = (re, im, to_re, to_im, source, step, target, to_step, w_re, w_im, w)
        return types.void(*kinds), emit

    made: Callable[..., None] = intrinsic(butterfly)
    return made


butterfly_2, butterfly_3, butterfly_4, butterfly_5 = (
    _butterfly(radix, has_twiddles=True) for radix in (2, 3, 4, 5)
)
last_2, last_3, last_4, last_5 = (_butterfly(radix, has_twiddles=False) for radix in (2, 3, 4, 5))


def _emit_product(context: Any, builder: Any, signature: Any, values: Any) -> Any:
    kinds = signature.args
    e = _Emitter(context, builder, kinds[0])
    places = [e.pointer(kinds[i], values[i], values[3]) for i in range(3)]
    x, y, z = map(e.load, places)
    tensor = []
    for k in range(4):
        offset = ir.Constant(values[5].type, k * e.lanes)
        tensor.append(e.load(e.pointer(kinds[4], values[4], builder.add(values[5], offset))))
    xx, yy, zz, xy = tensor
    xy = e.multiply(xy, e.splat(values[6]))
    results = (
        e.add(e.multiply(xx, x), e.multiply(xy, y)),
        e.add(e.multiply(xy, x), e.multiply(yy, y)),
        e.multiply(zz, z),
    )
    for result, place in zip(results, places, strict=True):
        e.store(result, place)
    return context.get_dummy_value()


def _product(typing, x, y, z, index, tensor, tensor_index, sign_of_xy):  # type: ignore[no-untyped-def] # noqa: ARG001
    return types.void(x, y, z, index, tensor, tensor_index, sign_of_xy), _emit_product


product: Callable[..., None] = intrinsic(_product)
"""Multiplies vectors x, y, z at an index by a tensor (xx, yy, zz, xy) at its index, in place."""
