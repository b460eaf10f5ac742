"""Reads a trace back, event by event; lines that a killed process left incomplete are counted."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from .errors import TraceError
from .steps import SEPARATOR
from .trace_file import FORMAT_VERSION, HEADER

START = "start"


@dataclass(frozen=True, slots=True)
class Event:
    """A line of a trace: an exchange, the beginning or the end of a step, or a process's start.

    `time` is when the line was written, `at_s` when the event began, since its process's start;
    `text` holds one character for each of the first bytes of a message, `bytes` their number.
    """

    time: datetime
    operation: str
    pid: int
    at_s: float = 0.0
    took_s: float | None = None
    thread: str = ""
    step: str = ""
    instrument: str = ""
    text: str = ""
    bytes: int | None = None
    outcome: str = "ok"
    arguments: dict[str, Any] = field(default_factory=dict)
    result: Any = None

    @property
    def failed(self) -> bool:
        return not (self.outcome == "ok" or self.outcome.startswith("success"))

    def belongs_to(self, step: str) -> bool:
        """Return whether `step`, such as "run 3/point 17" or "fire", is among its steps."""
        return f"{SEPARATOR}{step}{SEPARATOR}" in f"{SEPARATOR}{self.step}{SEPARATOR}"


class Trace:
    """A trace file; iterating yields its events in the order they were written.

    `unreadable` counts the lines that were passed over in the latest iteration.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.unreadable = 0

    def __iter__(self) -> Iterator[Event]:
        self.unreadable = 0
        with self.path.open(encoding="utf-8", errors="replace") as lines:
            for line in lines:
                event = _event(line)
                if event is None:
                    self.unreadable += 1
                else:
                    yield event


def read_trace(path: Path | str) -> Trace:
    """Return a trace; raises TraceError if the file is none, or of a version yet to come."""
    path = Path(path).expanduser()
    try:
        with path.open("rb") as file:
            first = file.readline(1 << 16)
    except OSError as error:
        raise TraceError(
            f"The trace {path} cannot be read ({error.strerror}): check its path."
        ) from error
    if not first.startswith(HEADER):
        raise TraceError(f"{path} is not a trace: give a file written by --trace.")
    try:
        version = json.loads(first).get("version")
    except (ValueError, RecursionError):  # a process that was killed in its first line
        version = FORMAT_VERSION
    if version != FORMAT_VERSION:
        raise TraceError(
            f"{path} is a trace of version {version}, and this dwmtj reads {FORMAT_VERSION}: "
            "update dwmtj."
        )
    return Trace(path)


def _event(line: str) -> Event | None:
    try:
        document = json.loads(line)
        time = datetime.fromisoformat(document.pop("time"))
        if document.pop("trace", None) is not None:
            return Event(time, START, document["pid"], text=str(document["command"]))
        return Event(time=time, **document)
    except (AttributeError, KeyError, TypeError, ValueError, RecursionError):
        return None
