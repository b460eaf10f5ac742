"""Rescue of a run whose database was deleted, moved or replaced while it was open."""

import logging
import os
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, suppress
from itertools import count
from pathlib import Path

from ...errors import StoreError, errors_of
from ...output_file import sync
from .database import SqliteDatabase

log = logging.getLogger(__name__)


def rescue(database: SqliteDatabase, connection: sqlite3.Connection, run_id: int) -> str:
    """Copy what `connection` still has open to a new file, move there, and return a warning.

    The file is NAME-rescue-RUN.sqlite beside the lost one, or else in the folder of temporary
    files, and holds everything that was committed. Raises StoreError if it cannot be made.
    """
    lost = database.path
    for target in _places(lost, run_id):
        with suppress(OSError):
            os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644))
            break
    else:
        raise StoreError(
            f"{lost} was deleted or replaced during run {run_id}, and no other file can be made "
            "beside it: free some space, allow writing to its folder, and measure again."
        )
    with errors_of(target), closing(sqlite3.connect(target)) as copy:
        connection.backup(copy)
    sync(target)
    database.move_to(target)
    return (
        f"{lost} was deleted or replaced during run {run_id}, which continues in {target}: that "
        "file holds all that was stored, this run included."
    )


def _places(lost: Path, run_id: int) -> Iterator[Path]:
    stem = f"{lost.stem}-rescue-{run_id}"
    for folder in (lost.parent, Path(tempfile.gettempdir())):
        names = (f"{stem}{f'-{n}' if n > 1 else ''}{lost.suffix}" for n in count(1))
        yield next(folder / name for name in names if not os.path.lexists(folder / name))
