"""A decorator that compiles kernels for one thread and keeps their types visible to a checker.

The machine code is cached on disk; a kernel may call those of its own file only, for numba renews
it when that file changes.
"""

from collections.abc import Callable
from typing import ParamSpec, TypeVar, cast

import numba

P = ParamSpec("P")
R = TypeVar("R")


def compiled(function: Callable[P, R]) -> Callable[P, R]:
    """Compile for one thread; another one may run meanwhile."""
    kernel = numba.njit(cache=True, nogil=True, error_model="numpy")(function)
    return cast("Callable[P, R]", kernel)
