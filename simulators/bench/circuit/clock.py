"""The clock of a virtual lab: at full speed by default, or at the pace of the wall clock."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_LONGEST_PAUSE_S = 0.2
_TURN_S = 10e-3
_HAND_OVER_S = 50e-6


class SimulatedClock:
    """Simulated seconds since the lab was set up; any thread may read it or wait on it.

    In fast mode only `sleep` and the instruments move it. With `real_time` it also waits for the
    wall clock, and catches up with it (`synchronise`), so that programs that wait by themselves see
    the lab proceed. Durations are equal in both modes, except for such waiting. `count_waiting` is
    for programs that cannot `sleep` on this clock: what they wait passes in fast mode, too.

    A thread that holds `lock`, the lab's, lets go of it while it waits, and every 10 ms at full
    speed: a long measurement of one instrument does not keep the others from answering.
    """

    def __init__(
        self,
        *,
        real_time: bool = False,
        wall_s: Callable[[], float] = time.monotonic,
        pause: Callable[[float], None] | None = None,
        lock: "threading.RLock | None" = None,
    ) -> None:
        self.real_time = real_time
        self._wall_s = wall_s
        self._released = threading.Condition(lock) if lock is not None else None
        self._pause = pause or self._pause_without_lock
        self._origin_s = self._handed_over_s = wall_s()
        self._now_s = 0.0
        self._counted_s: float | None = None  # the wall clock up to which waiting counts
        self._lock = threading.Lock()
        self._thread = threading.local()

    def now_s(self) -> float:
        """Return the simulated time in seconds."""
        return self._now_s

    def sleep(self, duration_s: float) -> None:
        """Advance by `duration_s` simulated seconds; raises ValueError if negative."""
        if duration_s < 0.0:
            raise ValueError(f"A clock cannot go back: sleep({duration_s}) needs 0 s or more.")
        if self.real_time:
            self._wait_until(self._now_s + duration_s)
            return
        with self._lock:
            self._now_s += duration_s
        if self._released is not None:
            self._take_turns()

    def count_waiting(self) -> None:
        """From now on add the time of the wall clock, in fast mode, at each `synchronise`."""
        with self._lock:
            self._counted_s = self._wall_s()

    def synchronise(self) -> None:
        """Advance to the wall clock if it is ahead, in real time; else by what was waited, if that
        counts.
        """
        with self._lock:
            if self.real_time:
                self._now_s = max(self._now_s, self._wall_s() - self._origin_s)
            elif self._counted_s is not None:
                wall_s = self._wall_s()
                self._now_s += wall_s - self._counted_s
                self._counted_s = wall_s

    @contextmanager
    def interrupted_if(self, gone: Callable[[], bool]) -> Iterator[None]:
        """Interrupt this thread's waits soon after `gone` is true, by ConnectionAbortedError."""
        self._thread.gone = gone
        try:
            yield
        finally:
            del self._thread.gone

    def _wait_until(self, until_s: float) -> None:
        while (ahead_s := self._origin_s + until_s - self._wall_s()) > 0.0:
            self._pause(min(ahead_s, _LONGEST_PAUSE_S))
            self._check_interrupted()
        with self._lock:
            self._now_s = max(self._now_s, until_s)

    def _take_turns(self) -> None:
        if self._wall_s() - self._handed_over_s > _TURN_S:
            self._pause(_HAND_OVER_S)
            self._handed_over_s = self._wall_s()
            self._check_interrupted()

    def _check_interrupted(self) -> None:
        gone: Callable[[], bool] | None = getattr(self._thread, "gone", None)
        if gone is not None and gone():
            raise ConnectionAbortedError("The client that asked has disconnected.")

    def _pause_without_lock(self, duration_s: float) -> None:
        if self._released is None:
            time.sleep(duration_s)
            return
        try:
            self._released.wait(duration_s)
        except RuntimeError:  # a program that waits holds no lock to let go of
            time.sleep(duration_s)
