"""The database as an engine: created if missing, upgraded if older, rejected if not of dwmtj."""

import logging
import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy import Engine, create_engine
from sqlalchemy.pool import QueuePool

from .errors import StoreError, errors_of
from .migrations.older import view_as_current
from .migrations.upgrade import upgrade_database
from .schema import SCHEMA_VERSION, Base
from .sqlite_file import APPLICATION_ID, check_place, connect, file_identity, pragma, schema_version

log = logging.getLogger(__name__)


class Database:
    """An open SQLite file; a run whose file is lost moves it to another one."""

    def __init__(self, path: Path, version: int, *, read_only: bool, lock_timeout_s: float) -> None:
        self.read_only = read_only
        self._version = version
        self._lock_timeout_s = lock_timeout_s
        self._open(path)

    def connect(self) -> sqlite3.Connection:
        """Return a new connection; raises sqlite3.Error."""
        connection = _connect(self.path, self._lock_timeout_s, read_only=self.read_only)
        if self._version < SCHEMA_VERSION:
            view_as_current(connection, self._version)
        return connection

    @property
    def is_current(self) -> bool:
        """True if the tables are those of this version, without views that complete them."""
        return self._version == SCHEMA_VERSION

    def is_lost(self) -> bool:
        """Return True if the file was deleted, moved, or replaced by another one."""
        return file_identity(self.path) != self._identity

    def move_to(self, path: Path) -> None:
        """Use the database at `path` from now on."""
        self.engine.dispose()
        self._open(path)

    def _open(self, path: Path) -> None:
        self.path = path
        self._identity = file_identity(path)
        self.engine: Engine = create_engine(
            "sqlite://", creator=lambda: self.connect(), poolclass=QueuePool
        )


def open_database(
    path: Path, *, create: bool, read_only: bool, upgrade: bool, lock_timeout_s: float
) -> Database:
    """Return the database at `path`.

    An older schema is upgraded if `upgrade`, kept if `read_only`, and else refused. Other
    processes' locks are waited for during `lock_timeout_s`. Raises StoreError.
    """
    check_place(path, create=create)
    with (
        errors_of(path),
        closing(_connect(path, lock_timeout_s, read_only=read_only, create=create)) as first,
    ):
        if create and _is_empty(first):
            _create_tables(path, lock_timeout_s)
        version = schema_version(first, path)
    if version < SCHEMA_VERSION and not read_only:
        _upgrade(path, version, upgrade=upgrade, lock_timeout_s=lock_timeout_s)
        version = SCHEMA_VERSION
    return Database(path, version, read_only=read_only, lock_timeout_s=lock_timeout_s)


def _connect(
    path: Path, lock_timeout_s: float, *, read_only: bool, create: bool = False
) -> sqlite3.Connection:
    try:
        return connect(path, "ro" if read_only else "rwc" if create else "rw", lock_timeout_s)
    except sqlite3.OperationalError:
        if not read_only or path.with_name(path.name + "-wal").exists():
            raise
    # Even a reader of a WAL database writes an index beside it. Where it may not, and where no
    # write-ahead log shows a writer, the file is an archive that does not change.
    return connect(path, "ro&immutable=1", lock_timeout_s)


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
