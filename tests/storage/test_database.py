import os
import shutil
import sqlite3
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from dwmtj.storage import Point, Status, Store, StoreError
from dwmtj.storage.schema import SCHEMA_VERSION

NOBODY = 65534


@contextmanager
def without_privileges(folder: Path) -> Iterator[None]:
    """Let permissions count even for root, who is asked to stand back meanwhile."""
    if sys.platform == "win32" or os.geteuid() != 0:
        yield
        return
    shutil.chown(folder, NOBODY)
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that somebody without privileges can reach, as tmp_path is not."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder
        folder.chmod(0o755)


def measured(database: Path) -> None:
    with Store.open(database) as store:
        writer = store.begin_run("reset", "straight-1", parameters={}, bench={})
        writer.add(Point("reset", 0.5))
        writer.finish(Status.FINISHED)


def test_a_new_database_is_in_wal_mode_and_synchronises_at_checkpoints(store: Store) -> None:
    with store._database.engine.connect() as connection:
        pragmas = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout", "user_version")
        values = [connection.exec_driver_sql(f"PRAGMA {name}").scalar_one() for name in pragmas]
    assert values == ["wal", 1, 1, 10_000, SCHEMA_VERSION]


def test_many_may_open_a_database_that_does_not_exist_yet(database: Path) -> None:
    def open_and_list(_: int) -> int:
        with Store.open(database) as store:
            return len(store.runs())

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(open_and_list, range(24))) == [0] * 24


def test_a_file_that_is_not_a_database_is_refused_and_unchanged(database: Path) -> None:
    text = "amplitude_V,resistance_ohm\n" * 100
    database.write_text(text)
    with pytest.raises(StoreError, match=r"lab\.sqlite is not a database: give another file"):
        Store.open(database)
    assert database.read_text() == text


def test_a_database_of_another_program_is_refused_and_unchanged(database: Path) -> None:
    with closing(sqlite3.connect(database)) as other:
        other.execute("CREATE TABLE birds (name TEXT)")
    content = database.read_bytes()
    with pytest.raises(StoreError, match="is not a database of dwmtj"):
        Store.open(database)
    assert database.read_bytes() == content


def test_a_newer_schema_is_refused(database: Path) -> None:
    measured(database)
    with closing(sqlite3.connect(database)) as newer:
        newer.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    with pytest.raises(StoreError, match=r"newer dwmtj \(schema \d, this one knows \d\): update"):
        Store.open(database)


def test_a_database_locked_by_another_program_is_reported(database: Path) -> None:
    measured(database)
    with (
        closing(sqlite3.connect(database)) as other,
        Store.open(database, lock_timeout_s=0) as store,
    ):
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match="is locked by another program: close what holds it"):
            store.begin_run("reset", "straight-1", parameters={}, bench={})
        assert len(store.points(1)) == 1


def test_a_database_held_exclusively_is_reported_when_opened(database: Path) -> None:
    measured(database)
    with closing(sqlite3.connect(database)) as other:
        other.execute("PRAGMA locking_mode = EXCLUSIVE")
        other.execute("UPDATE devices SET notes = 'mine'")
        with pytest.raises(StoreError, match="is locked by another program"):
            Store.open(database, lock_timeout_s=0)


def test_a_read_only_file_can_be_read_but_not_measured_into(open_folder: Path) -> None:
    database = open_folder / "lab.sqlite"
    measured(database)
    database.chmod(0o444)
    with without_privileges(open_folder), Store.open(database) as store:
        assert len(store.points(1)) == 1
        with pytest.raises(StoreError, match="is read-only, or its folder is: allow writing"):
            store.begin_run("reset", "straight-1", parameters={}, bench={})
    database.chmod(0o644)


def test_an_archive_in_a_read_only_folder_can_be_read(open_folder: Path) -> None:
    database = open_folder / "lab.sqlite"
    measured(database)
    database.chmod(0o444)
    with without_privileges(open_folder):
        open_folder.chmod(0o555)
        with Store.open(database, read_only=True) as store:
            assert store.runs()[0].points == 1


if sys.platform != "win32":  # where a folder is never read-only

    def test_a_new_database_in_a_read_only_folder_is_refused(open_folder: Path) -> None:
        with without_privileges(open_folder):
            open_folder.chmod(0o555)
            with pytest.raises(StoreError, match="cannot be opened: allow reading and writing of"):
                Store.open(open_folder / "lab.sqlite")


def test_a_place_that_cannot_be_reached_is_named(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"cannot be reached .*: give another place"):
        Store.open(tmp_path / ("a" * 300))


def test_a_store_opened_read_only_refuses_to_write(database: Path) -> None:
    measured(database)
    with (
        Store.open(database, read_only=True) as store,
        pytest.raises(StoreError, match="is read-only"),
    ):
        store.begin_run("reset", "straight-1", parameters={}, bench={})


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"The folder .*monday for the database does not exist"):
        Store.open(tmp_path / "monday" / "lab.sqlite")


def test_a_folder_is_no_database(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="is a folder: give a file, such as"):
        Store.open(tmp_path)


@pytest.mark.parametrize("how", [{"create": False}, {"read_only": True}])
def test_a_missing_database_is_not_made_unless_it_is_to_be(
    database: Path, how: dict[str, bool]
) -> None:
    with pytest.raises(StoreError, match=r"There is no database .*: measure something first"):
        Store.open(database, **how)
    assert not database.exists()


def test_a_full_disk_is_reported(store: Store) -> None:
    writer = store.begin_run("reset", "straight-1", parameters={}, bench={})
    raw: sqlite3.Connection = writer._connection.raw  # type: ignore[attr-defined]
    (pages,) = raw.execute("PRAGMA page_count").fetchone()
    raw.execute(f"PRAGMA max_page_count = {pages}")
    long = {"log": "x" * 100_000}
    with pytest.raises(StoreError, match=r"The disk is full and .* cannot grow: free some space"):
        writer.add(Point("reset", 0.5, extra=long))
    writer.finish(Status.FAILED, "disk full")
    assert store.runs()[0].points == 0


def test_a_damaged_database_is_reported(database: Path) -> None:
    measured(database)
    content = bytearray(database.read_bytes())
    content[4096:] = b"\xff" * (len(content) - 4096)
    database.write_bytes(content)
    with pytest.raises(StoreError, match="is damaged: keep a copy"), Store.open(database) as store:
        store.runs()
