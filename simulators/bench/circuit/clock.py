"""The clock of a virtual lab: at full speed by default, or at the pace of the wall clock."""

import threading
import time
from collections.abc import Callable


class SimulatedClock:
    """Simulated seconds since the lab was set up; any thread may read it or wait on it.

    In fast mode only `sleep` and the instruments move it. With `real_time` it also waits for the
    wall clock, and catches up with it (`synchronise`), so that programs that wait by themselves see
    the lab proceed. Durations are equal in both modes, except for such waiting.
    """

    def __init__(
        self,
        *,
        real_time: bool = False,
        wall_s: Callable[[], float] = time.monotonic,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self.real_time = real_time
        self._wall_s = wall_s
        self._pause = pause
        self._origin_s = wall_s()
        self._now_s = 0.0
        self._lock = threading.Lock()

    def now_s(self) -> float:
        """Return the simulated time in seconds."""
        return self._now_s

    def sleep(self, duration_s: float) -> None:
        """Advance by `duration_s` simulated seconds; raises ValueError if negative."""
        if duration_s < 0.0:
            raise ValueError(f"A clock cannot go back: sleep({duration_s}) needs 0 s or more.")
        with self._lock:
            self._now_s += duration_s
            ahead_s = self._ahead_of_wall_s() if self.real_time else 0.0
        if ahead_s > 0.0:
            self._pause(ahead_s)

    def synchronise(self) -> None:
        """Advance to the wall clock if it is ahead, in real time; do nothing in fast mode."""
        if self.real_time:
            with self._lock:
                self._now_s -= min(0.0, self._ahead_of_wall_s())

    def _ahead_of_wall_s(self) -> float:
        return self._origin_s + self._now_s - self._wall_s()
