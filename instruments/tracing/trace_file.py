"""The trace file: JSON lines, appended with one system call each.

A line that was written survives the end of the process, however it comes, and lines of several
processes or threads do not mix. Every process begins with a header line. An existing trace is
continued, never replaced; any other file is refused.
"""

import json
import logging
import os
import shlex
import socket
import stat
import sys
import threading
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from time import perf_counter
from typing import Any

from .errors import TraceError

log = logging.getLogger(__name__)

FORMAT_VERSION = 1
HEADER = b'{"trace":"dwmtj"'
_FLAGS = os.O_RDWR | os.O_APPEND | os.O_CREAT | getattr(os, "O_BINARY", 0)


class TraceFile:
    """An open trace; a disk that fills up ends the trace with a warning, not the measurement."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._pid = os.getpid()
        self._began_s = perf_counter()
        self._lock = threading.Lock()
        self._descriptor = _open(path)
        try:
            self._append(_header())
        except OSError as error:
            os.close(self._descriptor)
            raise TraceError(_unwritable(path, error)) from error

    def write(self, began_s: float, step: str, event: dict[str, Any]) -> None:
        """Append an event that began at `began_s` of `perf_counter`, in `step`."""
        line = {
            "time": datetime.now(UTC).isoformat(timespec="microseconds"),
            "at_s": round(began_s - self._began_s, 6),
            "pid": self._pid,
            "thread": threading.current_thread().name,
            "step": step,
            **event,
        }
        try:
            self._append(line)
        except OSError as error:
            self.close()
            log.warning(
                "The trace %s ends here (%s); the measurement continues without it.",
                self.path,
                error.strerror,
            )

    def close(self) -> None:
        with self._lock:
            descriptor, self._descriptor = self._descriptor, -1
            if descriptor >= 0:
                os.close(descriptor)

    def _append(self, line: dict[str, Any]) -> None:
        data = _line(line)
        with self._lock:
            if self._descriptor >= 0 and os.write(self._descriptor, data) < len(data):
                raise OSError(0, "the disk is full")


def _open(path: Path) -> int:
    try:
        descriptor = os.open(path, _FLAGS, 0o666)
    except OSError as error:
        raise TraceError(_unwritable(path, error)) from error
    try:
        _check_own(path, descriptor)
    except OSError as error:
        os.close(descriptor)
        raise TraceError(_unwritable(path, error)) from error
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def _check_own(path: Path, descriptor: int) -> None:
    """Raise TraceError unless the file is new or a trace; complete its last line if it is torn."""
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        raise TraceError(f"{path} is not an ordinary file: give another one for the trace.")
    beginning = os.read(descriptor, len(HEADER))
    if beginning and beginning != HEADER:
        raise TraceError(
            f"{path} exists and is not a trace; it stays as it is: give another file for the trace."
        )
    if beginning:
        os.lseek(descriptor, -1, os.SEEK_END)
        if os.read(descriptor, 1) != b"\n":
            os.write(descriptor, b"\n")


def _header() -> dict[str, Any]:
    try:
        release = version("dwmtj")
    except PackageNotFoundError:
        release = ""
    program, *arguments = sys.argv or [""]
    return {
        "trace": "dwmtj",
        "version": FORMAT_VERSION,
        "time": datetime.now(UTC).isoformat(timespec="microseconds"),
        "pid": os.getpid(),
        "host": socket.gethostname(),
        "command": shlex.join([Path(program).name, *arguments]),
        "release": release,
    }


def _line(content: dict[str, Any]) -> bytes:
    try:
        text = _encode(content)
    except (TypeError, ValueError):  # an argument or a result that refers to itself, or worse
        text = _encode({name: str(value) for name, value in content.items()})
    return f"{text}\n".encode()


def _plain(value: object) -> object:
    """Return what JSON has no form for as something it has: a dataclass by its set fields."""
    if is_dataclass(value) and not isinstance(value, type):
        items = {field.name: getattr(value, field.name) for field in fields(value)}
        return {name: item for name, item in items.items() if item is not None}
    return dict(value) if isinstance(value, Mapping) else str(value)


_encode = json.JSONEncoder(separators=(",", ":"), default=_plain).encode


def _unwritable(path: Path, error: OSError) -> str:
    return f"The trace {path} cannot be written ({error.strerror}): give another file."
