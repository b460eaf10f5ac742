"""Verified copies of a database, kept beside it."""

import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from glob import escape
from itertools import count
from pathlib import Path

from ..engines.sqlite.file import connect, interruptible
from ..errors import StoreError
from ..output_file import draft_beside, sync

PAGES_AT_ONCE = 2000  # 8 MB between two calls of `progress`

Progress = Callable[[int, int], None]
"""Called with the pages copied so far and their total."""


def back_up(path: Path, version: int, progress: Progress | None = None) -> Path:
    """Copy the database at `path`, verify the copy and return its path, NAME.vN-backup.sqlite.

    An earlier backup is never replaced: the next one is NAME.vN-backup-2.sqlite. The caller holds
    the write lock. Raises StoreError and sqlite3.Error.
    """

    def copied(_status: int, remaining: int, total: int) -> None:
        if progress is not None:
            progress(total - remaining, total)

    place = path.with_name(f"{path.name}.backup")
    try:
        for left in path.parent.glob(f"{escape(place.name)}.*part*"):
            left.unlink()  # of an upgrade that was killed: the lock allows one at a time
        with draft_beside(place) as draft:
            with closing(connect(path, "ro", 0)) as source, closing(sqlite3.connect(draft)) as copy:
                source.backup(copy, pages=PAGES_AT_ONCE, progress=copied)
                verify_copy(source, copy, path)
            shutil.copymode(path, draft)
            sync(draft)
            target = _free_name(path, version)
            draft.rename(target)
            sync(target.parent)
    except OSError as error:
        raise StoreError(
            f"{path} cannot be copied ({error.strerror}) and stays as it is: allow writing to its "
            "folder, or free some space."
        ) from error
    return target


def verify_copy(source: sqlite3.Connection, copy: sqlite3.Connection, path: Path) -> None:
    """Raise StoreError unless a copy is sound and has as many rows of everything."""
    with interruptible(copy), interruptible(source):
        problems = [text for (text,) in copy.execute("PRAGMA integrity_check") if text != "ok"]
        is_whole = row_counts(copy) == row_counts(source)
    if problems or not is_whole:
        raise StoreError(
            f"The copy of {path} is not sound ({'; '.join(problems[:3]) or 'rows are missing'}), "
            "so nothing was changed: keep a copy of the file, then recover what is left with "
            "sqlite3's .recover."
        )


def row_counts(connection: sqlite3.Connection) -> dict[str, int]:
    """Return the number of rows of every table."""
    tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    return {
        name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]  # noqa: S608
        for (name,) in tables
    }


def _free_name(path: Path, version: int) -> Path:
    stem = f"{path.stem}.v{version}-backup"
    suffixes = ("" if number == 1 else f"-{number}" for number in count(1))
    places = (path.with_name(f"{stem}{suffix}{path.suffix}") for suffix in suffixes)
    return next(place for place in places if not os.path.lexists(place))
