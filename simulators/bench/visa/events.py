"""VISA events: service requests, queued for `wait_on_event` or handed to installed handlers."""

import itertools
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from pyvisa.constants import EventMechanism, EventType

from .session import Session

_REAL_WAIT_S = 0.2
_contexts = itertools.count(1_000_000)


@dataclass(slots=True, eq=False)
class ServiceRequests:
    """The service-request events of one session."""

    session: Session
    mechanism: int = 0
    handlers: list[tuple[Callable[..., Any], Any]] = field(default_factory=list)
    _queue: deque[int] = field(default_factory=deque)
    _arrived: threading.Condition = field(default_factory=threading.Condition)

    def enable(self, mechanism: int) -> None:
        """Enable events; a request that is already pending counts as one."""
        instrument = self.session.port.instrument
        with self.session.port.lock:
            if not self.mechanism:
                instrument.on_service_request.append(self.notify)
            fresh = mechanism & ~self.mechanism
            self.mechanism |= mechanism
            if fresh and instrument.requesting_service:
                self.notify()

    def disable(self, mechanism: int) -> None:
        """Disable events."""
        with self.session.port.lock:
            was, self.mechanism = self.mechanism, self.mechanism & ~mechanism
            if was and not self.mechanism:
                self.session.port.instrument.on_service_request.remove(self.notify)

    def discard(self) -> None:
        """Discard queued events."""
        with self._arrived:
            self._queue.clear()

    def notify(self) -> None:
        """Queue a service request or hand it to the handlers."""
        self.session.port.expect_reply()
        context = next(_contexts)
        if self.mechanism & EventMechanism.queue:
            with self._arrived:
                self._queue.append(context)
                self._arrived.notify_all()
        if self.mechanism & EventMechanism.handler:
            for handler, user_handle in reversed(self.handlers):
                handler(self.session.number, EventType.service_request, context, user_handle)

    def wait(self, timeout_s: float | None, *, real_time: bool) -> int | None:
        """Return the oldest event's context, or None after the time-out.

        Requests of this thread's own messages have occurred already; those of another thread are
        waited for, in fast mode for 0.2 s of real time at most.
        """
        if not real_time:
            timeout_s = _REAL_WAIT_S if timeout_s is None else min(timeout_s, _REAL_WAIT_S)
        with self._arrived:
            self._arrived.wait_for(lambda: bool(self._queue), timeout_s)
            return self._queue.popleft() if self._queue else None
