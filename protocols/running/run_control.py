"""A handle on a run under way: stop it, pause it and resume it from any thread."""

from collections.abc import Callable
from time import monotonic, sleep

POLL_INTERVAL_S = 0.05


class RunControl:
    """Stops, pauses and resumes a run after the point that is being measured.

    While a run is paused everything stays as it is: the field, the read current, and the pulse
    generator, which idles at 0 V. Nothing is fired or read, and a stop ends the pause. Safe to call
    from any thread and from a signal handler.
    """

    def __init__(self) -> None:
        # Plain flags: a lock could be held by the very thread that a signal handler interrupts.
        self._stopped = False
        self._paused = False

    @property
    def stopped(self) -> bool:
        """True once the run was asked to stop."""
        return self._stopped

    @property
    def paused(self) -> bool:
        """True while the run is paused, or will be after the point that is being measured."""
        return self._paused

    def stop(self) -> None:
        """End the run as aborted after the point that is being measured."""
        self._stopped = True

    def pause(self) -> None:
        """Wait after the point that is being measured."""
        self._paused = True

    def resume(self) -> None:
        """Measure the next point."""
        self._paused = False

    def toggle_pause(self) -> None:
        """Pause, or resume."""
        self._paused = not self._paused

    def wait_while_paused(self, should_stop: Callable[[], bool]) -> float:
        """Return the time waited, in s, once the run is resumed or is to stop."""
        began_s = monotonic()
        while self._paused and not should_stop():
            sleep(POLL_INTERVAL_S)
        return monotonic() - began_s
