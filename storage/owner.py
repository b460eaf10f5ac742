"""Which process carries out a run, and whether it still lives."""

import os
import platform
from dataclasses import dataclass
from functools import cache

import psutil

# The start of a process is known to a clock tick, and relative to a time of boot that a correction
# of the clock may move; a process identifier is not given to another process this soon.
START_TOLERANCE_S = 2.0


@dataclass(frozen=True, slots=True)
class Owner:
    """A process on a host; `process_started` is in seconds since 1970."""

    host: str
    pid: int
    process_started: float

    @property
    def is_here(self) -> bool:
        """Whether it runs, or ran, on this host."""
        return self.host == platform.node()

    def is_dead(self) -> bool:
        """Return True only if this is known: the process was on this host and is there no more."""
        if not self.is_here:
            return False
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
    """Return the process that asks."""
    pid = os.getpid()
    return Owner(platform.node(), pid, _start_of(pid))


@cache
def _start_of(pid: int) -> float:
    return psutil.Process(pid).create_time()
