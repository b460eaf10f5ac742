import signal
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from dwmtj.instruments import BenchError, LimitError, StopConditions
from dwmtj.protocols import ProtocolError
from dwmtj.protocols.running.run_events import Event, PointMeasured, RunEnded, RunStarted
from dwmtj.protocols.running.runner import run
from dwmtj.storage import Point, Status, Store, StoreError
from dwmtj.storage.writing import writer as writer_module
from dwmtj.storage.writing.notes import notes_file


@dataclass
class NotingBench:
    """Notes what happens to it, and in which order."""

    device_name: str = "straight-1"
    identity: str = "KEPCO"
    notes: list[str] = field(default_factory=list)
    while_made_safe: Callable[[], None] = lambda: None
    run: tuple[Path, int, int] | None = None

    @property
    def stop_conditions(self) -> StopConditions:
        return StopConditions()

    extra_quantities = ()

    def check_conditions(self, conditions: Mapping[str, float]) -> None: ...

    def set_conditions(self, conditions: Mapping[str, float]) -> None: ...

    def run_begins(self, notes_file: Path, run_id: int, attempt: int) -> None:
        self.run = (notes_file, run_id, attempt)

    def run_ends(self) -> None:
        self.run = None

    def snapshot(self) -> Mapping[str, Any]:
        return {"identities": {"magnet": self.identity}}

    def make_safe(self) -> None:
        self.notes.append("safe")
        self.while_made_safe()


@dataclass
class Counting:
    """Counts in `cycles` cycles of `points_per_cycle` points; may be disturbed at a point."""

    cycles: int = 3
    points_per_cycle: int = 4
    name: str = "counting"
    limit: int = 1000
    disturb: Callable[[int], None] = lambda serial: None

    def check(self, bench: NotingBench) -> None:
        if self.expected_points() > self.limit:
            raise LimitError("That is beyond what the bench allows.")

    def expected_points(self, first_cycle: int = 0) -> int:
        return (self.cycles - first_cycle) * self.points_per_cycle

    def parameter_values(self) -> Mapping[str, Any]:
        return {"cycles": self.cycles, "span": (0, self.points_per_cycle)}

    def steps(self, bench: NotingBench, first_cycle: int = 0) -> Iterator[Point]:
        bench.notes.append(f"from {first_cycle}")
        try:
            for serial in range(first_cycle * self.points_per_cycle, self.expected_points()):
                self.disturb(serial)
                yield Point("count", float(serial), cycle=serial // self.points_per_cycle)
        finally:
            bench.notes.append("closed")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "lab.sqlite") as opened:
        yield opened


@pytest.fixture(autouse=True)
def signals_as_in_a_terminal() -> Iterator[None]:
    """A shell's background job ignores some of them."""
    numbers = (signal.SIGINT, signal.SIGTERM)
    previous = [signal.signal(number, signal.SIG_DFL) for number in numbers]
    yield
    for number, before in zip(numbers, previous, strict=True):
        signal.signal(number, before)


@pytest.fixture
def bench() -> NotingBench:
    return NotingBench()


def raising(error: BaseException, at: int = 5) -> Callable[[int], None]:
    def disturb(serial: int) -> None:
        if serial == at:
            raise error

    return disturb


def status_of(store: Store) -> tuple[Status, str | None]:
    (summary,) = store.runs()
    return summary.status, summary.message


def test_a_run_that_comes_to_its_end_is_finished(store: Store, bench: NotingBench) -> None:
    outcome = run(Counting(), bench, store, operator="Ada", notes="dry", seed=3)
    assert (outcome.status, outcome.points, outcome.listener_errors) == ("finished", 12, ())
    assert bench.notes == ["from 0", "closed", "safe"]
    record = store.run(outcome.run_id)
    assert record.summary.status is Status.FINISHED
    assert (record.summary.protocol, record.summary.device) == ("counting", "straight-1")
    assert (record.summary.points, record.summary.points_expected) == (12, 12)
    assert (record.summary.operator, record.summary.notes) == ("Ada", "dry")
    assert record.parameters == {"cycles": 3, "span": [0, 4]}
    assert record.attempts[0].bench == {"identities": {"magnet": "KEPCO"}}
    assert record.attempts[0].seed == 3
    assert list(store.points(outcome.run_id)["time_s"]) == [float(serial) for serial in range(12)]


def test_every_point_is_committed_before_the_next_is_measured(
    store: Store, bench: NotingBench
) -> None:
    committed: list[int] = []
    run(Counting(disturb=lambda _: committed.append(store.runs()[0].points)), bench, store)
    assert committed == list(range(12))


def test_a_protocol_beyond_the_limits_touches_nothing(store: Store, bench: NotingBench) -> None:
    with pytest.raises(LimitError):
        run(Counting(limit=1), bench, store)
    assert bench.notes == []
    assert store.runs() == []


