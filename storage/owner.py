"""The process that carries out a run, and whether it is alive."""

import os
import platform
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import psutil

# Where there is no boot id, start times come from the wall clock, which a correction may move; a
# pid is not reused this soon.
START_TOLERANCE_S = 2.0
PROC = Path("/proc")
ENDED = "ZX"  # states of a process that has ended and that its parent has not yet collected


@dataclass(frozen=True, slots=True)
class Owner:
    """A process on a host.

    `process_started` is Unix time in s, `process_started_ticks` clock ticks since the boot with
    `boot_id`: what a correction of the clock does not change. They are None where the system has no
    /proc, and for runs of schema 2.
    """

    host: str
    pid: int
    process_started: float
    boot_id: str | None = None
    process_started_ticks: int | None = None

    @property
    def on_this_host(self) -> bool:
        """True if the process runs, or ran, on this host."""
        return self.host == platform.node()

    def is_dead(self) -> bool:
        """Return True if the process ended; False if it is alive or on another host."""
        if not self.on_this_host:
            return False
        boot_id = _boot_id()
        if self.boot_id is None or boot_id is None:
            return self._is_dead_by_wall_clock()
        if boot_id != self.boot_id:
            return True
        try:
            state, started_ticks = _state_and_start(self.pid)
        except (FileNotFoundError, ProcessLookupError):
            return True
        except OSError:
            return False
        return started_ticks != self.process_started_ticks or state in ENDED

    def _is_dead_by_wall_clock(self) -> bool:
        try:
            process = psutil.Process(self.pid)
            started, status = process.create_time(), process.status()
        except psutil.NoSuchProcess:
            return True
        except psutil.AccessDenied:
            return False
        reused = abs(started - self.process_started) > START_TOLERANCE_S
        return reused or status == psutil.STATUS_ZOMBIE


def this_process() -> Owner:
    """Return the current process."""
    return process(os.getpid())


def process(pid: int) -> Owner:
    """Return a process of this host that is alive."""
    boot_id = _boot_id()
    ticks = None if boot_id is None else _state_and_start(pid)[1]
    return Owner(platform.node(), pid, psutil.Process(pid).create_time(), boot_id, ticks)


@cache
def _boot_id() -> str | None:
    """Return the number that Linux draws at each boot, None elsewhere."""
    try:
        return (PROC / "sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return None


def _state_and_start(pid: int) -> tuple[str, int]:
    """Return state and start of a process, in clock ticks since boot; see proc(5)."""
    text = (PROC / str(pid) / "stat").read_text()
    fields = text.rpartition(")")[2].split()  # its name before may hold blanks and brackets
    return fields[0], int(fields[19])
