"""An open database of a PostgreSQL server."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import Connection, Select, create_engine, text
from typing_extensions import override

from ...database import Database, Finding, PointColumns, PointConnection, Row
from ...location import PostgresUrl
from .server import LOCK, connect

if TYPE_CHECKING:
    import numpy.typing as npt
    import psycopg

_INVALID_INDEXES = text(
    "SELECT indexrelid::regclass::text FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid "
    "WHERE NOT indisvalid AND relnamespace = current_schema()::regnamespace"
)
_SETTINGS = {
    "fsync": "a power cut may damage the database: set it to on in postgresql.conf",
    "full_page_writes": "a power cut may damage the database: set it to on in postgresql.conf",
    "data_checksums": "damaged pages are not noticed: see pg_checksums --enable",
}
"""Settings of the server that should be on, and what happens where they are off."""
POINT_ANSWER_S = 60.0  # the bench waits, its field on, while a point is being committed


class PostgresDatabase(Database):
    """A database of a server, which outlives this computer's processes and may be restarted."""

    def __init__(self, place: PostgresUrl, *, read_only: bool, lock_timeout_s: float) -> None:
        self.place: PostgresUrl = place
        self.read_only = read_only
        self._lock_timeout_s = lock_timeout_s
        # A connection of the pool that a restart of the server cut is replaced.
        self.engine = create_engine(
            "postgresql+psycopg://", creator=self.connect, pool_pre_ping=True
        )
        self.reader = self.engine.execution_options(isolation_level="REPEATABLE READ")

    def connect(self, answer_s: float | None = None) -> "psycopg.Connection[Any]":
        """Return a new connection; raises StoreError and psycopg.Error."""
        return connect(
            self.place, self._lock_timeout_s, read_only=self.read_only, answer_s=answer_s
        )

    @override
    def lock(self, connection: Connection) -> None:
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({LOCK})")

    @override
    def point_connection(self) -> PointConnection:
        return _PointConnection(self.connect(POINT_ANSWER_S))

    @override
    def insert_points(self, connection: Connection, rows: Iterable[Row]) -> int:
        from .points import insert_points

        raw = connection.connection.driver_connection
        return insert_points(cast("psycopg.Connection[Any]", raw), rows)

    @staticmethod
    @override
    def utc_time(value: Any) -> datetime:
        return cast("datetime", value).astimezone(UTC)

    @override
    def numbers(self, connection: Connection, statement: Select[Any]) -> "npt.NDArray[Any]":
        from .points import numbers

        return numbers(connection, statement)

    @override
    def point_columns(self, connection: Connection, run_id: int, last: int) -> PointColumns | None:
        from .points import point_columns

        return point_columns(connection, run_id, last)

    @override
    def rescue_if_lost(self, connection: PointConnection, run_id: int) -> str | None:
        return None  # nobody moves the files of a server from under it

    @override
    def check(self, connection: Connection) -> Iterator[Finding]:
        for (index,) in connection.execute(_INVALID_INDEXES):
            yield Finding(f"The index {index} is not valid: REINDEX INDEX {index}.")
        for setting, danger in _SETTINGS.items():
            if connection.exec_driver_sql(f"SHOW {setting}").scalar_one() != "on":
                yield Finding(f"The server's {setting} is off, so that {danger}.", is_problem=False)


class _PointConnection:
    def __init__(self, raw: "psycopg.Connection[Any]") -> None:
        from .points import INSERT, as_stored

        raw.autocommit = True  # a statement alone is a transaction
        self._raw, self._cursor = raw, raw.cursor()
        self._insert, self._as_stored = INSERT, as_stored

    def add(self, row: Row) -> None:
        self._cursor.execute(self._insert, self._as_stored(row), prepare=True)

    def add_all(self, rows: Iterable[Row]) -> int:
        from .points import insert_points

        with self._raw.transaction():
            return insert_points(self._raw, rows)

    def close(self) -> None:
        self._raw.close()

    def __del__(self) -> None:
        self._raw.close()  # a run may lose its writer without an end
