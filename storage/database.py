"""The SQLite file: opened in WAL mode, made if it is new, refused if it is not one of ours."""

import sqlite3
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine
from sqlalchemy.pool import QueuePool

from .errors import StoreError, errors_of
from .schema import SCHEMA_VERSION, Base

APPLICATION_ID = 0x44574D54  # "DWMT", where SQLite keeps whose file it is


def open_database(path: Path, *, create: bool, read_only: bool, patience_s: float) -> Engine:
    """Return an engine on the database at `path`, which has the tables of this version.

    A locked file is waited for during `patience_s`. Raises StoreError.
    """
    _check_place(path, create=create)

    def connect() -> sqlite3.Connection:
        try:
            return _connect(path, "ro" if read_only else "rwc" if create else "rw", patience_s)
        except sqlite3.OperationalError:
            if not read_only or path.with_name(path.name + "-wal").exists():
                raise
        # Even a reader of a WAL database writes an index beside it. Where it may not, and where no
        # write-ahead log says that somebody writes, the file is an archive that does not change.
        return _connect(path, "ro&immutable=1", patience_s)

    engine = create_engine("sqlite://", creator=connect, poolclass=QueuePool)
    try:
        with errors_of(path), engine.connect() as connection:
            _check_tables(connection, path, create=create)
    except BaseException:
        engine.dispose()
        raise
    return engine


def _connect(path: Path, mode: str, patience_s: float) -> sqlite3.Connection:
    connection = sqlite3.connect(
        f"{path.as_uri()}?mode={mode}", uri=True, timeout=patience_s, check_same_thread=False
    )
    try:
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA synchronous = NORMAL")
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _check_place(path: Path, *, create: bool) -> None:
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


def _check_tables(connection: Connection, path: Path, *, create: bool) -> None:
    if create and _is_empty(connection):
        _create_tables(connection)
    if _pragma(connection, "application_id") != APPLICATION_ID:
        raise StoreError(
            f"{path} is not a database of dwmtj: give another file with --database or "
            "DWMTJ_DATABASE."
        )
    version = _pragma(connection, "user_version")
    if version > SCHEMA_VERSION:
        raise StoreError(
            f"{path} was made by a newer dwmtj (schema {version}, this one knows "
            f"{SCHEMA_VERSION}): update dwmtj, or use another database."
        )


def _create_tables(connection: Connection) -> None:
    """Make what tables are missing and say whose they are; others see all of it or nothing."""
    connection.exec_driver_sql("PRAGMA journal_mode = WAL")
    connection.exec_driver_sql("BEGIN IMMEDIATE")
    Base.metadata.create_all(connection)
    connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.exec_driver_sql(f"PRAGMA user_version = {SCHEMA_VERSION}")
    connection.commit()


def _is_empty(connection: Connection) -> bool:
    tables = connection.exec_driver_sql("SELECT count(*) FROM sqlite_master").scalar_one()
    return tables == 0 and _pragma(connection, "application_id") == 0


def _pragma(connection: Connection, name: str) -> int:
    return int(connection.exec_driver_sql(f"PRAGMA {name}").scalar_one())
