"""An open SQLite file as the database."""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from datetime import datetime
from glob import escape
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import Connection, Engine, Select, create_engine, func, insert, type_coerce
from sqlalchemy.dialects.sqlite import dialect
from sqlalchemy.pool import QueuePool
from sqlalchemy.types import Double
from typing_extensions import override

from ...database import Database, Finding, PointColumns, PointConnection, Row
from ...migrations.older import view_as_current
from ...schema import SCHEMA_VERSION, StoredPoint, table_of_rows
from .file import connect_as_possible, file_identity, interruptible

if TYPE_CHECKING:
    import numpy.typing as npt

# Compiled once, without the ORM: a point costs little more than with bare sqlite3.
_INSERT = str(insert(table_of_rows(StoredPoint)).compile(dialect=dialect()))
MISSING = -1.7976931348623157e308  # no reading is the most negative double


class SqliteDatabase(Database):
    """An open SQLite file; a run whose file is lost moves it to another one."""

    LARGE = 100_000  # points of a run for which importing numba pays

    def __init__(self, path: Path, version: int, *, read_only: bool, lock_timeout_s: float) -> None:
        self.read_only = read_only
        self._version = version
        self._lock_timeout_s = lock_timeout_s
        self._open(path)

    def connect(self) -> sqlite3.Connection:
        """Return a new connection; raises sqlite3.Error."""
        connection = connect_as_possible(self.path, self._lock_timeout_s, read_only=self.read_only)
        if self._version < SCHEMA_VERSION:
            view_as_current(connection, self._version)
        return connection

    @property
    @override
    def is_current(self) -> bool:
        return self._version == SCHEMA_VERSION

    @override
    def lock(self, connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    @override
    def point_connection(self) -> PointConnection:
        return _PointConnection(self.connect())

    @override
    def insert_points(self, connection: Connection, rows: Iterable[Row]) -> int:
        return _insert(cast("sqlite3.Connection", connection.connection.driver_connection), rows)

    @staticmethod
    @override
    def utc_time(value: Any) -> datetime:
        return datetime.fromisoformat(f"{value}+00:00")

    @override
    def numbers(self, connection: Connection, statement: Select[Any]) -> "npt.NDArray[Any]":
        import numpy as np  # takes longer to import than the room

        columns = [
            func.ifnull(type_coerce(column, Double), MISSING)
            for column in statement.selected_columns
        ]
        statement = statement.with_only_columns(*columns, maintain_column_froms=True)
        cursor = connection.connection.cursor()  # SQLAlchemy's rows take longer than the database
        query = statement.compile(connection, compile_kwargs={"literal_binds": True})
        cursor.execute(str(query))
        rows = cast("Iterable[Row]", cursor)
        values = np.fromiter(chain.from_iterable(rows), float).reshape(-1, len(columns))
        values[values == MISSING] = np.nan
        return values

    @override
    def point_columns(self, connection: Connection, run_id: int, last: int) -> PointColumns | None:
        from ...reading.table import points_statement
        from .native import NativeReadError, read_columns  # numba takes seconds to import

        if last + 1 < self.LARGE or not self.is_current:
            return None
        query = points_statement(run_id).compile(connection, compile_kwargs={"literal_binds": True})
        try:
            return PointColumns(*read_columns(self.path, str(query), last + 1))
        except NativeReadError:
            return None

    @override
    def check(self, connection: Connection) -> Iterator[Finding]:
        for (text,) in connection.exec_driver_sql("PRAGMA main.integrity_check"):
            if text != "ok":
                yield Finding(f"The file is damaged: {text}.")
        path = self.path
        for rescue in sorted(path.parent.glob(f"{escape(path.stem)}-rescue-*{path.suffix}")):
            yield Finding(
                f"{rescue} holds a run that lost its file: take it in with dwmtj store copy.",
                is_problem=False,
            )

    @override
    def interruptible(self, connection: Connection) -> AbstractContextManager[None]:
        return interruptible(cast("sqlite3.Connection", connection.connection.driver_connection))

    @override
    def rescue_if_lost(self, connection: PointConnection, run_id: int) -> str | None:
        from .rescue import rescue

        if file_identity(self.path) == self._identity:
            return None
        assert isinstance(connection, _PointConnection)
        return rescue(self, connection.raw, run_id)

    def move_to(self, path: Path) -> None:
        """Use the database at `path` from now on."""
        self.engine.dispose()
        self._open(path)

    def _open(self, path: Path) -> None:
        self.place = self.path = path
        self._identity = file_identity(path)
        self.engine: Engine = create_engine(
            "sqlite://", creator=lambda: self.connect(), poolclass=QueuePool
        )
        self.reader = self.engine


class _PointConnection:
    def __init__(self, raw: sqlite3.Connection) -> None:
        self.raw = raw
        raw.isolation_level = None  # a statement alone is a transaction

    def add(self, row: Row) -> None:
        self.raw.execute(_INSERT, row)

    def add_all(self, rows: Iterable[Row]) -> int:
        self.raw.execute("BEGIN IMMEDIATE")
        try:
            added = _insert(self.raw, rows)
            self.raw.execute("COMMIT")
        except BaseException:
            self.raw.rollback()
            raise
        return added

    def close(self) -> None:
        self.raw.close()


def _insert(connection: sqlite3.Connection, rows: Iterable[Row]) -> int:
    return connection.executemany(_INSERT, rows).rowcount
