"""The owner's side of the guard: starts it, tells it what matters, replaces it if it dies."""

import logging
import os
import subprocess
import sys
import threading
import time
from contextlib import suppress

from .plan import BenchPlan, Message, RunUnderWay, encode

log = logging.getLogger(__name__)

SHORTEST_LIFE_S = 5.0  # a guard that dies sooner than this would die again

if sys.platform == "win32":
    _WINDOWS_FLAGS = subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW
else:
    _WINDOWS_FLAGS = 0


class Guard:
    """A guard process and what it must know; nothing here waits for it."""

    def __init__(self, plan: BenchPlan, token: str) -> None:
        self._plan = Message(plan=plan, token=token)
        self._run: RunUnderWay | None = None
        self._set_points: dict[str, float] = {}
        self._lock = threading.RLock()
        self._released = False
        self._start()

    def run_begins(self, run: RunUnderWay) -> None:
        with self._lock:
            self._run = run
            self._tell(Message(run=run))

    def run_ends(self) -> None:
        with self._lock:
            self._run = None
            self._tell(Message(run_ended=True))

    def set_point(self, address: str, value: float) -> None:
        """Report the set point that is about to be sent to the instrument at `address`."""
        with self._lock:
            self._set_points[address] = value
            self._tell(Message(set_point=(address, value)))

    def release(self) -> None:
        """End the guard, which touches nothing; it may still be importing what it needs."""
        with self._lock:
            self._released = True
            self._tell(Message(released=True))
            self._close_pipe()
        self._process.kill()
        self._waiting.join()

    def _start(self) -> None:
        self._started_s = time.monotonic()
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", __package__, str(os.getpid())],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # the terminal's Ctrl-C and kills of the group pass it by
            creationflags=_WINDOWS_FLAGS,
        )
        assert self._process.stdin is not None, "it is a pipe"
        self._pipe = self._process.stdin
        self._tell(self._plan)
        if sys.platform != "win32":
            os.set_blocking(self._pipe.fileno(), False)  # nobody waits for a guard that is stopped
        if self._run is not None:
            self._tell(Message(run=self._run))
        for address, value in self._set_points.items():
            self._tell(Message(set_point=(address, value)))
        self._waiting = threading.Thread(target=self._wait, name="guard", daemon=True)
        self._waiting.start()

    def _wait(self) -> None:
        """Wait for the end of the guard; if it is not wanted, start another one."""
        process = self._process
        process.wait()
        with self._lock:
            if not self._released:
                self._close_pipe()
                self._restart(process)

    def _restart(self, process: "subprocess.Popen[bytes]") -> None:
        if time.monotonic() - self._started_s < SHORTEST_LIFE_S:
            log.warning(
                "The guard of the bench ended at once (exit code %s) and is not started again: if "
                "this process is killed, switch the instruments off by hand.",
                process.returncode,
            )
            return
        log.warning("The guard of the bench (PID %s) ended; starting another one.", process.pid)
        self._start()

    def _tell(self, message: Message) -> None:
        line = encode(message)
        with suppress(OSError, ValueError):  # a guard that is gone is started again
            os.write(self._pipe.fileno(), line)

    def _close_pipe(self) -> None:
        with suppress(OSError):
            self._pipe.close()
