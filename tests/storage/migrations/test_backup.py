import shutil
import sqlite3
import stat
import sys
from contextlib import closing
from pathlib import Path

import pytest

from dwmtj.storage import StoreError
from dwmtj.storage.migrations import backup
from dwmtj.storage.migrations.backup import back_up
from dwmtj.storage.migrations.upgrade import upgrade_database
from dwmtj.tests.storage.test_samples import SAMPLES


@pytest.fixture
def old(tmp_path: Path) -> Path:
    shutil.copy(SAMPLES / "v1.sqlite", tmp_path / "lab.sqlite")
    return tmp_path / "lab.sqlite"


def test_a_copy_holds_what_is_only_in_the_write_ahead_log_yet(old: Path) -> None:
    with closing(sqlite3.connect(old)) as writer:
        writer.execute("PRAGMA wal_autocheckpoint = 0")
        writer.execute("UPDATE devices SET notes = 'new'")
        writer.commit()
        assert old.with_name("lab.sqlite-wal").stat().st_size > 0
        copy = back_up(old, 1)
    with closing(sqlite3.connect(copy)) as raw:
        assert raw.execute("SELECT DISTINCT notes FROM devices").fetchall() == [("new",)]


def test_the_journals_of_a_killed_copy_are_not_applied_to_the_next(old: Path) -> None:
    draft = old.with_name("lab.sqlite.backup.part")
    with closing(sqlite3.connect(draft)) as killed:
        killed.execute("CREATE TABLE birds (name TEXT)")
        killed.execute("PRAGMA cache_size = 1")
        killed.execute(
            "INSERT INTO birds WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 "
            "FROM n WHERE i < 9000) SELECT hex(randomblob(20)) FROM n"
        )
        left = {path.name: path.read_bytes() for path in old.parent.glob("lab.sqlite.backup*")}
    for name, content in left.items():
        old.with_name(name).write_bytes(content)
    assert f"{draft.name}-journal" in left
    with closing(sqlite3.connect(back_up(old, 1))) as copy, closing(sqlite3.connect(old)) as raw:
        assert list(copy.iterdump()) == list(raw.iterdump())
    assert not list(old.parent.glob("*.part*"))


def test_the_progress_of_a_copy_ends_with_all_its_pages(
    old: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backup, "PAGES_AT_ONCE", 4)
    seen: list[tuple[int, int]] = []
    back_up(old, 1, lambda copied, total: seen.append((copied, total)))
    pages = old.stat().st_size // 4096
    assert seen[-1] == (pages, pages)
    assert [copied for copied, _ in seen] == sorted({copied for copied, _ in seen})
    assert len(seen) > 2


def test_a_copy_of_a_damaged_database_is_refused_and_not_kept(old: Path) -> None:
    content = bytearray(old.read_bytes())
    with closing(sqlite3.connect(old)) as raw:
        (page,) = raw.execute("SELECT rootpage FROM sqlite_master WHERE name = 'points'").fetchone()
    content[page * 4096 - 2000 : page * 4096] = b"\x07" * 2000
    old.write_bytes(content)
    with pytest.raises(StoreError, match=r"not sound|is damaged"):
        upgrade_database(old)
    assert [path.name for path in old.parent.iterdir()] == ["lab.sqlite"]
    assert old.read_bytes() == bytes(content)


if sys.platform != "win32":  # where a file has no mode

    def test_a_copy_is_as_private_as_the_database(old: Path) -> None:
        old.chmod(0o600)
        assert stat.S_IMODE(back_up(old, 1).stat().st_mode) == 0o600
