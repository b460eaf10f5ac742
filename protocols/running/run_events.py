"""Run events and their delivery, which never delays the run."""

import logging
import threading
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from time import monotonic

from ...storage import Point, Status

log = logging.getLogger(__name__)

POLL_INTERVAL_S = 0.02  # waking a listener for every point would slow the run
QUEUE_LENGTH = 10_000  # events queued for a slow listener; then the oldest are dropped
DRAIN_TIMEOUT_S = 1.0  # for all listeners together, once the bench is safe


@dataclass(frozen=True, slots=True)
class RunStarted:
    """A run has started; `done` of the `expected` points are stored already if it was resumed."""

    run_id: int
    protocol: str
    device: str
    done: int
    expected: int


@dataclass(frozen=True, slots=True)
class PointMeasured:
    """A point was committed as number `index` of the run, counting from 0.

    `done` of the `expected` points are stored; `remaining_s` is the estimated wall-clock time left.
    """

    run_id: int
    index: int
    point: Point
    done: int
    expected: int
    remaining_s: float


@dataclass(frozen=True, slots=True)
class RunPaused:
    """The run waits after `done` points; its outputs and its field stay as they are."""

    run_id: int
    done: int


@dataclass(frozen=True, slots=True)
class RunResumed:
    """The pause is over after `paused_s` of wall-clock time; RunEnded follows if it was stopped."""

    run_id: int
    done: int
    paused_s: float


@dataclass(frozen=True, slots=True)
class RunEnded:
    """A run has ended, and its status is stored, or interrupted if that could not be done.

    The bench is safe unless `message` names an instrument that is not; `message` is also the error
    of a run that failed.
    """

    run_id: int
    status: Status
    message: str | None


Event = RunStarted | PointMeasured | RunPaused | RunResumed | RunEnded
Listener = Callable[[Event], None]


class EventDispatcher:
    """Delivers every event to every listener, each in its own thread."""

    def __init__(self, listeners: Iterable[Listener]) -> None:
        self._subscriptions = [_Subscription(listener) for listener in listeners]

    def publish(self, event: Event) -> None:
        """Queue the event for every listener and return at once."""
        for subscription in self._subscriptions:
            subscription.put(event)

    def close(self) -> tuple[str, ...]:
        """Wait up to DRAIN_TIMEOUT_S for the listeners; return a sentence for each that failed."""
        for subscription in self._subscriptions:
            subscription.stopping.set()
        deadline_s = monotonic() + DRAIN_TIMEOUT_S
        for subscription in self._subscriptions:
            subscription.thread.join(max(0.0, deadline_s - monotonic()))
        errors = tuple(filter(None, (each.error_summary() for each in self._subscriptions)))
        for error in errors:
            log.warning("%s", error)
        return errors


class _Subscription:
    def __init__(self, listener: Listener) -> None:
        self._listener = listener
        self._events: deque[Event] = deque(maxlen=QUEUE_LENGTH)
        self._dropped = 0
        self._failures = 0
        self._first_failure = ""
        self.stopping = threading.Event()
        self.thread = threading.Thread(
            target=self._deliver, name=f"listener {self._name}", daemon=True
        )
        self.thread.start()

    def put(self, event: Event) -> None:
        self._dropped += len(self._events) == QUEUE_LENGTH
        self._events.append(event)

    def error_summary(self) -> str:
        errors = []
        if self._failures:
            errors.append(f"failed at {self._failures} events, first with {self._first_failure}")
        if self._dropped:
            errors.append(f"was too slow for {self._dropped} events")
        if self.thread.is_alive():
            errors.append("did not return in time")
        return f"The listener {self._name} " + ", and ".join(errors) + "." if errors else ""

    @property
    def _name(self) -> str:
        return str(getattr(self._listener, "__qualname__", type(self._listener).__qualname__))

    def _deliver(self) -> None:
        while not self.stopping.wait(POLL_INTERVAL_S):
            self._drain()
        self._drain()

    def _drain(self) -> None:
        while self._events:
            try:
                self._listener(self._events.popleft())
            except Exception as error:
                self._failures += 1
                if self._failures == 1:
                    self._first_failure = repr(error)
                    log.exception("A listener failed; the run continues")
