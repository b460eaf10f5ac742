"""Functions compiled by numba, whose types stay visible to a checker.

The machine code is cached on disk beside the modules. Numba renews a function when its own file
changes, but not when a function changes that it calls in another file; hence a compiled function
may call those of its own folder and of the folder above it, and code older than any source of both
is dropped before it can be loaded.
"""

from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import ParamSpec, TypeVar, cast

import numba

P = ParamSpec("P")
R = TypeVar("R")


def compiled(function: Callable[P, R]) -> Callable[P, R]:
    """Compile for one thread; other threads run meanwhile."""
    return _cached(function, parallel=False)


def compiled_parallel(function: Callable[P, R]) -> Callable[P, R]:
    """Compile for all cores: loops over `numba.prange` are shared between threads."""
    return _cached(function, parallel=True)


def compiled_fused(function: Callable[P, R]) -> Callable[P, R]:
    """Compile for one thread, with products and sums rounded once where the processor can."""
    return _cached(function, parallel=False, fastmath={"contract", "nsz"})


def inlined(function: Callable[P, R]) -> Callable[P, R]:
    """Compile into the callers, so that their loops stay vectorised."""
    return cast("Callable[P, R]", numba.njit(inline="always", error_model="numpy")(function))


def _cached(
    function: Callable[P, R], *, parallel: bool, fastmath: set[str] | None = None
) -> Callable[P, R]:
    _drop_stale_code(Path(function.__code__.co_filename).parent)
    decorator = numba.njit(
        cache=True,
        nogil=True,
        error_model="numpy",
        parallel=parallel,
        fastmath=fastmath or False,
    )
    return cast("Callable[P, R]", decorator(function))


@cache
def _drop_stale_code(folder: Path) -> None:
    sources = [*folder.glob("*.py"), *folder.parent.glob("*.py")]
    newest = max((source.stat().st_mtime for source in sources), default=0.0)
    with suppress(OSError):
        for index in folder.glob("__pycache__/*.nbi"):
            if index.stat().st_mtime < newest:
                index.unlink()
