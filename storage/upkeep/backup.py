"""A verified copy of a SQLite file, made while other processes read and write it."""

import sqlite3
from contextlib import closing
from pathlib import Path

from ..errors import errors_of
from ..migrations.backup import PAGES_AT_ONCE, Progress, verify_copy
from ..output_file import atomic_write, check_overwrite
from ..sqlite_file import LOCK_TIMEOUT_S, check_place, connect, schema_version


def back_up_online(
    path: Path, target: Path, *, overwrite: bool = False, progress: Progress | None = None
) -> None:
    """Copy the database at `path`, as it is now, to `target`; raises StoreError.

    The copy holds every point committed before it began; a run goes on meanwhile. It is checked
    (SQLite's integrity check, rows of every table) before it takes its name.
    """
    check_place(path, create=False)
    check_overwrite(target, overwrite=overwrite)
    with errors_of(path), closing(connect(path, "ro", LOCK_TIMEOUT_S)) as source:
        schema_version(source, path)
        # A transaction that reads pins the state, or each step would begin anew after a write.
        source.execute("BEGIN")
        source.execute("SELECT count(*) FROM sqlite_master").fetchone()
        with atomic_write(target) as draft, closing(sqlite3.connect(draft)) as copy:
            source.backup(
                copy,
                pages=PAGES_AT_ONCE,
                progress=lambda _status, left, total: (
                    progress(total - left, total) if progress else None
                ),
            )
            verify_copy(source, copy, path)
