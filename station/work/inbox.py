"""Actions that clients ask of the main thread, in order; each client waits for its own."""

import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

from ..errors import StationError

MOST_WAITING = 16

Action = Callable[[], Any]


class Inbox:
    """Actions that wait for the main thread, at most a few; none waits for the end of a run."""

    def __init__(self) -> None:
        self._waiting: deque[tuple[Action, Future[Any]]] = deque()
        self._changed = threading.Condition()
        self._closed: str | None = None

    def ask(self, action: Action) -> Any:
        """Have the main thread carry out an action; return its result, or raise its error."""
        future: Future[Any] = Future()
        with self._changed:
            if self._closed is not None:
                raise StationError(self._closed)
            if len(self._waiting) >= MOST_WAITING:
                raise StationError("The station is busy: wait for what was asked of it before.")
            self._waiting.append((action, future))
            self._changed.notify_all()
        return future.result()

    def take(self) -> tuple[Action, "Future[Any]"] | None:
        with self._changed:
            return self._waiting.popleft() if self._waiting else None

    def close(self, reason: str) -> None:
        """Refuse what waits and what comes, as a StationError."""
        with self._changed:
            self._closed = reason
            waiting = list(self._waiting)
            self._waiting.clear()
        for _, future in waiting:
            future.set_exception(StationError(reason))

    def open(self) -> None:
        """Take actions again."""
        with self._changed:
            self._closed = None

    def wake(self) -> None:
        """Have the main thread look around."""
        with self._changed:
            self._changed.notify_all()

    def wait(self, timeout_s: float) -> None:
        """Wait until something may have changed."""
        with self._changed:
            if not self._waiting:
                self._changed.wait(timeout_s)
