"""Copies of a database that is in use."""

import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from dwmtj.storage import Point, RunWriter, Status, Store, StoreError
from dwmtj.storage.upkeep import backup
from dwmtj.storage.upkeep.backup import back_up_online


def test_a_backup_holds_what_was_stored_when_it_began_while_a_run_goes_on(
    store: Store, begin: Callable[[], RunWriter], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backup, "PAGES_AT_ONCE", 2)
    writer = begin()
    writer.add_all(Point("write", float(number)) for number in range(2000))
    calls: list[int] = []

    def measure_on(done: int, _total: int) -> None:
        calls.append(done)
        writer.add(Point("write", 1.0))

    back_up_online(store.path, tmp_path / "copy.sqlite", progress=measure_on)
    assert len(calls) > 10
    assert calls == sorted(calls)  # it never began anew
    with Store.open(tmp_path / "copy.sqlite", read_only=True) as copy:
        assert len(copy.points(1)) == 2000
        assert copy.run(1).guid == store.run(1).guid
        assert copy.check() == store.check()
    assert len(store.points(1)) == 2000 + len(calls)


def test_a_backup_replaces_no_file_and_copies_no_other(store: Store, tmp_path: Path) -> None:
    (tmp_path / "mine.sqlite").write_text("mine")
    with pytest.raises(StoreError, match="already exists"):
        back_up_online(store.path, tmp_path / "mine.sqlite")
    with pytest.raises(StoreError, match="is not a database"):
        back_up_online(tmp_path / "mine.sqlite", tmp_path / "copy.sqlite")
    with pytest.raises(StoreError, match="There is no database"):
        back_up_online(tmp_path / "none.sqlite", tmp_path / "copy.sqlite")
    assert (tmp_path / "mine.sqlite").read_text() == "mine"
    assert not (tmp_path / "copy.sqlite").exists()


def leave_a_log(folder: Path, name: str) -> Path:
    """Make a database as a killed writer leaves it, with its points in the write-ahead log."""
    with Store.open(folder / "killed.sqlite") as store:
        writer = store.begin_run("reset", "old", parameters={}, bench={})
        writer.add_all(Point("reset", float(number)) for number in range(50))
        for end in ("", "-wal"):
            shutil.copy(f"{store.path}{end}", folder / f"{name}{end}")
        writer.finish(Status.FINISHED)
    return folder / name


@pytest.mark.parametrize("database_is_there", [True, False])
def test_a_log_of_a_killed_writer_is_never_written_into_a_backup(
    store: Store, begin: Callable[[], RunWriter], tmp_path: Path, database_is_there: bool
) -> None:
    begin().finish(Status.FINISHED)
    target = leave_a_log(tmp_path, "copy.sqlite")
    if database_is_there:
        back_up_online(store.path, target, overwrite=True)
        with Store.open(target, read_only=True) as copy:
            assert [run.device for run in copy.runs()] == ["trapezoid-1"]
        return
    target.unlink()
    with pytest.raises(StoreError, match=r"copy\.sqlite-wal was left by a program"):
        back_up_online(store.path, target)
    assert not target.exists()


def test_a_database_that_is_in_use_is_never_replaced(
    store: Store, begin: Callable[[], RunWriter], tmp_path: Path
) -> None:
    begin()
    with Store.open(tmp_path / "other.sqlite") as other:
        writer = other.begin_run("reset", "A1", parameters={}, bench={})
        with pytest.raises(StoreError, match=r"other\.sqlite is used by another program"):
            back_up_online(store.path, other.path, overwrite=True)
        writer.add(Point("reset", 0.0))
        writer.finish(Status.FINISHED)
        assert other.runs()[0].points == 1
    back_up_online(store.path, tmp_path / "other.sqlite", overwrite=True)
    os.link(store.path, tmp_path / "link.sqlite")
    for itself in (store.path, tmp_path / "link.sqlite"):
        with pytest.raises(StoreError, match="is the database itself"):
            back_up_online(store.path, itself, overwrite=True)


def test_a_full_disk_is_named_by_the_backup(store: Store, tmp_path: Path) -> None:
    target = tmp_path / "copy.sqlite"
    with (
        closing(sqlite3.connect(target)) as full,
        pytest.raises(StoreError, match=r"copy\.sqlite cannot be written .* free some space"),
        backup._disk_of(target),
    ):
        full.execute("PRAGMA max_page_count = 1")
        full.execute("CREATE TABLE many (number)")
        full.execute("CREATE TABLE more (number)")
