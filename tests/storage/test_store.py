import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from dwmtj.storage import Place, Point, RunWriter, Status, Store, StoreError
from dwmtj.storage.runs import attempts
from dwmtj.storage.schema import Run
from dwmtj.tests.storage.engines import on_both

Begin = Callable[[], RunWriter]
NewPlace = Callable[[str], Place]


def forget_the_process(store: Store, run_id: int, **owner: object) -> None:
    """Make it look as if another process had begun the run, one that is no more."""
    with store._database.engine.begin() as connection:
        values = owner or {"boot_id": "another"}
        connection.execute(update(Run).where(Run.id == run_id).values(values))


def stored_status(store: Store, run_id: int) -> str:
    with store._database.engine.connect() as connection:
        question = f"SELECT status FROM runs WHERE id = {run_id}"
        return str(connection.exec_driver_sql(question).scalar_one())


@on_both
def test_a_run_is_remembered_with_everything_about_it(store: Store, begin: Begin) -> None:
    before = datetime.now(UTC)
    writer = begin()
    writer.add(Point("write", 0.1))
    writer.finish(Status.FINISHED)
    record = store.run(writer.run_id)
    run, (attempt,) = record.summary, record.attempts
    assert (run.protocol, run.device, run.status) == ("staircase-write", "trapezoid-1", "finished")
    assert (run.points, run.points_expected, run.operator, run.notes) == (
        1,
        10,
        "Ada",
        "first light",
    )
    assert record.parameters == {"amplitude_stop_V": 4.0, "cycles": 2}
    assert attempt.bench == {"identities": {"magnet": "KEPCO"}}
    assert (attempt.seed, attempt.attempt, attempt.message) == (7, 1, None)
    assert attempt.code_version
    assert run.finished is not None
    assert before <= run.started <= run.finished <= datetime.now(UTC)
    assert run.started.utcoffset() == timedelta(0)


@on_both
def test_a_run_is_there_while_it_runs(store: Store, begin: Begin) -> None:
    writer = begin()
    writer.add(Point("write", 0.1))
    (run,) = store.runs()
    assert (run.status, run.points, run.finished) == (Status.RUNNING, 1, None)


@on_both
def test_runs_are_filtered_by_protocol_device_and_status(store: Store) -> None:
    for protocol, device, status in (
        ("reset", "a", Status.FINISHED),
        ("reset", "b", Status.FAILED),
        ("saturate", "a", Status.FAILED),
    ):
        store.begin_run(protocol, device, parameters={}, bench={}).finish(status)
    assert [run.id for run in store.runs()] == [1, 2, 3]
    assert [run.id for run in store.runs(protocol="reset")] == [1, 2]
    assert [run.id for run in store.runs(device="a")] == [1, 3]
    assert [run.id for run in store.runs(status=Status.FAILED)] == [2, 3]
    assert [run.id for run in store.runs("reset", "a", Status.FAILED)] == []


@on_both
def test_a_run_that_does_not_exist_is_named(store: Store) -> None:
    for ask in (store.run, store.points, store.declare_interrupted):
        with pytest.raises(StoreError, match="There is no run 12: `dwmtj runs list` shows"):
            ask(12)
    with pytest.raises(StoreError, match="There is no run 12"):
        store.resume_run(12, bench={})


@on_both
def test_a_device_is_described_as_by_the_latest_bench_that_does(store: Store) -> None:
    for described in ({"geometry": "a bar"}, {"geometry": "trapezoid", "notes": "cut"}, {}):
        store.begin_run("reset", "a", parameters={}, bench={"device": described})
    with store._database.engine.connect() as connection:
        devices = connection.exec_driver_sql("SELECT name, geometry, notes FROM devices").all()
    assert devices == [("a", "trapezoid", "cut")]


@on_both
def test_parameters_that_json_cannot_hold_are_refused_and_leave_no_run(store: Store) -> None:
    with pytest.raises(StoreError, match=r"A value cannot be stored .*: give plain numbers"):
        store.begin_run("reset", "a", parameters={"callback": print}, bench={})
    assert store.runs() == []


