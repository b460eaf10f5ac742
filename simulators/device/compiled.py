"""Decorators that compile the device's kernels once and keep their types visible to a checker.

The machine code is cached on disk beside the modules. Numba renews a kernel when its own file
changes, but not when a function changes that it calls in another file; hence machine code older
than any source of this room is dropped here, before a kernel can be loaded.
"""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import ParamSpec, TypeVar, cast

import numba

P = ParamSpec("P")
R = TypeVar("R")


def compiled(function: Callable[P, R]) -> Callable[P, R]:
    """Compile for one thread."""
    kernel = numba.njit(cache=True, nogil=True, error_model="numpy")(function)
    return cast("Callable[P, R]", kernel)


def compiled_parallel(function: Callable[P, R]) -> Callable[P, R]:
    """Compile for all cores: loops over `numba.prange` are shared between threads."""
    kernel = numba.njit(cache=True, nogil=True, error_model="numpy", parallel=True)(function)
    return cast("Callable[P, R]", kernel)


def _drop_stale_code() -> None:
    room = Path(__file__).parent
    newest = max(source.stat().st_mtime for source in room.glob("*.py"))
    with suppress(OSError):
        for index in room.glob("__pycache__/*.nbi"):
            if index.stat().st_mtime < newest:
                index.unlink()


_drop_stale_code()
