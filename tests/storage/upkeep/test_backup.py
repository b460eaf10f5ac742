"""Copies of a database that is in use."""

from collections.abc import Callable
from pathlib import Path

import pytest

from dwmtj.storage import Point, RunWriter, Store, StoreError
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
