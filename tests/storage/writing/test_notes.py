"""What could not be stored is left in a side file, and is stored when the database is opened."""

import json
import logging
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from dwmtj.storage import Point, RunWriter, Status, Store, StoreError
from dwmtj.storage.writing.notes import Note, append_note, claim_notes, notes_file
from dwmtj.tests.storage.engines import on_both

Begin = Callable[[], RunWriter]
TIME = datetime(2025, 3, 1, 22, 15, tzinfo=UTC)


def kept(store: Store, run_id: int = 1) -> tuple[Status, str | None, list[str]]:
    record = store.run(run_id)
    messages = [warning.message for warning in record.warnings]
    return record.summary.status, record.summary.message, messages


@on_both
def test_an_end_and_a_warning_with_a_nul_from_an_instrument_are_stored(
    store: Store, begin: Begin
) -> None:
    writer = begin()
    writer.warn("pyvisa", "answered '1.0\0'")
    writer.finish(Status.FAILED, "answered '\0\ud800'")
    told = (Status.FAILED, r"answered '\x00\ud800'", [r"answered '1.0\x00'"])
    assert kept(store) == told


def files(store: Store) -> list[str]:
    return sorted(path.name for path in store.path.parent.glob("*notes*"))


def test_the_end_of_a_run_that_a_locked_database_does_not_take_is_stored_when_it_is_opened(
    store: Store, begin: Begin, caplog: pytest.LogCaptureFixture
) -> None:
    begin().finish(Status.ABORTED)
    with Store.open(store.path, lock_timeout_s=0) as impatient:
        writer = impatient.resume_run(1, bench={})
        writer.add(Point("write", 0.1))
        with closing(sqlite3.connect(store.path)) as other:
            other.execute("BEGIN IMMEDIATE")
            writer.finish(Status.FAILED, "The magnet does not answer.")
            assert impatient.runs()[0].status is Status.RUNNING
            assert "(failed) is kept in" in caplog.text
    Store.open(store.path).close()
    status, message, warnings = kept(store)
    assert (status, message) == (Status.FAILED, "The magnet does not answer.")
    assert warnings[-1] == "The magnet does not answer."
    assert files(store) == []
    ended = store.run(1).summary.finished
    assert ended is not None
    assert (datetime.now(UTC) - ended).total_seconds() < 3600


@on_both
def test_a_note_of_another_process_is_a_warning_and_ends_a_run_that_has_no_end(
    store: Store, begin: Begin
) -> None:
    for _ in range(2):
        begin()
    store.resume_run(begin_and_abort(begin), bench={})
    append_note(store.place, Note(1, 1, TIME, "guard", "The bench was made safe.", None))
    append_note(store.place, Note(1, 1, TIME, "guard", "Killed.", Status.INTERRUPTED))
    append_note(store.place, Note(3, 1, TIME, "guard", "Of the first attempt.", Status.FAILED))
    assert kept(store, 1) == (
        Status.INTERRUPTED,
        "Killed.",
        ["The bench was made safe.", "Killed."],
    )
    assert kept(store, 2) == (Status.RUNNING, None, [])
    assert kept(store, 3) == (Status.RUNNING, None, ["Of the first attempt."])
    assert store.run(1).warnings[0].time == TIME


def begin_and_abort(begin: Begin) -> int:
    writer = begin()
    writer.finish(Status.ABORTED)
    return writer.run_id


@on_both
def test_a_note_contradicts_no_end_that_is_stored(store: Store, begin: Begin) -> None:
    begin().finish(Status.FINISHED)
    append_note(store.place, Note(1, 1, TIME, "guard", "Killed.", Status.INTERRUPTED))
    assert kept(store) == (Status.FINISHED, None, ["Killed."])


def test_notes_that_were_claimed_by_a_killed_process_are_stored_once(
    store: Store, begin: Begin
) -> None:
    begin()
    append_note(store.place, Note(1, 1, TIME, "guard", "Killed.", Status.INTERRUPTED))
    (claimed,) = claim_notes(store.path)
    line = claimed.read_bytes()
    for _ in range(2):
        assert kept(store)[2] == ["Killed."]
        claimed.write_bytes(line)  # killed after it was stored
    append_note(store.place, Note(1, 1, TIME, "guard", "Safe."))
    assert kept(store)[2] == ["Killed.", "Safe."]
    assert files(store) == []


def test_lines_that_cannot_be_stored_are_logged_and_hold_nothing_up(
    store: Store, begin: Begin, caplog: pytest.LogCaptureFixture
) -> None:
    begin()
    good = {"run": 1, "attempt": 1, "time": TIME.isoformat(), "source": "guard", "status": None}
    lines: list[object] = [
        {**good, "message": "of another file", "run": 12},
        {**good, "message": "of no number", "run": 10**30},
        {**good, "message": "of no status", "status": "lost"},
        {**good, "message": 5},
        [1, 2],
        {**good, "message": "stored \ud800"},
    ]
    text = "\n".join(map(json.dumps, lines)) + "\n" + "[" * 100_000 + '\n{"run": 1, "att'
    notes_file(store.path).write_text(text)
    with caplog.at_level(logging.WARNING):
        assert kept(store)[2] == ["stored \\ud800"]
    assert caplog.text.count("cannot be stored: ") == 7
    assert files(store) == []


def test_a_reader_leaves_the_notes_where_they_are(store: Store, begin: Begin) -> None:
    begin()
    append_note(store.place, Note(1, 1, TIME, "guard", "Killed.", Status.INTERRUPTED))
    with Store.open(store.path, read_only=True) as reader:
        assert reader.run(1).warnings == ()
    with closing(sqlite3.connect(store.path)) as other:
        other.execute("BEGIN IMMEDIATE")
        with Store.open(store.path, lock_timeout_s=0) as impatient:
            assert impatient.run(1).warnings == ()
            other.rollback()
            assert kept(impatient)[2] == ["Killed."]


def test_an_end_that_can_be_kept_nowhere_is_an_error_that_says_so(
    store: Store, begin: Begin
) -> None:
    begin().finish(Status.ABORTED)
    notes_file(store.path).symlink_to(store.path.with_name("elsewhere"))
    with Store.open(store.path, lock_timeout_s=0) as impatient:
        writer = impatient.resume_run(1, bench={})
        with closing(sqlite3.connect(store.path)) as other:
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(StoreError, match="is locked") as raised:
                writer.finish(Status.FINISHED)
    assert "The end of run 1 (finished) is not stored" in raised.value.__notes__[0]
    assert not store.path.with_name("elsewhere").exists()


def test_a_note_appended_while_the_notes_are_stored_is_not_lost(
    store: Store, begin: Begin, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin()
    append_note(store.place, Note(1, 1, TIME, "guard", "First."))
    read_bytes = Path.read_bytes

    def read_and_append(path: Path) -> bytes:
        content = read_bytes(path)
        if b"Late" not in content:
            late = json.loads(content) | {"message": "Late."}
            path.write_bytes(content + json.dumps(late).encode() + b"\n")
        return content

    monkeypatch.setattr(Path, "read_bytes", read_and_append)
    assert kept(store)[2] == ["First."]
    assert kept(store)[2] == ["First.", "Late."]
    assert files(store) == []
