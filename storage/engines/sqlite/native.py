"""Points of a SQLite file in compiled code, for runs of many points.

Most of the time of `sqlite3` goes into Python objects, 14 a point. Here the same library, the one
that Python has loaded, is called by a loop that numba compiles: another copy of SQLite in this
process, as other fast readers bring along, would drop the locks of a writer when it closes the
file (sqlite.org/howtocorrupt.html, 2.2.1). Where the library is not found, `sqlite3` reads.
"""

import _sqlite3
import ctypes
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from llvmlite import binding
from numba import carray, types

from ....compiled import compiled

_FLAGS = 0x1 | 0x40 | 0x8000  # read-only, the name is a URI, no mutex: one thread reads
_ROW, _DONE, _NULL, _TOO_MANY = 100, 101, 5, -1
_TEXT_BYTES, _DISTINCT = 65_536, 1_000  # of all texts of a column; beyond, Python is as good

_HANDLE = types.intp
_step = types.ExternalFunction("sqlite3_step", types.int32(_HANDLE))
_type = types.ExternalFunction("sqlite3_column_type", types.int32(_HANDLE, types.int32))
_double = types.ExternalFunction("sqlite3_column_double", types.float64(_HANDLE, types.int32))
_int64 = types.ExternalFunction("sqlite3_column_int64", types.int64(_HANDLE, types.int32))
_text = types.ExternalFunction("sqlite3_column_text", types.voidptr(_HANDLE, types.int32))
_bytes = types.ExternalFunction("sqlite3_column_bytes", types.int32(_HANDLE, types.int32))


class NativeReadError(Exception):
    """The compiled loop cannot read this; Python can."""


@cache
def library() -> ctypes.CDLL | None:
    """Return the SQLite library that Python's sqlite3 uses, None if it cannot be found.

    A symbol of a loaded module is searched in the libraries that it depends on, too.
    """
    try:  # a module that is linked into Python has no file
        found = ctypes.CDLL("sqlite3.dll" if sys.platform == "win32" else _sqlite3.__file__)
        for symbol in ("step", "column_type", "column_double", "column_int64", "column_text"):
            _publish(found, f"sqlite3_{symbol}")
        _publish(found, "sqlite3_column_bytes")
    except (OSError, AttributeError, TypeError):
        return None
    return found


def read_columns(
    path: Path, query: str, capacity: int, *, integers: int = 3, measured: int = 8, texts: int = 2
) -> tuple[Any, ...]:
    """Return the first columns of a query, at most `capacity` rows, and the rows with a last one.

    The query yields integers, numbers or NULL, texts or NULL, then a column whose presence alone
    is returned. Raises NativeReadError.
    """
    numbers = (
        np.empty((integers, capacity), np.int64),
        np.empty((measured, capacity)),
        np.empty((texts, capacity), np.int32),
    )
    present = np.zeros(capacity, np.bool_)
    known = np.empty((texts, _TEXT_BYTES), np.uint8)
    ends = np.zeros((texts, _DISTINCT + 1), np.int64)
    counts = np.zeros(texts, np.int64)
    with _statement(path, query) as statement:
        rows, result = _fill(statement, *numbers, present, known, ends, counts)
    if result not in (_ROW, _DONE):
        raise NativeReadError(f"SQLite's result is {result}.")
    distinct = [
        tuple(
            known[i, ends[i, n] : ends[i, n + 1]].tobytes().decode() for n in range(int(counts[i]))
        )
        for i in range(texts)
    ]
    found = (array[:, :rows] for array in numbers)
    return (*found, distinct, np.flatnonzero(present[:rows]))


def _publish(found: ctypes.CDLL, symbol: str) -> None:
    address = ctypes.cast(getattr(found, symbol), ctypes.c_void_p).value
    binding.add_symbol(symbol, address)


@contextmanager
def _statement(path: Path, query: str) -> Iterator[int]:
    sqlite = library()
    if sqlite is None:
        raise NativeReadError("Python's SQLite library is not found.")
    connection, statement = ctypes.c_void_p(), ctypes.c_void_p()
    uri = f"{path.as_uri()}?mode=ro".encode()
    try:
        _check(sqlite.sqlite3_open_v2(uri, ctypes.byref(connection), _FLAGS, None))
        _check(sqlite.sqlite3_busy_timeout(connection, 1000))
        prepared = ctypes.byref(statement)
        _check(sqlite.sqlite3_prepare_v2(connection, query.encode(), -1, prepared, None))
        yield statement.value or 0
    finally:
        sqlite.sqlite3_finalize(statement)
        sqlite.sqlite3_close_v2(connection)


def _check(result: int) -> None:
    if result:
        raise NativeReadError(f"SQLite's result is {result}.")


@compiled
def _fill(
    statement: int,
    integers: npt.NDArray[np.int64],
    measured: npt.NDArray[np.float64],
    codes: npt.NDArray[np.int32],
    present: npt.NDArray[np.bool_],
    known: npt.NDArray[np.uint8],
    ends: npt.NDArray[np.int64],
    counts: npt.NDArray[np.int64],
) -> tuple[int, int]:
    """Fill the arrays row by row; return the number of rows and SQLite's last result."""
    row, result = 0, _ROW
    while row < len(present):
        result = _step(statement)
        if result != _ROW:
            break
        column = 0
        for i in range(len(integers)):
            integers[i, row] = _int64(statement, column)
            column += 1
        for i in range(len(measured)):
            missing = _type(statement, column) == _NULL
            measured[i, row] = np.nan if missing else _double(statement, column)
            column += 1
        for i in range(len(codes)):
            code = -1
            if _type(statement, column) != _NULL:
                guess = codes[i, row - 1] if row else 0
                code = _code(statement, column, guess, known[i], ends[i], counts, i)
                if code < 0:
                    return row, _TOO_MANY
            codes[i, row] = code
            column += 1
        present[row] = _type(statement, column) != _NULL
        row += 1
    return row, result


@compiled
def _code(
    statement: int,
    column: int,
    guess: int,
    known: npt.NDArray[np.uint8],
    ends: npt.NDArray[np.int64],
    counts: npt.NDArray[np.int64],
    which: int,
) -> int:
    """Return the number of a text among those known, after those known if it is new."""
    pointer = _text(statement, column)
    size = _bytes(statement, column)
    text = carray(pointer, (size,), np.uint8)
    count = counts[which]
    if 0 <= guess < count and _equal(text, known[ends[guess] : ends[guess + 1]]):
        return guess
    for code in range(count):
        if _equal(text, known[ends[code] : ends[code + 1]]):
            return code
    end = ends[count]
    if count + 1 >= len(ends) or end + size > len(known):
        return -1
    known[end : end + size] = text
    ends[count + 1] = end + size
    counts[which] += 1
    return int(count)


@compiled
def _equal(one: npt.NDArray[np.uint8], other: npt.NDArray[np.uint8]) -> bool:
    if len(one) != len(other):
        return False
    for i in range(len(one)):  # noqa: SIM110 - a loop is what compiles
        if one[i] != other[i]:
            return False
    return True
