"""The start of a station's process, and its replacement by another one if it hangs."""

import json
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Self

import psutil

from ..storage.owner import Owner, process
from .errors import StationError
from .station_file import StationFile

START_TIMEOUT_S = 120.0
POLL_S = 0.02
GUARD_MODULE = "dwmtj.instruments.guard"

if sys.platform == "win32":
    _WINDOWS_FLAGS = subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW
else:
    _WINDOWS_FLAGS = 0


@dataclass(frozen=True, slots=True)
class Start:
    """What a station's process is started with; it waits until the processes of `after` ended."""

    bench: str
    database: str
    seed: int | None = None
    after: Sequence[Owner] = field(default_factory=tuple)
    end_unused_after_s: float | None = None

    def encode(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def decode(cls, text: str) -> Self:
        content: dict[str, Any] = json.loads(text)
        return cls(**{**content, "after": [Owner(**each) for each in content["after"]]})


def start_process(start: Start) -> "subprocess.Popen[bytes]":
    """Start a station in a session of its own: the terminal's Ctrl-C passes it by."""
    started = subprocess.Popen(
        [sys.executable, "-P", "-m", __package__, start.encode()],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        creationflags=_WINDOWS_FLAGS,
    )
    threading.Thread(target=started.wait, name="station process", daemon=True).start()
    return started


def wait_until_ready(started: "subprocess.Popen[bytes]") -> None:
    """Wait until a station answers; raises StationError with what it says, if it cannot."""
    lines: list[bytes] = []
    assert started.stdout is not None, "it is a pipe"
    stream = started.stdout

    def read() -> None:
        with stream:
            lines.append(stream.readline())

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    reader.join(START_TIMEOUT_S)
    if not lines:
        raise StationError(f"The station (PID {started.pid}) has not started in time; see its log.")
    if not lines[0]:
        raise StationError("The station ended while it was starting; see its log.")
    reply = json.loads(lines[0])
    if "error" in reply:
        raise StationError(reply["error"])


def replace_process(station: StationFile) -> None:
    """Start another process for a station, then end the one it has; called in any process.

    The new one waits until the old one and the guard of its bench have ended.
    """
    old = station.process
    if old.is_dead():
        return
    after = (old, *_guards_of(old.pid))
    successor = start_process(
        Start(station.bench, station.database, station.seed, after, station.end_unused_after_s)
    )
    if successor.stdout is not None:
        successor.stdout.close()
    replace(station, successor=process(successor.pid)).write()
    if not old.is_dead():
        psutil.Process(old.pid).kill()


def wait_until_ended(processes: Sequence[Owner], timeout_s: float) -> bool:
    """Wait for the end of processes; return False if one still runs after `timeout_s`."""
    deadline_s = time.monotonic() + timeout_s
    while not all(each.is_dead() for each in processes):
        if time.monotonic() > deadline_s:
            return False
        time.sleep(POLL_S)
    return True


def _guards_of(pid: int) -> list[Owner]:
    try:
        children = psutil.Process(pid).children()
        return [process(each.pid) for each in children if GUARD_MODULE in each.cmdline()]
    except (psutil.Error, OSError):
        return []
