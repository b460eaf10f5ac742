"""What listeners hear of each point, and how long the rest will take."""

from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from dwmtj.instruments import Bench, StopConditions, load_bench_file
from dwmtj.instruments.tracing import read_trace, trace_to
from dwmtj.protocols import (
    MinorLoop,
    PointMeasured,
    ProtocolError,
    RunControl,
    RunResumed,
    StopConditionError,
    run,
)
from dwmtj.protocols.running import measuring
from dwmtj.protocols.running.run_events import Event
from dwmtj.storage import Point, Status, Store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "lab.sqlite") as opened:
        yield opened


@pytest.fixture(autouse=True)
def a_second_a_point(monkeypatch: pytest.MonkeyPatch) -> None:
    seconds = count()
    monkeypatch.setattr(measuring, "monotonic", lambda: float(next(seconds)))


def measured(events: list[Event]) -> list[PointMeasured]:
    return [event for event in events if isinstance(event, PointMeasured)]


def test_the_rest_of_a_run_takes_as_long_for_each_point_as_those_before(
    bench: Bench, store: Store
) -> None:
    events: list[Event] = []
    outcome = run(MinorLoop(step_T=0.035), bench, store, listeners=[events.append])
    assert outcome.status is Status.FINISHED
    heard = measured(events)
    assert [event.done for event in heard] == list(range(1, 10))
    assert {event.expected for event in heard} == {9}
    assert [event.remaining_s for event in heard] == pytest.approx([9.0 - n for n in range(1, 10)])
    assert [event.index for event in heard] == list(range(9))
    stored = store.points(outcome.run_id)
    assert {event.run_id for event in events if hasattr(event, "run_id")} == {outcome.run_id}
    assert [event.point.field_T for event in heard] == stored["field_T"].tolist()


def test_the_time_of_a_pause_is_not_that_of_points(bench: Bench, store: Store) -> None:
    control, events = RunControl(), list[Event]()
    asked = count()

    def should_stop() -> bool:
        if not control.paused and next(asked) == 3:
            control.pause()
        return False

    def listen(event: Event) -> None:
        events.append(event)
        if type(event).__name__ == "RunPaused":
            control.resume()

    procedure = MinorLoop(step_T=0.035)
    run(procedure, bench, store, control=control, should_stop=should_stop, listeners=[listen])
    (resumed,) = (event for event in events if isinstance(event, RunResumed))
    assert resumed.paused_s > 0
    assert {event.run_id for event in events if hasattr(event, "run_id")} == {1}
    for event in measured(events):
        waited_s = resumed.paused_s if event.done > resumed.done else 0.0
        expected_s = (event.done - waited_s) / event.done * (9 - event.done)
        assert event.remaining_s == pytest.approx(expected_s)


class GoesBack(MinorLoop):
    """Yields a point of an earlier cycle."""

    def steps(self, bench: Bench, first_cycle: int = 0) -> Iterator[Point]:
        for number, point in enumerate(super().steps(bench, first_cycle)):
            yield Point(point.phase, point.time_s, cycle=(0, 1, 1, 3, 2)[number])


def test_cycles_may_repeat_and_skip_but_not_go_back(bench: Bench, store: Store) -> None:
    with pytest.raises(ProtocolError, match="minor-loop went back from cycle 3 to 2"):
        run(GoesBack(step_T=0.035), bench, store)
    assert store.points(1)["cycle"].tolist() == [0, 1, 1, 3]


class MorePoints(MinorLoop):
    """Yields more points than it announces."""

    def expected_points(self, first_cycle: int = 0) -> int:
        return 2


def test_points_beyond_those_announced_are_measured_and_take_no_time(
    bench: Bench, store: Store
) -> None:
    events: list[Event] = []
    outcome = run(MorePoints(step_T=0.035), bench, store, listeners=[events.append])
    assert (outcome.status, outcome.points) == (Status.FINISHED, 9)
    assert [event.remaining_s for event in measured(events)] == [1.0] + 8 * [0.0]


@pytest.mark.parametrize(
    ("stop", "points", "reason"),
    [
        (StopConditions(stop_if="time_s > 0.05"), 3, r"condition time_s > 0\.05 was met: time_s ="),
        (StopConditions(minimum_resistance_ohm=200, confirmed_by=2), 3, "never plausible: 100 Ω"),
        (StopConditions(minimum_resistance_ohm=200, confirmed_by=50), 9, "at 9 readings in a row"),
    ],
)
def test_a_run_that_must_stop_says_why(
    rig: Any, store: Store, stop: StopConditions, points: int, reason: str
) -> None:
    file = load_bench_file("virtual-trapezoid").model_copy(update={"stop": stop})
    bench = Bench(file, rig, rig, rig, rig, switch=rig)
    with pytest.raises(StopConditionError, match=reason):
        run(MinorLoop(step_T=0.035), bench, store)
    (summary,) = store.runs()
    assert (summary.status, summary.points) == (Status.FAILED, points)


def test_the_points_of_a_run_are_steps_of_its_trace(
    bench: Bench, store: Store, tmp_path: Path
) -> None:
    with trace_to(tmp_path / "trace.jsonl"):
        run(MinorLoop(step_T=0.035), bench, store)
    begun = [e.step for e in read_trace(tmp_path / "trace.jsonl") if e.operation == "begin"]
    points = [step for step in begun if step.startswith("run 1/point") and step.count("/") == 1]
    assert points == [f"run 1/point {number}" for number in range(10)]  # the last finds no more
