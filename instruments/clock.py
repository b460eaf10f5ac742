"""Time on the bench: the wall clock, unless the VISA library keeps its own."""

import time
from typing import Protocol, runtime_checkable


@runtime_checkable
class Clock(Protocol):
    """The clock of protocols and ramps."""

    def now_s(self) -> float:
        """Return a monotonic time in seconds; only differences mean anything."""
        ...

    def sleep(self, duration_s: float) -> None:
        """Wait `duration_s` seconds of the bench's time."""
        ...


class WallClock:
    """The computer's clock."""

    def now_s(self) -> float:
        return time.monotonic()

    def sleep(self, duration_s: float) -> None:
        time.sleep(duration_s)


def clock_of(visa_library: object) -> Clock:
    """Return the clock a VISA library offers as its `clock` attribute, else the wall clock.

    A library that simulates its instruments may simulate time, too; everything that waits for the
    bench waits on this clock, so a simulated hour need not take one.
    """
    clock = getattr(visa_library, "clock", None)
    return clock if isinstance(clock, Clock) else WallClock()
