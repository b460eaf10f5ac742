import logging
import sqlite3
import threading
import warnings
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest

from dwmtj.storage import Point, RunWriter, Status, Store, WarningRecord, store_warnings
from dwmtj.storage.writing.writer import MAXIMUM_WARNINGS
from dwmtj.tests.storage.engines import on_both

Begin = Callable[[], RunWriter]


def said(store: Store, run_id: int = 1) -> list[tuple[int, str, str]]:
    return [(w.attempt, w.source, w.message) for w in store.run(run_id).warnings]


def test_a_warning_is_stored_at_once_with_its_attempt_and_time(store: Store, begin: Begin) -> None:
    writer = begin()
    before = datetime.now(UTC)
    writer.warn("pyvisa", "slow")
    (warning,) = store.run(1).warnings
    assert before <= warning.time <= datetime.now(UTC)
    moment = datetime(2025, 3, 1, 22, 15, tzinfo=UTC)
    writer.warn("pyvisa", "lone \ud800", moment + timedelta(microseconds=1))
    writer.finish(Status.ABORTED)
    store.resume_run(1, bench={}).warn("UserWarning", "again")
    assert said(store) == [
        (1, "pyvisa", "slow"),
        (1, "pyvisa", "lone \\ud800"),
        (2, "UserWarning", "again"),
    ]
    assert store.run(1).warnings[1] == WarningRecord(
        1, moment + timedelta(microseconds=1), "pyvisa", "lone \\ud800"
    )


def test_warnings_of_the_bench_and_its_libraries_are_stored_from_warning_on(
    store: Store, begin: Begin
) -> None:
    with store_warnings(begin()):
        for name in ("dwmtj.instruments.bench", "pymeasure.adapters.visa", "pyvisa", "matplotlib"):
            for level in (logging.DEBUG, logging.INFO, logging.WARNING, logging.ERROR):
                logging.getLogger(name).log(level, "%s at %d", name, level)
        logging.getLogger("dwmtj.protocols.running.runner").error(
            "Not safe", exc_info=OSError("no reply")
        )
    logging.getLogger("pyvisa").warning("after the run")
    assert said(store) == [
        *[
            (1, name, f"{name} at {level}")
            for name in ("dwmtj.instruments.bench", "pymeasure.adapters.visa", "pyvisa")
            for level in (30, 40)
        ],
        (1, "dwmtj.protocols.running.runner", "Not safe: no reply"),
    ]


def test_each_run_stores_the_python_warnings_of_its_own_and_they_are_shown_as_before(
    store: Store, begin: Begin
) -> None:
    with warnings.catch_warnings(record=True) as shown:
        warnings.simplefilter("default")
        for _ in range(2):
            with store_warnings(begin()):
                for _ in range(3):
                    warnings.warn("The field drifts.", RuntimeWarning, stacklevel=1)
    for run_id in (1, 2):
        assert said(store, run_id) == [(1, "RuntimeWarning", "The field drifts.")]
    assert [str(warning.message) for warning in shown] == ["The field drifts."] * 2


def test_a_record_is_still_printed_where_nobody_configured_logging(
    store: Store, begin: Begin, monkeypatch: pytest.MonkeyPatch
) -> None:
    printed: list[str] = []
    last = logging.Handler(logging.WARNING)
    monkeypatch.setattr(last, "emit", lambda record: printed.append(record.getMessage()))
    monkeypatch.setattr(logging, "lastResort", last)
    for name in ("", "dwmtj"):  # pytest's, and those of commands in the same process
        monkeypatch.setattr(logging.getLogger(name), "handlers", [])
    logger = logging.getLogger("dwmtj.instruments.bench")
    with store_warnings(begin()):
        logger.warning("in a run")
    logger.warning("after it")
    assert printed == ["in a run", "after it"]
    assert said(store) == [(1, "dwmtj.instruments.bench", "in a run")]


def test_a_warning_in_the_middle_of_a_point_loses_neither(store: Store, begin: Begin) -> None:
    """As when the garbage collector closes an instrument while a point is being committed."""
    writer = begin()

    def warn(statement: str) -> None:
        writer.warn("pymeasure", "closed late")
        assert said(store) == []

    writer._connection.raw.set_trace_callback(warn)  # type: ignore[attr-defined]
    assert writer.add(Point("write", 0.1)) == 0
    assert said(store) == [(1, "pymeasure", "closed late")]
    assert store.runs()[0].points == 1


@on_both
def test_warnings_of_many_threads_hold_up_no_point_and_are_all_stored(
    store: Store, begin: Begin
) -> None:
    writer = begin()

    def warn_often() -> None:
        for _ in range(50):
            writer.warn("pyvisa", "busy")

    threads = [threading.Thread(target=warn_often) for _ in range(4)]
    for thread in threads:
        thread.start()
    for number in range(200):
        assert writer.add(Point("write", float(number))) == number
    for thread in threads:
        thread.join()
    writer.finish(Status.FINISHED)
    assert said(store) == [(1, "pyvisa", "busy")] * 200
    assert store.runs()[0].points == 200


def test_a_warning_that_cannot_be_stored_yet_raises_nothing_and_is_stored_later(
    store: Store, begin: Begin
) -> None:
    begin().finish(Status.ABORTED)
    with Store.open(store.path, lock_timeout_s=0) as impatient:
        writer = impatient.resume_run(1, bench={})
        with closing(sqlite3.connect(store.path)) as other:
            other.execute("BEGIN IMMEDIATE")
            writer.warn("pyvisa", "slow")
        assert said(store) == []
        writer.finish(Status.FINISHED)
    assert said(store) == [(2, "pyvisa", "slow")]


def test_only_the_first_warnings_of_an_attempt_are_stored(store: Store, begin: Begin) -> None:
    writer = begin()
    for number in range(MAXIMUM_WARNINGS + 20):
        writer.warn("pyvisa", str(number))
    messages = [message for _, _, message in said(store)]
    assert messages[:-1] == [str(number) for number in range(MAXIMUM_WARNINGS)]
    assert messages[-1] == f"Warnings after the first {MAXIMUM_WARNINGS} are dropped."


def test_a_run_that_ended_leaves_loggers_and_warnings_as_they_were(begin: Begin) -> None:
    show, handlers = warnings.showwarning, logging.getLogger("dwmtj").handlers[:]
    with pytest.raises(RuntimeError), store_warnings(begin()):
        raise RuntimeError
    assert warnings.showwarning is show
    assert logging.getLogger("dwmtj").handlers == handlers