def test_a_run_that_is_told_to_stop_is_aborted(store: Store, bench: NotingBench) -> None:
    answers = iter([False, False, True])
    outcome = run(Counting(), bench, store, should_stop=lambda: next(answers))
    assert (outcome.status, outcome.points) == (Status.ABORTED, 3)
    assert bench.notes == ["from 0", "closed", "safe"]
    assert status_of(store) == (Status.ABORTED, None)


def test_a_run_that_is_told_to_stop_at_its_last_point_is_not_finished(
    store: Store, bench: NotingBench
) -> None:
    outcome = run(Counting(1, 1), bench, store, should_stop=lambda: True)
    assert (outcome.status, outcome.points) == (Status.ABORTED, 1)


def test_an_error_makes_the_run_failed_and_is_raised_as_it_is(
    store: Store, bench: NotingBench
) -> None:
    error = BenchError("The magnet does not answer: is it on?")
    with pytest.raises(BenchError) as raised:
        run(Counting(disturb=raising(error)), bench, store)
    assert raised.value is error
    assert bench.notes == ["from 0", "closed", "safe"]
    assert status_of(store) == (Status.FAILED, "The magnet does not answer: is it on?")
    assert len(store.points(1)) == 5


@pytest.mark.parametrize("error", [KeyboardInterrupt(), SystemExit(1)])
def test_an_interrupt_makes_the_run_aborted_and_is_raised_again(
    store: Store, bench: NotingBench, error: BaseException
) -> None:
    with pytest.raises(type(error)):
        run(Counting(disturb=raising(error)), bench, store)
    assert bench.notes == ["from 0", "closed", "safe"]
    assert status_of(store) == (Status.ABORTED, None)


@pytest.mark.parametrize(
    ("name", "expected"), [("SIGINT", KeyboardInterrupt), ("SIGTERM", SystemExit)]
)
def test_a_signal_aborts_in_order_and_a_second_one_waits_until_the_bench_is_safe(
    store: Store, bench: NotingBench, name: str, expected: type[BaseException]
) -> None:
    number = getattr(signal, name)
    before = signal.getsignal(number)

    def once_more() -> None:
        signal.raise_signal(number)
        bench.notes.append("went on")

    bench.while_made_safe = once_more

    def disturb(serial: int) -> None:
        if serial == 5:
            signal.raise_signal(number)

    with pytest.raises(expected):
        run(Counting(disturb=disturb), bench, store)
    assert bench.notes == ["from 0", "closed", "safe", "went on"]
    assert status_of(store) == (Status.ABORTED, None)
    assert signal.getsignal(number) is before


