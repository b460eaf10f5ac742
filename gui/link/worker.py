"""Work outside the Qt thread, its results back in it."""

import logging
import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import shiboken6
from PySide6.QtCore import QObject, Signal

from ...errors import DwmtjError

log = logging.getLogger(__name__)
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class _Done:
    receive: Callable[[Any], object]
    value: object
    owner: QObject | None


class Worker(QObject):
    """A thread that does one thing after another, and gives each result to the Qt thread.

    The thread is a daemon: work that hangs does not keep the window from closing.
    """

    failed = Signal(str, str)
    """A sentence and its details, of work whose caller handles no error."""
    _done = Signal(object)

    def __init__(self, name: str) -> None:
        super().__init__()
        self._jobs: queue.SimpleQueue[Callable[[], _Done] | None] = queue.SimpleQueue()
        self._done.connect(self._deliver)
        self._closed = False
        self._thread = threading.Thread(target=self._work, name=name, daemon=True)
        self._thread.start()

    def ask(
        self,
        work: Callable[[], Result],
        then: Callable[[Result], object] | None = None,
        otherwise: Callable[[Exception], object] | None = None,
        owner: QObject | None = None,
    ) -> None:
        """Do `work` in the thread, then call `then` with its result in the Qt thread.

        An error goes to `otherwise`, else to `failed`. Nothing is called once `owner` is deleted.
        """

        def job() -> _Done:
            try:
                value = work()
            except Exception as error:
                return _Done(otherwise or self._report, error, owner)
            return _Done(then or _ignore, value, owner)

        self._jobs.put(job)

    def close(self) -> None:
        """Take nothing more; what was asked for is still done, and its results are dropped."""
        self._closed = True
        self._jobs.put(None)

    def wait(self, timeout_s: float) -> None:
        """Wait, after `close`, until all that was asked for is done, but not for ever."""
        self._thread.join(timeout_s)

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            done = job()
            if not self._closed and shiboken6.isValid(self):
                self._done.emit(done)

    def _deliver(self, done: _Done) -> None:
        gone = done.owner is not None and not shiboken6.isValid(done.owner)
        if not self._closed and not gone:
            done.receive(done.value)

    def _report(self, error: Exception) -> None:
        self.failed.emit(*sentence_of(error))


def sentence_of(error: Exception) -> tuple[str, str]:
    """Return an error as a sentence for the operator, and the details to copy."""
    import traceback

    details = "".join(traceback.format_exception(error))
    if isinstance(error, DwmtjError):
        return str(error), details
    log.error("Unexpected error", exc_info=error)
    return f"Something unexpected failed ({type(error).__name__}: {error}).", details


def _ignore(_value: object) -> None:
    pass
