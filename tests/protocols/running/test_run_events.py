import threading
from queue import Queue

import pytest

from dwmtj.protocols.running import run_events
from dwmtj.protocols.running.run_events import Event, EventDispatcher, RunEnded
from dwmtj.storage import Status

EVENTS = [RunEnded(number, Status.FINISHED, None) for number in range(20)]


def test_every_listener_hears_every_event_in_order() -> None:
    one: list[Event] = []
    other: list[Event] = []
    dispatcher = EventDispatcher([one.append, other.append])
    for event in EVENTS:
        dispatcher.publish(event)
    assert dispatcher.close() == ()
    assert one == other == EVENTS


def test_a_listener_that_raises_is_recorded_and_disturbs_nobody() -> None:
    heard: list[Event] = []

    def plot(event: Event) -> None:
        raise RuntimeError("no display")

    dispatcher = EventDispatcher([plot, heard.append])
    for event in EVENTS:
        dispatcher.publish(event)
    (problem,) = dispatcher.close()
    assert "plot failed at 20 events, first with RuntimeError('no display')" in problem
    assert heard == EVENTS


def test_a_listener_that_never_returns_loses_the_oldest_events_and_disturbs_nobody(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(run_events, "QUEUE_LENGTH", 5)
    monkeypatch.setattr(run_events, "DRAIN_TIMEOUT_S", 0.05)
    entered, released = threading.Event(), threading.Event()
    heard: Queue[Event] = Queue()
    got: list[Event] = []

    def hang(event: Event) -> None:
        got.append(event)
        entered.set()
        released.wait()

    dispatcher = EventDispatcher([hang, heard.put])
    for event in EVENTS:
        dispatcher.publish(event)
        assert heard.get(timeout=60) == event
        assert entered.wait(timeout=60)
    (problem,) = dispatcher.close()
    assert "was too slow for 14 events, and did not return in time" in problem
    assert got == EVENTS[:1]
    released.set()
    for subscription in dispatcher._subscriptions:
        subscription.thread.join()
    assert got == [EVENTS[0], *EVENTS[-5:]]