@on_both
def test_a_run_without_its_process_is_interrupted(store: Store, begin: Begin) -> None:
    run_id = begin().run_id
    forget_the_process(store, run_id)
    (run,) = store.runs(status=Status.INTERRUPTED)
    assert run.message is not None
    assert "ended unexpectedly" in run.message
    assert run.finished is None
    assert stored_status(store, run_id) == "interrupted"


@on_both
def test_a_reader_that_may_not_write_reports_an_interrupted_run_all_the_same(
    store: Store, begin: Begin
) -> None:
    run_id = begin().run_id
    forget_the_process(store, run_id)
    with Store.open(store.place, read_only=True) as reader:
        assert reader.runs()[0].status is Status.INTERRUPTED
        assert reader.run(run_id).attempts[-1].status is Status.INTERRUPTED
    assert stored_status(store, run_id) == "running"


@on_both
@pytest.mark.parametrize("ask", ["runs", "run"])
def test_a_run_whose_end_is_stored_while_it_is_looked_for_is_not_called_interrupted(
    store: Store, begin: Begin, ask: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer = begin()

    def lost_among(_session: object, run_ids: Iterable[int]) -> list[int]:
        writer.finish(Status.FINISHED)  # and its process is gone at once
        forget_the_process(store, writer.run_id)
        return list(run_ids)

    monkeypatch.setattr(attempts, "lost_among", lost_among)
    found = store.runs()[0] if ask == "runs" else store.run(writer.run_id).summary
    assert found.status is Status.FINISHED
    assert stored_status(store, writer.run_id) == "finished"


@on_both
def test_an_interrupted_run_is_reported_while_another_program_holds_the_lock(
    store: Store, begin: Begin
) -> None:
    run_id = begin().run_id
    forget_the_process(store, run_id)
    with (
        Store.open(store.place, lock_timeout_s=0) as impatient,
        store._database.engine.connect() as other,
    ):
        store._database.lock(other)
        assert impatient.runs()[0].status is Status.INTERRUPTED


@on_both
def test_a_run_on_another_host_is_running_until_it_is_declared_interrupted(
    store: Store, begin: Begin
) -> None:
    run_id = begin().run_id
    forget_the_process(store, run_id, host="basement")
    assert store.runs()[0].status is Status.RUNNING
    with pytest.raises(StoreError, match=r"on basement: wait .* Store\.declare_interrupted\(1\)"):
        store.resume_run(run_id, bench={})
    store.declare_interrupted(run_id)
    assert store.runs()[0].status is Status.INTERRUPTED
    assert store.resume_run(run_id, bench={}).attempt == 2


@on_both
def test_a_run_whose_process_lives_here_cannot_be_declared_interrupted(
    store: Store, begin: Begin
) -> None:
    with pytest.raises(StoreError, match=r"is under way in process .*: stop that process first"):
        store.declare_interrupted(begin().run_id)


@on_both
def test_a_running_run_and_a_finished_one_cannot_be_resumed(store: Store, begin: Begin) -> None:
    writer = begin()
    with pytest.raises(StoreError, match="Run 1 is under way in process"):
        store.resume_run(writer.run_id, bench={})
    writer.finish(Status.FINISHED)
    with pytest.raises(StoreError, match="Run 1 is finished: begin a new one"):
        store.resume_run(writer.run_id, bench={})
    assert len(store.run(1).attempts) == 1


def cycle_points(cycle: int, count: int = 3) -> list[Point]:
    return [Point("write", float(step), cycle=cycle) for step in range(count)]


def write(writer: RunWriter, *cycles: list[Point]) -> None:
    for cycle in cycles:
        for point in cycle:
            writer.add(point)


@on_both
def test_a_resumed_run_repeats_the_interrupted_cycle(store: Store, begin: Begin) -> None:
    first = begin()
    write(first, cycle_points(0), cycle_points(1, 2))
    first.finish(Status.ABORTED)
    second = store.resume_run(first.run_id, bench={"identities": {}}, operator="Eve", notes="on")
    assert (second.first_cycle, second.points, second.attempt) == (1, 3, 2)
    write(second, cycle_points(1), cycle_points(2))
    second.finish(Status.FINISHED)

    points = store.points(first.run_id)
    assert list(points["cycle"]) == [0, 0, 0, 1, 1, 1, 2, 2, 2]
    assert list(points["attempt"]) == [1, 1, 1, 2, 2, 2, 2, 2, 2]
    assert list(points.index) == [0, 1, 2, 5, 6, 7, 8, 9, 10]
    assert len(store.points(first.run_id, all_attempts=True)) == 11
    record = store.run(first.run_id)
    assert record.summary.points == store.runs()[0].points == second.points == 9
    assert record.summary.notes == "first light\non"
    assert [attempt.status for attempt in record.attempts] == ["aborted", "finished"]
    assert [attempt.operator for attempt in record.attempts] == ["Ada", "Eve"]
    assert record.attempts[0].bench == {"identities": {"magnet": "KEPCO"}}
    assert record.attempts[0].started == record.summary.started < record.attempts[1].started


@on_both
def test_a_run_can_be_resumed_again_and_again(store: Store, begin: Begin) -> None:
    writer = begin()
    write(writer, cycle_points(0), cycle_points(1, 2))
    for interrupted in (1, 0, 2):
        writer.finish(Status.FAILED, "the magnet does not answer")
        writer = store.resume_run(writer.run_id, bench={})
        assert (writer.first_cycle, writer.points) == (1, 3)
        write(writer, cycle_points(1, interrupted))
    writer.finish(Status.FAILED, "the magnet does not answer")
    writer = store.resume_run(writer.run_id, bench={})
    write(writer, cycle_points(1), cycle_points(2))
    writer.finish(Status.FINISHED)
    points = store.points(writer.run_id)
    assert list(points["time_s"]) == [0.0, 1.0, 2.0] * 3
    assert list(points["attempt"]) == [1] * 3 + [5] * 6
    assert {attempt.message for attempt in store.run(1).attempts[:-1]} == {
        "the magnet does not answer"
    }


@on_both
def test_a_run_without_points_is_resumed_from_its_start(store: Store, begin: Begin) -> None:
    begin().finish(Status.FAILED, "no answer")
    writer = store.resume_run(1, bench={})
    assert (writer.first_cycle, writer.points, writer.add(Point("write", 0.0))) == (0, 0, 0)
    assert store.runs()[0].message is None


@on_both
def test_an_attempt_that_was_taken_over_cannot_end_the_run(store: Store, begin: Begin) -> None:
    first = begin()
    first.add(Point("write", 0.0))
    forget_the_process(store, first.run_id)
    second = store.resume_run(first.run_id, bench={})
    with pytest.raises(StoreError, match="was resumed by another process while attempt 1"):
        first.finish(Status.FINISHED)
    assert store.runs()[0].status is Status.RUNNING
    second.finish(Status.ABORTED)


@on_both
def test_of_many_that_resume_a_run_at_once_one_succeeds(store: Store, begin: Begin) -> None:
    begin().finish(Status.ABORTED)
    together = threading.Barrier(8)

    def resume(_: int) -> str:
        together.wait()
        try:
            return f"attempt {store.resume_run(1, bench={}).attempt}"
        except StoreError as refusal:
            return str(refusal)[:18]

    for attempt in range(2, 8):
        with ThreadPoolExecutor(8) as pool:
            answers = sorted(pool.map(resume, range(8)))
        assert answers == ["Run 1 is under way"] * 7 + [f"attempt {attempt}"]
        forget_the_process(store, 1)


@on_both
def test_many_may_begin_runs_on_a_new_device_at_once(store: Store) -> None:
    together = threading.Barrier(8)

    def begin_run(_: int) -> int:
        together.wait()
        return store.begin_run("reset", "a new one", parameters={}, bench={}).run_id

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(begin_run, range(8))) == [1, 2, 3, 4, 5, 6, 7, 8]


@on_both
def test_two_databases_keep_their_runs_apart(new_place: NewPlace) -> None:
    with Store.open(new_place("a")) as one, Store.open(new_place("b")) as other:
        one.begin_run("reset", "a", parameters={}, bench={})
        assert len(one.runs()) == 1
        assert other.runs() == []
