"""What a check of a database finds."""

import sqlite3
from _thread import interrupt_main
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from sqlite3 import connect
from threading import Lock, Thread
from typing import cast

import pytest

from dwmtj.storage import Point, RunWriter, Status, Store
from dwmtj.storage.database import Finding
from dwmtj.storage.writing.notes import notes_file
from dwmtj.tests.storage.engines import on_both
from dwmtj.tests.storage.exchange.nasty_run import measure_nasty_run
from dwmtj.tests.storage.test_store import forget_the_process


def change(path: Path, *statements: str) -> None:
    with closing(connect(path)) as raw, raw:
        for statement in statements:
            raw.execute(statement)


def findings(store: Store) -> list[Finding]:
    """Return what is found, but for how the server of the tests is set up."""
    return [each for each in store.check() if not each.text.startswith("The server's")]


@on_both
def test_a_database_of_finished_runs_is_sound(store: Store) -> None:
    measure_nasty_run(store)
    assert findings(store) == []


@on_both
def test_runs_without_an_end_are_named(store: Store, begin: Callable[[], RunWriter]) -> None:
    for _ in range(3):
        begin()
    forget_the_process(store, 2)
    forget_the_process(store, 3, host="basement")
    texts = [finding.text for finding in findings(store)]
    assert [finding.is_problem for finding in findings(store)] == [False] * 3
    assert texts[0].startswith("Run 1 is under way in process")
    assert "gone; it is interrupted" in texts[1]
    assert "on basement, or that computer is gone" in texts[2]


def test_orphans_and_gaps_are_problems(store: Store) -> None:
    measure_nasty_run(store)
    change(
        store.path,
        "DELETE FROM points WHERE point = 3",
        "UPDATE points SET attempt = 9 WHERE point = 4",
        "INSERT INTO points (run_id, point, attempt, phase, cycle, time_s) "
        "VALUES (77, 0, 1, 'write', 0, 0.0)",
        "INSERT INTO warnings (run_id, attempt, time, source, message) "
        "VALUES (78, 1, '2026-01-01 00:00:00.000000', 'x', 'y')",
    )
    findings = store.check()
    assert all(finding.is_problem for finding in findings)
    text = "\n".join(finding.text for finding in findings)
    assert "1 points belong to run 77, which does not exist" in text
    assert "1 warnings belong to run 78" in text
    assert "Run 1 has 3 attempts and points of attempt 9" in text
    assert "numbered from 0 to 53" in text


def test_a_damaged_file_is_a_problem(store: Store, begin: Callable[[], RunWriter]) -> None:
    writer = begin()
    writer.add_all(Point("write", float(number)) for number in range(5000))
    writer.finish(Status.FINISHED)
    change(store.path, "PRAGMA wal_checkpoint(TRUNCATE)")
    content = bytearray(store.path.read_bytes())
    begin_of_leaf = len(content) // 4096 // 2 * 4096
    content[begin_of_leaf + 5 : begin_of_leaf + 7] = b"\xff\xff"  # start of the cells
    copy = store.path.with_name("damaged.sqlite")
    copy.write_bytes(content)
    with Store.open(copy, read_only=True) as damaged:
        assert any("The file is damaged" in finding.text for finding in damaged.check())


def test_ctrl_c_ends_a_statement_that_reads_for_minutes(store: Store) -> None:
    with store._database.engine.connect() as connection:
        raw = cast("sqlite3.Connection", connection.connection.driver_connection)
        reading = Lock()
        reading.acquire()
        raw.create_function("reading", 0, reading.release)

        def press_ctrl_c() -> None:
            reading.acquire()
            interrupt_main()

        hand = Thread(target=press_ctrl_c)
        hand.start()
        with pytest.raises(KeyboardInterrupt), store._database.interruptible(connection):
            connection.exec_driver_sql(
                "WITH RECURSIVE endless(n) AS "
                "(SELECT reading() UNION ALL SELECT 1 FROM endless) SELECT max(n) FROM endless"
            )
        hand.join()
        assert connection.exec_driver_sql("SELECT 1").scalar_one() == 1


def test_files_beside_a_database_are_named(store: Store) -> None:
    notes_file(store.path).write_text("")
    rescue = store.path.with_name("lab-rescue-3.sqlite")
    rescue.touch()
    with Store.open(store.path, read_only=True) as reader:
        texts = [finding.text for finding in reader.check()]
    assert len(texts) == 2
    assert str(notes_file(store.path)) in texts[0]
    assert f"{rescue} holds a run that lost its file" in texts[1]
