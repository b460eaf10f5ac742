"""What a run tells its listeners, and how it tells them without ever waiting for one."""

import logging
import threading
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from time import monotonic

from ..storage import Point, Status

log = logging.getLogger(__name__)

PERIOD_S = 0.02  # how often a listener is woken; waking it for every point would slow the run
QUEUE_LENGTH = 10_000  # events kept for a listener that lags behind; then the oldest are dropped
FAREWELL_S = 1.0  # how long all listeners together may take, once the bench is safe, to catch up


@dataclass(frozen=True, slots=True)
class RunStarted:
    """A run is on: `done` of the `expected` points are there already if it was resumed."""

    run_id: int
    protocol: str
    device: str
    done: int
    expected: int


@dataclass(frozen=True, slots=True)
class PointMeasured:
    """A point is committed as number `index` of the run; `remaining_s` is in the user's time."""

    run_id: int
    index: int
    point: Point
    done: int
    expected: int
    remaining_s: float


@dataclass(frozen=True, slots=True)
class RunEnded:
    """The bench is safe, or `message` says what is not, and the status is in the store."""

    run_id: int
    status: Status
    message: str | None


Event = RunStarted | PointMeasured | RunEnded
Listener = Callable[[Event], None]


class Announcer:
    """Hands every event to every listener, each in a thread of its own."""

    def __init__(self, listeners: Iterable[Listener]) -> None:
        self._subscriptions = [_Subscription(listener) for listener in listeners]

    def publish(self, event: Event) -> None:
        """Queue the event for every listener and return at once."""
        for subscription in self._subscriptions:
            subscription.put(event)

    def close(self) -> tuple[str, ...]:
        """Let listeners catch up for FAREWELL_S; return what each one missed or did wrong."""
        for subscription in self._subscriptions:
            subscription.no_more.set()
        deadline_s = monotonic() + FAREWELL_S
        for subscription in self._subscriptions:
            subscription.thread.join(max(0.0, deadline_s - monotonic()))
        problems = tuple(filter(None, (each.problem() for each in self._subscriptions)))
        for problem in problems:
            log.warning("%s", problem)
        return problems


class _Subscription:
    def __init__(self, listener: Listener) -> None:
        self._listener = listener
        self._events: deque[Event] = deque(maxlen=QUEUE_LENGTH)
        self._dropped = 0
        self._failures = 0
        self._first_failure = ""
        self.no_more = threading.Event()
        self.thread = threading.Thread(
            target=self._deliver, name=f"listener {self._name}", daemon=True
        )
        self.thread.start()

    def put(self, event: Event) -> None:
        self._dropped += len(self._events) == QUEUE_LENGTH
        self._events.append(event)

    def problem(self) -> str:
        faults = []
        if self._failures:
            faults.append(f"failed at {self._failures} events, first with {self._first_failure}")
        if self._dropped:
            faults.append(f"was too slow for {self._dropped} events")
        if self.thread.is_alive():
            faults.append("did not return in time")
        return f"The listener {self._name} " + ", and ".join(faults) + "." if faults else ""

    @property
    def _name(self) -> str:
        return str(getattr(self._listener, "__qualname__", type(self._listener).__qualname__))

    def _deliver(self) -> None:
        while not self.no_more.wait(PERIOD_S):
            self._catch_up()
        self._catch_up()

    def _catch_up(self) -> None:
        while self._events:
            try:
                self._listener(self._events.popleft())
            except Exception as error:
                self._failures += 1
                if self._failures == 1:
                    self._first_failure = repr(error)
                    log.exception("A listener failed; the run goes on")
