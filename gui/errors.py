"""Errors that nobody handled: one message each, and the window goes on."""

import logging
import sys
import threading
import traceback
from collections.abc import Callable
from traceback import extract_tb as _frames
from types import TracebackType

from PySide6.QtCore import QObject, Signal

log = logging.getLogger(__name__)


class UnexpectedErrors(QObject):
    """Replaces Python's hooks for errors in slots and threads while the window is open."""

    happened = Signal(str, str)
    """A sentence, and the details."""

    def __init__(self) -> None:
        super().__init__()
        self._before = sys.excepthook, threading.excepthook
        self._seen: set[tuple[str, tuple[tuple[str, int | None], ...]]] = set()

    def install(self) -> None:
        sys.excepthook = self._take
        threading.excepthook = lambda args: self._take(
            args.exc_type, args.exc_value or args.exc_type(), args.exc_traceback
        )

    def remove(self) -> None:
        sys.excepthook, threading.excepthook = self._before

    def contain(self, act: Callable[..., object], *values: object) -> None:
        """Call a part of the window; an error in it is taken as if nobody had called that part."""
        try:
            act(*values)
        except Exception as error:
            sys.excepthook(type(error), error, error.__traceback__)

    def _take(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        if issubclass(kind, KeyboardInterrupt | SystemExit):
            self._before[0](kind, error, trace)
            return
        details = "".join(traceback.format_exception(kind, error, trace))
        place = kind.__name__, tuple((each.filename, each.lineno) for each in _frames(trace))
        if place in self._seen:  # a timer that fails says so once, whatever numbers it names
            return
        self._seen.add(place)
        log.error("Unexpected error in the window", exc_info=(kind, error, trace))
        self.happened.emit(
            f"A part of the window failed ({kind.__name__}: {error}); the run goes on.", details
        )
