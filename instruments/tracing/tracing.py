"""Switches tracing on and off."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from . import steps
from .errors import TraceError
from .trace_file import TraceFile
from .visa import traced_libraries


@contextmanager
def trace_to(path: str | os.PathLike[str]) -> Iterator[Path]:
    """Write every exchange with every instrument in this process, and every step, to a file.

    It does not matter whether a bench was opened before or is opened meanwhile, nor by which VISA
    library. An existing trace is continued. Raises TraceError if the file cannot be written, is
    something else than a trace, or if a trace is being written already.
    """
    place = Path(path).expanduser().absolute()
    if steps.trace is not None:
        raise TraceError(f"A trace is being written to {steps.trace.path}: end that one first.")
    trace = TraceFile(place)
    try:
        with traced_libraries(trace):
            steps.trace = trace
            try:
                yield place
            finally:
                steps.trace = None
    finally:
        trace.close()