def test_a_signal_right_after_the_run_was_begun_ends_it_in_order(
    store: Store, bench: NotingBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin_run = store.begin_run

    def begun_and_interrupted(*given: Any, **named: Any) -> Any:
        writer = begin_run(*given, **named)
        signal.raise_signal(signal.SIGINT)
        return writer

    monkeypatch.setattr(store, "begin_run", begun_and_interrupted)
    told: list[Event] = []
    with pytest.raises(KeyboardInterrupt):
        run(Counting(), bench, store, listeners=[told.append])
    assert bench.notes == ["safe"]
    assert status_of(store) == (Status.ABORTED, None)
    assert [type(event) for event in told] == [RunStarted, RunEnded]


def test_a_second_signal_does_not_break_off_what_the_protocol_does_at_its_end(
    store: Store, bench: NotingBench
) -> None:
    class Tidying(Counting):
        def steps(self, bench: NotingBench, first_cycle: int = 0) -> Iterator[Point]:
            try:
                yield from super().steps(bench, first_cycle)
            finally:
                signal.raise_signal(signal.SIGINT)
                bench.notes.append("tidied")

    def disturb(serial: int) -> None:
        if serial == 5:
            signal.raise_signal(signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        run(Tidying(disturb=disturb), bench, store)
    assert bench.notes == ["from 0", "closed", "tidied", "safe"]


def test_a_signal_that_comes_while_a_finished_run_is_made_safe_is_raised_after_it(
    store: Store, bench: NotingBench
) -> None:
    bench.while_made_safe = lambda: signal.raise_signal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt):
        run(Counting(), bench, store)
    assert status_of(store) == (Status.FINISHED, None)


def test_a_protocol_that_swallows_ctrl_c_is_stopped_at_its_next_point(
    store: Store, bench: NotingBench
) -> None:
    def disturb(serial: int) -> None:
        if serial == 5:
            try:
                signal.raise_signal(signal.SIGINT)
            except KeyboardInterrupt:
                bench.notes.append("swallowed")

    with pytest.raises(KeyboardInterrupt):
        run(Counting(disturb=disturb), bench, store)
    assert bench.notes == ["from 0", "swallowed", "closed", "safe"]
    assert store.runs()[0].points == 6
    assert status_of(store) == (Status.ABORTED, None)


def test_a_run_in_another_thread_leaves_signals_alone(store: Store, bench: NotingBench) -> None:
    before = signal.getsignal(signal.SIGTERM)
    seen: list[object] = []
    procedure = Counting(disturb=lambda _: seen.append(signal.getsignal(signal.SIGTERM)))
    thread = threading.Thread(target=run, args=(procedure, bench, store))
    thread.start()
    thread.join()
    assert set(seen) == {before}
    assert status_of(store) == (Status.FINISHED, None)


def unsafe() -> None:
    raise BenchError("The source is still on; switch it off by sequence.")


def test_a_bench_that_cannot_be_made_safe_makes_a_complete_run_failed(
    store: Store, bench: NotingBench
) -> None:
    bench.while_made_safe = unsafe
    with pytest.raises(BenchError, match="still on"):
        run(Counting(), bench, store)
    assert status_of(store) == (Status.FAILED, "The source is still on; switch it off by sequence.")
    assert store.runs()[0].points == 12


@pytest.mark.parametrize("kind", [BenchError, KeyboardInterrupt])
def test_what_went_wrong_first_is_raised_with_a_note_that_the_bench_is_not_safe(
    store: Store, bench: NotingBench, kind: type[BaseException]
) -> None:
    error = kind("No answer.") if kind is BenchError else kind()
    bench.while_made_safe = unsafe
    with pytest.raises(kind) as raised:
        run(Counting(disturb=raising(error)), bench, store)
    assert raised.value.__notes__ == ["The source is still on; switch it off by sequence."]
    status, message = status_of(store)
    assert status is Status.FAILED
    assert message == f"{error} The source is still on; switch it off by sequence.".strip()


def test_what_goes_wrong_twice_is_told_once(store: Store, bench: NotingBench) -> None:
    bench.while_made_safe = unsafe
    error = BenchError("The source is still on; switch it off by sequence.")
    with pytest.raises(BenchError) as raised:
        run(Counting(disturb=raising(error)), bench, store)
    assert not hasattr(raised.value, "__notes__")


def test_a_run_is_not_resumed_on_another_bench(store: Store, bench: NotingBench) -> None:
    run(Counting(), bench, store, should_stop=lambda: True)
    bench.identity = "BRUKER"
    with pytest.raises(ProtocolError, match=r"started with identities\.magnet = KEPCO, not BRUKER"):
        run(Counting(), bench, store, resume=1)
    assert status_of(store) == (Status.ABORTED, None)


def test_the_bench_is_made_safe_when_the_database_fails(store: Store, bench: NotingBench) -> None:
    def disturb(serial: int) -> None:
        if serial == 5:
            with store._database.engine.begin() as connection:
                connection.exec_driver_sql("ALTER TABLE points RENAME TO lost")

    with pytest.raises(StoreError, match=r"no such table: .*points"):
        run(Counting(disturb=disturb), bench, store)
    assert bench.notes == ["from 0", "closed", "safe"]


def test_the_bench_is_made_safe_and_the_end_noted_if_the_status_cannot_be_stored(
    store: Store, bench: NotingBench, caplog: pytest.LogCaptureFixture
) -> None:
    def disturb(serial: int) -> None:
        if serial == 11:
            with store._database.engine.begin() as connection:
                connection.exec_driver_sql("ALTER TABLE runs RENAME TO lost")

    assert run(Counting(disturb=disturb), bench, store).status is Status.FINISHED
    assert bench.notes == ["from 0", "closed", "safe"]
    assert "(finished) is kept in" in caplog.text
    with store._database.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE lost RENAME TO runs")
    assert status_of(store) == (Status.FINISHED, None)


def test_an_end_that_can_be_stored_nowhere_is_published_as_the_store_will_report_it(
    store: Store, bench: NotingBench
) -> None:
    store.path.with_name(store.path.name + "-notes").symlink_to("nowhere")
    heard: list[Event] = []

    def disturb(serial: int) -> None:
        if serial == 11:
            with store._database.engine.begin() as connection:
                connection.exec_driver_sql("ALTER TABLE runs RENAME TO lost")

    with pytest.raises(StoreError, match="no such table"):
        run(Counting(disturb=disturb), bench, store, listeners=[heard.append])
    assert heard[-1] == RunEnded(1, Status.INTERRUPTED, None)


def test_the_bench_knows_its_run_and_where_to_note_what_happens_to_it(
    store: Store, bench: NotingBench
) -> None:
    seen: list[object] = []
    notes_file = store.path.with_name("lab.sqlite-notes")
    with pytest.raises(BenchError):
        run(Counting(disturb=raising(BenchError("No."))), bench, store)
    bench.while_made_safe = lambda: seen.append(bench.run)
    run(Counting(), bench, store, resume=1)
    assert seen == [(notes_file, 1, 2)]
    assert bench.run is None


def test_cycles_that_go_back_make_the_run_failed(store: Store, bench: NotingBench) -> None:
    class GoingBack(Counting):
        def steps(self, bench: NotingBench, first_cycle: int = 0) -> Iterator[Point]:
            yield Point("count", 0.0, cycle=1)
            yield Point("count", 1.0, cycle=0)

    with pytest.raises(ProtocolError, match="counting went back from cycle 1 to 0"):
        run(GoingBack(), bench, store)
    assert store.runs()[0].points == 1
    assert bench.notes == ["safe"]


def test_a_resumed_run_goes_on_at_the_cycle_that_was_interrupted(
    store: Store, bench: NotingBench
) -> None:
    events: list[Event] = []
    for at in (6, 5, 10):
        resume = 1 if store.runs() else None
        with pytest.raises(BenchError):
            run(Counting(disturb=raising(BenchError("No."), at)), bench, store, resume=resume)
    outcome = run(Counting(), bench, store, resume=1, listeners=[events.append])
    assert (outcome.run_id, outcome.status, outcome.points) == (1, Status.FINISHED, 12)
    starts = [note for note in bench.notes if note.startswith("from")]
    assert starts == ["from 0", "from 1", "from 1", "from 2"]
    points = store.points(1)
    assert list(points["time_s"]) == [float(serial) for serial in range(12)]
    assert list(points["attempt"]) == [1] * 4 + [3] * 4 + [4] * 4
    assert events[0] == RunStarted(1, "counting", "straight-1", done=8, expected=12)
    assert isinstance(events[1], PointMeasured)
    assert (events[1].index, events[1].done, events[1].expected) == (13, 9, 12)


@pytest.mark.parametrize(
    ("other", "device", "what"),
    [
        (Counting(cycles=5), "straight-1", "cycles = 3, not 5"),
        (Counting(name="reset"), "straight-1", "protocol = counting, not reset"),
        (Counting(), "trapezoid-1", "device = straight-1, not trapezoid-1"),
    ],
)
def test_a_run_is_only_resumed_as_it_was_begun(
    store: Store, bench: NotingBench, other: Counting, device: str, what: str
) -> None:
    run(Counting(), bench, store, should_stop=lambda: True)
    bench.notes.clear()
    bench.device_name = device
    with pytest.raises(ProtocolError, match=f"Run 1 was started with {what}: resume it with the"):
        run(other, bench, store, resume=1)
    assert bench.notes == []
    assert status_of(store) == (Status.ABORTED, None)


def test_a_run_that_never_ended_is_resumed_only_once_its_process_is_gone(
    store: Store, bench: NotingBench
) -> None:
    store.begin_run(
        "counting", "straight-1", parameters=Counting().parameter_values(), bench=bench.snapshot()
    )
    with pytest.raises(StoreError, match="Run 1 is under way"):
        run(Counting(), bench, store, resume=1)
    assert bench.notes == []


def test_listeners_hear_of_the_start_of_every_point_and_of_the_end(
    store: Store, bench: NotingBench
) -> None:
    heard: list[Event] = []
    run(Counting(), bench, store, listeners=[heard.append])
    assert heard[0] == RunStarted(1, "counting", "straight-1", 0, 12)
    assert heard[-1] == RunEnded(1, Status.FINISHED, None)
    points = [event for event in heard if isinstance(event, PointMeasured)]
    assert [event.index for event in points] == [event.done - 1 for event in points]
    assert [event.point.time_s for event in points] == [float(serial) for serial in range(12)]
    assert all(event.remaining_s > 0 for event in points[:-1])
    assert points[-1].remaining_s == 0


def test_the_end_is_told_with_its_message_when_it_is_in_the_store(
    store: Store, bench: NotingBench
) -> None:
    heard: list[tuple[Event, Status]] = []

    def listen(event: Event) -> None:
        if isinstance(event, RunEnded):
            heard.append((event, store.runs()[0].status))

    with pytest.raises(BenchError):
        run(Counting(disturb=raising(BenchError("No."))), bench, store, listeners=[listen])
    assert heard == [(RunEnded(1, Status.FAILED, "No."), Status.FAILED)]


def test_the_bench_is_told_where_notes_on_a_rescued_run_belong(
    store: Store, bench: NotingBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer_module, "PLACE_CHECK_S", 0.0)
    lost, told = store.path, []

    def lose_the_file(serial: int) -> None:
        assert bench.run is not None
        told.append(bench.run[0])
        if serial == 5:
            lost.unlink()

    run(Counting(disturb=lose_the_file), bench, store)
    assert told == [notes_file(lost)] * 6 + [notes_file(store.path)] * 6
    assert store.path != lost
