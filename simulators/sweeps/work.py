"""The part that all tasks of a sweep share: sent to each worker once, set up there once."""

import pickle
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from threading import Lock
from typing import Any
from uuid import uuid4

import cloudpickle
import numpy as np
import numpy.typing as npt

from .code_fingerprint import code_fingerprint
from .errors import SweepError
from .task import Advance, Compute, Task

KEPT = 2  # works that a worker keeps set up: drivers may share a cluster


class Work:
    """The function of a sweep and its setup; `source` is the fingerprint of its code."""

    def __init__(self, compute: Compute, setup: Callable[[], Any]) -> None:
        self.compute, self._setup = compute, setup
        self.source = code_fingerprint(compute)
        self.token = uuid4().hex

    @cached_property
    def loaded(self) -> Any:
        """The value of the setup, in this process."""
        return self._setup()

    @cached_property
    def payload(self) -> npt.NDArray[np.uint8]:
        """All that a worker needs, as bytes; functions of a script are included whole."""
        content = cloudpickle.dumps((self.compute, self._setup, self.source))
        return np.frombuffer(content, np.uint8)

    def compute_here(self, task: Task, advance: Advance) -> Mapping[str, Any]:
        """Compute a task in this process."""
        with one_thread():
            return self.compute(self.loaded, task, advance)


_ready: dict[str, tuple[Compute, Any]] = {}
_setting_up = Lock()


def compute_task(
    token: str, payload: npt.NDArray[np.uint8], task: Task, advance: Advance
) -> Mapping[str, Any]:
    """Compute a task in a worker; raises SweepError if its code is not that of the sweep."""
    with _setting_up:
        if token not in _ready:
            while len(_ready) >= KEPT:
                _ready.pop(next(iter(_ready)))
            compute, setup, source = pickle.loads(payload.data)  # noqa: S301  # from the sweep itself
            if compute.__module__ != "__main__" and code_fingerprint(compute) != source:
                raise SweepError(
                    "A worker has another version of this code, or of numpy, numba, scipy or "
                    "torch: install the same there."
                )
            _ready[token] = compute, setup()
        compute, loaded = _ready[token]
    with one_thread():
        return compute(loaded, task, advance)


@contextmanager
def one_thread() -> Iterator[None]:
    """Compute on one thread: workers side by side use cores better, and sums have one order."""
    limited = [sys.modules[name] for name in ("numba", "torch") if name in sys.modules]
    before = [library.get_num_threads() for library in limited]
    for library in limited:
        library.set_num_threads(1)
    try:
        yield
    finally:
        for library, threads in zip(limited, before, strict=True):
            library.set_num_threads(threads)
