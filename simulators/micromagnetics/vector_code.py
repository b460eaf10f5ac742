"""Operations that the compiler turns into vector code.

A load from a table stands beside stores to other arrays. Without more knowledge a compiler must
assume that a store to one array changes another one, and keeps to one wall at a time where elements
of that are loaded in unknown order. These loads and stores carry LLVM's scoped "noalias" metadata
(LLVM Language Reference): they are apart.
"""

from typing import Any

from llvmlite import ir
from numba.core import cgutils, types
from numba.extending import intrinsic


def _scope(builder: Any) -> Any:
    domain = builder.module.add_metadata(["dwmtj"])
    scope = builder.module.add_metadata(["table", domain])
    return builder.module.add_metadata([scope])


def _pointer(context: Any, builder: Any, kind: Any, array: Any, index: Any) -> Any:
    structure = context.make_array(kind)(context, builder, array)
    wide = builder.zext(index, ir.IntType(64)) if index.type.width < 64 else index
    return cgutils.gep_inbounds(builder, structure.data, wide)


def _load_with(metadata: str) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        load = builder.load(_pointer(context, builder, signature.args[0], *arguments))
        load.set_metadata(metadata, _scope(builder))
        return load

    return generate


@intrinsic  # type: ignore[untyped-decorator]
def look_up(_typing: Any, table: Any, index: Any) -> Any:
    """Return table[index] for an unsigned index, unchecked; nothing stores to the table."""
    return table.dtype(table, index), _load_with("alias.scope")


@intrinsic  # type: ignore[untyped-decorator]
def fetch(_typing: Any, array: Any, index: Any) -> Any:
    """Return array[index] for an unsigned index, unchecked, of an array that is no table."""
    return array.dtype(array, index), _load_with("noalias")


@intrinsic  # type: ignore[untyped-decorator]
def store(_typing: Any, array: Any, index: Any, value: Any) -> Any:
    """Set array[index] = value for an unsigned index, unchecked, in an array that is no table."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        pointer = _pointer(context, builder, signature.args[0], *arguments[:2])
        builder.store(arguments[2], pointer).set_metadata("noalias", _scope(builder))
        return context.get_dummy_value()

    return types.void(array, index, value), generate


@intrinsic  # type: ignore[untyped-decorator]
def count_ones(_typing: Any, bits: Any) -> Any:
    """Return the number of ones in an unsigned integer."""

    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.ctpop(arguments[0])

    return bits(bits), generate


@intrinsic  # type: ignore[untyped-decorator]
def use_widest_vectors(_typing: Any) -> Any:
    """Allow the calling function vectors of 64 bytes, where the processor has them.

    By itself the compiler takes 32 on such processors, some of which slow down under wider ones.
    """

    def generate(context: Any, builder: Any, _signature: Any, _arguments: Any) -> Any:
        # llvmlite knows no attributes with a value, and would refuse this one
        set.add(builder.function.attributes, '"prefer-vector-width"="512"')
        return context.get_dummy_value()

    return types.void(), generate
