"""A run whose database is deleted or replaced continues in a complete one."""

import logging
import os
import shutil
import sqlite3
import stat
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from dwmtj.storage import Point, RunWriter, Status, Store, StoreError, store_warnings
from dwmtj.storage.writing import writer as writer_module

Begin = Callable[[], RunWriter]


@pytest.fixture(autouse=True)
def _look_at_every_point(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(writer_module, "PLACE_CHECK_S", 0.0)
    yield


def deleted(path: Path) -> None:
    for file in path.parent.glob(f"{path.name}*"):
        file.unlink()


def moved(path: Path) -> None:
    path.rename(path.with_name("moved.sqlite"))


def replaced(path: Path) -> None:
    other = path.with_name("other.sqlite")
    with Store.open(other) as store:
        store.begin_run("reset", "b", parameters={}, bench={}).finish(Status.FINISHED)
    other.replace(path)


@pytest.mark.parametrize("lose", [deleted, moved, replaced])
@pytest.mark.parametrize("at", ["a point", "the end"])
def test_a_run_whose_file_is_lost_continues_in_a_complete_one_and_says_so(
    store: Store,
    begin: Begin,
    database: Path,
    lose: Callable[[Path], None],
    at: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    begin().finish(Status.FINISHED)
    writer = begin()
    with store_warnings(writer):
        writer.add(Point("write", 0.0))
        if at == "the end":
            writer.add(Point("write", 1.0))
        lose(database)
        content = database.read_bytes() if database.exists() else b""
        if at == "a point":
            writer.add(Point("write", 1.0))
        writer.finish(Status.FINISHED)
    rescue = database.with_name("lab-rescue-2.sqlite")
    assert store.path == rescue
    with Store.open(rescue, create=False) as rescued:
        runs = rescued.runs()
        assert [(run.status, run.points) for run in runs] == [("finished", 0), ("finished", 2)]
        assert list(rescued.points(2)["time_s"]) == [0.0, 1.0]
        (warning,) = rescued.run(2).warnings
    sentence = f"{database} was deleted or replaced during run 2, which continues in {rescue}"
    assert sentence in warning.message
    assert sentence in caplog.text
    assert (database.read_bytes() if database.exists() else b"") == content


def test_an_existing_file_or_link_is_not_the_rescue(
    store: Store, begin: Begin, database: Path
) -> None:
    writer = begin()
    database.with_name("lab-rescue-1.sqlite").symlink_to("/nowhere")
    database.with_name("lab-rescue-1-2.sqlite").write_text("mine")
    deleted(database)
    writer.add(Point("write", 0.0))
    assert store.path == database.with_name("lab-rescue-1-3.sqlite")
    assert store.runs()[0].points == 1
    assert stat.S_IMODE(store.path.stat().st_mode) & stat.S_IWOTH == 0


def test_a_run_whose_folder_is_lost_continues_among_the_temporary_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, temporary = tmp_path / "lab", tmp_path / "tmp"
    folder.mkdir()
    temporary.mkdir()
    monkeypatch.setattr("tempfile.gettempdir", lambda: str(temporary))
    with Store.open(folder / "lab.sqlite") as store:
        writer = store.begin_run("reset", "a", parameters={}, bench={})
        shutil.rmtree(folder)
        writer.add(Point("write", 0.0))
        writer.finish(Status.FINISHED)
        assert store.path == temporary / "lab-rescue-1.sqlite"
        assert [(run.status, run.points) for run in store.runs()] == [("finished", 1)]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_run_that_cannot_be_rescued_fails(
    store: Store, begin: Begin, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.gettempdir", lambda: str(database.parent))
    writer = begin()
    deleted(database)
    database.parent.chmod(0o500)
    try:
        with pytest.raises(StoreError, match="no other file can be made beside it"):
            writer.add(Point("write", 0.0))
    finally:
        database.parent.chmod(0o700)


def test_a_file_that_stays_where_it_is_is_looked_for_and_left(
    store: Store, begin: Begin, database: Path, caplog: pytest.LogCaptureFixture
) -> None:
    writer = begin()
    with caplog.at_level(logging.WARNING):
        for number in range(3):
            writer.add(Point("write", float(number)))
        writer.finish(Status.FINISHED)
    assert caplog.records == []
    with closing(sqlite3.connect(database)) as raw:
        assert raw.execute("SELECT count(*) FROM points").fetchone() == (3,)
