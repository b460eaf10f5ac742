"""A verified copy of a SQLite file, made while other processes read and write it."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from ..database import LOCK_TIMEOUT_S
from ..engines.sqlite.file import check_place, connect, schema_version
from ..errors import StoreError, errors_of
from ..migrations.backup import PAGES_AT_ONCE, Progress, row_counts, verify_copy
from ..output_file import atomic_write, check_overwrite

_LOGS = ("-wal", "-journal")  # what SQLite writes into the database of that name once it is opened


def back_up_online(
    path: Path, target: Path, *, overwrite: bool = False, progress: Progress | None = None
) -> None:
    """Copy the database at `path`, as it is now, to `target`; raises StoreError.

    The copy holds every point committed before it began; runs continue meanwhile. It is checked
    (SQLite's integrity check, rows of every table) before it takes its name, and its rows are
    counted once more under that name. `target` is replaced only where no program uses it.
    """
    check_place(path, create=False)
    check_overwrite(target, overwrite=overwrite)
    target = target.absolute()
    _check_target(path, target)
    with errors_of(path), closing(connect(path, "ro", LOCK_TIMEOUT_S)) as source:
        schema_version(source, path)
        # A transaction that reads pins the state, or each step would begin anew after a write.
        source.execute("BEGIN")
        source.execute("SELECT count(*) FROM sqlite_master").fetchone()
        with atomic_write(target) as draft:
            with _disk_of(target), closing(sqlite3.connect(draft)) as copy:
                source.backup(
                    copy,
                    pages=PAGES_AT_ONCE,
                    progress=lambda _status, left, total: (
                        progress(total - left, total) if progress else None
                    ),
                )
                verify_copy(source, copy, path)
            _check_target(path, target)  # again: copying takes its time
        with closing(connect(target, "rw", LOCK_TIMEOUT_S)) as copy:
            if row_counts(copy) != row_counts(source):
                raise StoreError(f"{target} changed while it was written: back up to another name.")


def _check_target(path: Path, target: Path) -> None:
    """Raise StoreError if `target` is the database, is in use, or has logs of another one."""
    if target.exists():
        if target.samefile(path):
            raise StoreError(f"{target} is the database itself: give the backup another name.")
        _close_logs(target)
    for log in (target.with_name(target.name + end) for end in _LOGS):
        if log.exists() and log.stat().st_size:
            raise StoreError(
                f"{log} was left by a program that was killed, and would be written into the "
                "backup: move it away, or give the backup another name."
            )


def _close_logs(target: Path) -> None:
    """Let SQLite write the logs of a killed program into `target`; raises StoreError if in use."""
    try:
        with closing(connect(target, "rw", 0)) as old:
            old.execute("PRAGMA locking_mode = EXCLUSIVE")
            old.execute("BEGIN IMMEDIATE")
            old.rollback()
    except sqlite3.DatabaseError as error:
        # What is no database, or a damaged one, is used by nobody.
        if getattr(error, "sqlite_errorname", "").startswith("SQLITE_BUSY"):
            raise StoreError(
                f"{target} is used by another program: close it, or give the backup another name."
            ) from error


@contextmanager
def _disk_of(target: Path) -> Iterator[None]:
    """Name `target` where its disk is full, or fails."""
    try:
        yield
    except sqlite3.OperationalError as error:
        if getattr(error, "sqlite_errorname", "").startswith(("SQLITE_FULL", "SQLITE_IOERR")):
            raise StoreError(
                f"{target} cannot be written ({error}): free some space, or give another place."
            ) from error
        raise
