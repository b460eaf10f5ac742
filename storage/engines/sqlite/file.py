"""The SQLite file: how it is opened, and whether it is a database of dwmtj."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from ...errors import StoreError
from ...schema import SCHEMA_VERSION

APPLICATION_ID = 0x44574D54  # "DWMT", where SQLite keeps a file's owner
STEPS_BETWEEN_SIGNALS = 1_000_000  # of SQLite's virtual machine, some 20 ms


def connect(path: Path, mode: str, lock_timeout_s: float) -> sqlite3.Connection:
    """Return a connection to the file; `mode` as in SQLite's URIs: "ro", "rw" or "rwc"."""
    connection = sqlite3.connect(
        f"{path.as_uri()}?mode={mode}", uri=True, timeout=lock_timeout_s, check_same_thread=False
    )
    try:
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA synchronous = NORMAL")
    except sqlite3.Error:
        connection.close()
        raise
    return connection


@contextmanager
def interruptible(connection: sqlite3.Connection) -> Iterator[None]:
    """Let Ctrl-C end a statement that reads for minutes: KeyboardInterrupt is raised.

    Python handles signals in the function that SQLite calls; what is raised there ends the
    statement, and is lost.
    """
    connection.set_progress_handler(lambda: 0, STEPS_BETWEEN_SIGNALS)
    try:
        yield
    except (sqlite3.OperationalError, DBAPIError) as error:
        cause = error.orig if isinstance(error, DBAPIError) else error
        if getattr(cause, "sqlite_errorname", "") == "SQLITE_INTERRUPT":
            raise KeyboardInterrupt from error
        raise
    finally:
        connection.set_progress_handler(None, 0)


def file_identity(path: Path) -> tuple[int, int] | None:
    """Return what distinguishes the file at a path from another one there, None if it is gone.

    Where the file system does not answer, the file is neither gone nor another one: raises OSError.
    """
    try:
        found = path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return None
    return found.st_dev, found.st_ino


def check_place(path: Path, *, create: bool) -> None:
    """Raise StoreError unless the file exists, or `create` and its folder does."""
    try:
        has_folder, is_folder, exists = path.parent.is_dir(), path.is_dir(), path.exists()
    except OSError as error:
        raise StoreError(
            f"{path} cannot be reached ({error.strerror}): give another place for the database "
            "with --database or DWMTJ_DATABASE."
        ) from error
    if not has_folder:
        raise StoreError(
            f"The folder {path.parent} for the database does not exist: make it, or give another "
            "place with --database or DWMTJ_DATABASE."
        )
    if is_folder:
        raise StoreError(f"{path} is a folder: give a file, such as {path / 'dwmtj.sqlite'}.")
    if not exists and not create:
        raise StoreError(
            f"There is no database {path}: measure something first, or give its place with "
            "--database or DWMTJ_DATABASE."
        )


def schema_version(connection: sqlite3.Connection, path: Path) -> int:
    """Return the version of the database's schema, from 1 to SCHEMA_VERSION.

    Raises StoreError for a file of another program and for a newer schema.
    """
    version = pragma(connection, "user_version")
    if pragma(connection, "application_id") != APPLICATION_ID or version < 1:
        raise StoreError(
            f"{path} is not a database of dwmtj: give another file with --database or "
            "DWMTJ_DATABASE."
        )
    if version > SCHEMA_VERSION:
        raise StoreError(
            f"{path} was made by a newer dwmtj (schema {version}, this one knows "
            f"{SCHEMA_VERSION}): update dwmtj, or use another database."
        )
    return version


def pragma(connection: sqlite3.Connection, name: str) -> int:
    """Return the value of an integer pragma."""
    (value,) = connection.execute(f"PRAGMA {name}").fetchone()
    return int(value)


def connect_as_possible(
    path: Path, lock_timeout_s: float, *, read_only: bool, create: bool = False
) -> sqlite3.Connection:
    """Return a connection to the file, also if it is on a read-only disk; raises sqlite3.Error."""
    try:
        return connect(path, "ro" if read_only else "rwc" if create else "rw", lock_timeout_s)
    except sqlite3.OperationalError:
        if not read_only or path.with_name(path.name + "-wal").exists():
            raise
    # Even a reader of a WAL database writes an index beside it. Where it may not, and where no
    # write-ahead log shows a writer, the file is an archive that does not change.
    return connect(path, "ro&immutable=1", lock_timeout_s)
