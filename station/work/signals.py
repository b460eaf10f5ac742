"""Signals to a station, and the interruption of what its main thread is doing."""

import _thread
import signal
import threading
from types import FrameType, TracebackType
from typing import Any, Self

_NAMES = ("SIGINT", "SIGTERM", "SIGHUP")


class Signals:
    """While it is entered, a signal asks the station to end; it raises nothing by itself.

    `interrupt` ends what the main thread is doing in a run or by hand, which catch signals for
    themselves, as Ctrl-C does on the command line.
    """

    def __init__(self) -> None:
        self.ending = False
        self._interrupting = False
        self._previous: dict[int, Any] = {}

    def interrupt(self) -> None:
        """Interrupt the main thread, from any thread."""
        self._interrupting = True
        if hasattr(signal, "pthread_kill"):  # wakes it from a system call, too
            signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
        else:
            _thread.interrupt_main()

    def account_for(self, error: BaseException) -> None:
        """Take note of an exception that a signal has raised in a run or by hand."""
        if isinstance(error, KeyboardInterrupt) and self._interrupting:
            self._interrupting = False
        else:
            self.ending = True

    def __enter__(self) -> Self:
        for name in _NAMES:
            if number := getattr(signal, name, None):
                self._previous[number] = signal.signal(number, self._receive)
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        for number, previous in self._previous.items():
            signal.signal(number, previous)

    def _receive(self, number: int, _frame: FrameType | None) -> None:
        if number == signal.SIGINT and self._interrupting:
            self._interrupting = False  # it came when what it was meant for had ended
        else:
            self.ending = True
