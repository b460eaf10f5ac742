import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from dwmtj.instruments import Bench
from dwmtj.protocols import (
    MinorLoop,
    PointMeasured,
    RunControl,
    RunEnded,
    RunOutcome,
    RunPaused,
    RunResumed,
    run,
)
from dwmtj.protocols.running.run_events import Event
from dwmtj.storage import Status, Store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "lab.sqlite") as opened:
        yield opened


def paused_run(
    bench: Bench, store: Store, when_paused: str
) -> tuple[RunOutcome, list[Event], list[tuple[object, ...]]]:
    """Pause a run after its second point, and call a method of the control from the listener."""
    control, events, calls = RunControl(), list[Event](), list[tuple[object, ...]]()
    rig = bench.meter.inner
    measured = iter(range(100))

    def should_stop() -> bool:  # asked after each point, and while the run is paused
        if not control.paused and next(measured) == 1:
            control.pause()
        return False

    def listen(event: Event) -> None:
        events.append(event)
        if isinstance(event, RunPaused):
            calls.extend(rig.calls)  # type: ignore[attr-defined]
            getattr(control, when_paused)()

    procedure = MinorLoop(step_T=0.035)
    outcome = run(
        procedure, bench, store, control=control, should_stop=should_stop, listeners=[listen]
    )
    return outcome, events, calls


def test_a_paused_run_waits_after_a_point_with_its_outputs_as_they_are(
    bench: Bench, store: Store
) -> None:
    outcome, events, calls = paused_run(bench, store, "resume")
    assert (outcome.status, outcome.points) == (Status.FINISHED, 9)
    (paused,) = (event for event in events if isinstance(event, RunPaused))
    at = events.index(paused)
    assert isinstance(events[at - 1], PointMeasured)
    resumed = events[at + 1]
    assert isinstance(resumed, RunResumed)
    assert resumed.done == paused.done == 3
    assert 0 < resumed.paused_s < 60
    assert ("safe",) not in calls
    assert calls.count(("read",)) == 3
    (warning,) = store.run(1).warnings
    assert warning.message.startswith("Paused for ")
    assert warning.message.endswith("s after point 2")


def test_a_paused_run_can_be_stopped(bench: Bench, store: Store) -> None:
    outcome, events, _ = paused_run(bench, store, "stop")
    assert (outcome.status, outcome.points) == (Status.ABORTED, 3)
    assert isinstance(events[-2], RunResumed)
    assert events[-1] == RunEnded(1, Status.ABORTED, None)


def test_a_run_is_stopped_from_another_thread(bench: Bench, store: Store) -> None:
    control = RunControl()
    control.toggle_pause()
    outcomes: list[RunOutcome] = []
    thread = threading.Thread(
        target=lambda: outcomes.append(run(MinorLoop(), bench, store, control=control))
    )
    thread.start()
    control.stop()
    thread.join(60)
    assert (outcomes[0].status, outcomes[0].points) == (Status.ABORTED, 1)
