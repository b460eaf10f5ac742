"""Opening of a SQLite file: created if missing, upgraded if older, rejected if not of dwmtj."""

import logging
import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy import create_engine

from ...errors import StoreError, errors_of
from ...migrations.upgrade import upgrade_database
from ...schema import SCHEMA_VERSION, Base
from .database import SqliteDatabase
from .file import (
    APPLICATION_ID,
    check_place,
    connect,
    connect_as_possible,
    pragma,
    schema_version,
)

log = logging.getLogger(__name__)


def open_file(
    path: Path, *, create: bool, read_only: bool, upgrade: bool, lock_timeout_s: float
) -> SqliteDatabase:
    """Return the database in the file at `path`; see `choice.open_database`."""
    check_place(path, create=create)
    with (
        errors_of(path),
        closing(
            connect_as_possible(path, lock_timeout_s, read_only=read_only, create=create)
        ) as first,
    ):
        if create and _is_empty(first):
            _create_tables(path, lock_timeout_s)
        version = schema_version(first, path)
    if version < SCHEMA_VERSION and not read_only:
        _upgrade(path, version, upgrade=upgrade, lock_timeout_s=lock_timeout_s)
        version = SCHEMA_VERSION
    return SqliteDatabase(path, version, read_only=read_only, lock_timeout_s=lock_timeout_s)


def _upgrade(path: Path, version: int, *, upgrade: bool, lock_timeout_s: float) -> None:
    if not upgrade:
        raise StoreError(
            f"{path} has schema {version}, this dwmtj writes schema {SCHEMA_VERSION}: upgrade it "
            f"with dwmtj store upgrade --database {path}, or open it read-only."
        )
    done = upgrade_database(path, lock_timeout_s=lock_timeout_s)
    if done is not None:
        log.warning("%s", done)


def _create_tables(path: Path, lock_timeout_s: float) -> None:
    """Create the tables and mark the file as dwmtj's, in one transaction."""
    engine = create_engine("sqlite://", creator=lambda: connect(path, "rw", lock_timeout_s))
    try:
        with engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA journal_mode = WAL")
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            Base.metadata.create_all(connection)
            connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION_ID}")
            connection.exec_driver_sql(f"PRAGMA user_version = {SCHEMA_VERSION}")
            connection.commit()
    finally:
        engine.dispose()


def _is_empty(connection: sqlite3.Connection) -> bool:
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    return tables == 0 and pragma(connection, "application_id") == 0
