"""The process that carries out a run, and whether it is alive."""

import os
import platform
from dataclasses import dataclass
from functools import cache

import psutil

# Start times are known to a clock tick and relative to a time of boot, which a correction of the
# clock may move; a pid is not reused this soon.
START_TOLERANCE_S = 2.0


@dataclass(frozen=True, slots=True)
class Owner:
    """A process on a host; `process_started` is Unix time in s."""

    host: str
    pid: int
    process_started: float

    @property
    def on_this_host(self) -> bool:
        """True if the process runs, or ran, on this host."""
        return self.host == platform.node()

    def is_dead(self) -> bool:
        """Return True if the process ended; False if it is alive or on another host."""
        if not self.on_this_host:
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
    """Return the current process."""
    pid = os.getpid()
    return Owner(platform.node(), pid, _start_of(pid))


@cache
def _start_of(pid: int) -> float:
    return psutil.Process(pid).create_time()
