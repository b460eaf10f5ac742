"""Signals that end a run in order and only once: Ctrl-C, SIGTERM and a closed terminal."""

import logging
import signal
import threading
from collections.abc import Callable
from types import FrameType
from typing import Any, Self

log = logging.getLogger(__name__)

_NAMES = ("SIGINT", "SIGTERM", "SIGHUP")  # the last one is unknown to Windows
_received = 0  # of a process, as signals are
_entered = 0


def signals_received() -> int:
    """Return how many signals were caught since the outermost Interrupts was entered."""
    return _received


class Interrupts:
    """Turns the first signal into an exception and holds back all others while it is entered.

    Ctrl-C raises KeyboardInterrupt, the others SystemExit. From then on, or once `hold` was
    called, signals are only recorded, so that nothing interrupts the safe state. Outside
    the main thread, where Python delivers no signals, and for signals that are being ignored
    (nohup), it does nothing.
    """

    def __init__(self) -> None:
        self.received: signal.Signals | None = None
        self._held = False
        self._previous: dict[signal.Signals, Callable[..., Any] | int | None] = {}

    def hold(self) -> None:
        """Hold back signals from now on."""
        self._held = True

    def release(self) -> None:
        """Deliver signals again; one that was held back is raised now."""
        self._held = self.received is not None
        if self.received is not None:
            raise _exception(self.received)

    def __enter__(self) -> Self:
        global _entered, _received
        if not _entered:
            _received = 0
        _entered += 1
        if threading.current_thread() is threading.main_thread():
            for name in _NAMES:
                number = getattr(signal, name, None)
                if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
                    self._previous[number] = signal.signal(number, self._receive)
        return self

    def __exit__(self, _kind: object, error: BaseException | None, _traceback: object) -> None:
        global _entered
        _entered -= 1
        for number, previous in self._previous.items():
            signal.signal(number, signal.SIG_DFL if previous is None else previous)
        if self.received is not None and not isinstance(error, KeyboardInterrupt | SystemExit):
            raise _exception(self.received)

    def _receive(self, number: int, _frame: FrameType | None) -> None:
        global _received
        _received += 1
        held, self._held = self._held, True
        if held:
            log.warning(
                "The bench is being made safe; please wait. A third signal skips what hangs."
            )
        self.received = self.received or signal.Signals(number)
        if not held:
            raise _exception(self.received)


def _exception(number: signal.Signals) -> BaseException:
    if number is signal.SIGINT:
        return KeyboardInterrupt()
    return SystemExit(128 + number)
