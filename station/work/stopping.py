"""A stop: at once the flag, then an interruption, then the safe state, at last another process.

A run that is told to stop ends with its point, stored, and leaves the bench safe. What has not
ended after GRACE_S is interrupted as by Ctrl-C; until then a second request, such as a key that
bounces, is the first one again. If even that does not reach the main thread, which
may be in a library that waits for an instrument, another thread makes safe what it can.
"""

import logging
import threading
from collections.abc import Callable
from time import monotonic

from ...instruments import Bench, BenchError
from ..messages import StopProgress

log = logging.getLogger(__name__)

GRACE_S = 0.3
INTERRUPTION_S = 0.3  # for the main thread to begin the safe state
REPLACE_AFTER_S = 10.0  # the ramp of a magnet aside
POLL_S = 0.02


class Stop:
    """The stop of a station; `pending` from the request until the bench is safe again."""

    def __init__(
        self,
        bench: Callable[[], Bench | None],
        making_safe: Callable[[], bool],
        interrupt: Callable[[], None],
        replace: Callable[[], None],
    ) -> None:
        self._bench = bench
        self._making_safe = making_safe
        self._interrupt = interrupt
        self._replace = replace
        self._lock = threading.Lock()
        self._began_s = 0.0
        self._replace_after_s = REPLACE_AFTER_S
        self._over = threading.Event()
        self._over.set()

    @property
    def pending(self) -> bool:
        return not self._over.is_set()

    def request(self) -> None:
        """Begin the stop and return; a second request after GRACE_S replaces the process."""
        with self._lock:
            first = self._over.is_set()
            too_early = not first and monotonic() - self._began_s < GRACE_S
            if first:
                self._began_s = monotonic()
                self._replace_after_s = REPLACE_AFTER_S + _ramp_s(self._bench())
                self._over.clear()
        if first:
            threading.Thread(target=self._carry_through, name="stop", daemon=True).start()
        elif not too_early:
            self._replace()

    def end(self) -> None:
        """Take note that the bench is safe, as far as it can be."""
        self._over.set()

    def progress(self) -> StopProgress | None:
        if not self.pending:
            return None
        seconds = monotonic() - self._began_s
        return StopProgress(seconds, max(0.0, self._replace_after_s - seconds))

    def _carry_through(self) -> None:
        if self._over.wait(GRACE_S):
            return
        if not self._making_safe():
            self._interrupt()
        if not self._main_thread_follows():
            threading.Thread(
                target=self._make_bench_safe, name="stop: make safe", daemon=True
            ).start()
        remaining_s = self._began_s + self._replace_after_s - monotonic()
        if not self._over.wait(max(0.0, remaining_s)):
            log.warning("The stop has not ended in time; the process is replaced")
            self._replace()

    def _main_thread_follows(self) -> bool:
        deadline_s = monotonic() + INTERRUPTION_S
        while monotonic() < deadline_s:
            if self._over.wait(POLL_S) or self._making_safe():
                return True
        return False

    def _make_bench_safe(self) -> None:
        bench = self._bench()
        if bench is not None:
            try:
                bench.make_safe()
            except BenchError as error:  # seen by the observer of the safe state
                log.warning("%s", error)


def _ramp_s(bench: Bench | None) -> float:
    return bench.longest_ramp_s if bench is not None and bench.magnet.armed else 0.0
