"""Connections to a database of a PostgreSQL server, and whether it is one of dwmtj."""

from itertools import chain
from types import ModuleType
from typing import TYPE_CHECKING, Any

from sqlalchemy import Dialect

from ...errors import StoreError
from ...location import PostgresUrl
from ...schema import SCHEMA_VERSION

if TYPE_CHECKING:
    import psycopg

MARK = "dwmtj_schema"  # the table with the version of the schema, by which dwmtj's are recognised
LOCK = 0x44574D54  # "DWMT", the advisory lock of who changes runs
CONNECT_TIMEOUT_S = 10


def driver() -> ModuleType:
    """Return psycopg; raises StoreError where it is not installed."""
    try:
        import psycopg
    except ImportError as error:
        raise StoreError("PostgreSQL needs psycopg: pip install 'dwmtj[postgresql]'.") from error
    return psycopg


def connect(
    place: PostgresUrl, lock_timeout_s: float, *, read_only: bool
) -> "psycopg.Connection[Any]":
    """Return a new connection; raises StoreError and psycopg.Error.

    What it commits is on the server's disk, whatever the server's own setting is.
    """
    arguments, options = _dialect(place).create_connect_args(place.url)
    options.setdefault("connect_timeout", CONNECT_TIMEOUT_S)
    options.setdefault("application_name", "dwmtj")
    connection: psycopg.Connection[Any] = driver().connect(*arguments, **options)
    settings = {
        "synchronous_commit": "on",
        "TimeZone": "UTC",
        "lock_timeout": f"{max(1, round(1000 * lock_timeout_s))}ms",
    }
    if read_only:
        settings["default_transaction_read_only"] = "on"
    try:
        if not read_only:
            _refuse_standby(connection, place)
        calls = ", ".join(["set_config(%s, %s, false)"] * len(settings))
        connection.execute(f"SELECT {calls}", [*chain.from_iterable(settings.items())])
        connection.commit()
    except BaseException:
        connection.close()
        raise
    return connection


def schema_version(connection: "psycopg.Connection[Any]", place: PostgresUrl) -> int | None:
    """Return the version of the schema, None if the database has no tables.

    Raises StoreError for tables of another program and for a newer schema.
    """
    (schema,) = connection.execute("SELECT current_schema()").fetchone() or (None,)
    if schema is None:
        raise StoreError(
            f"{place} has no schema that this user may use: let an owner of the database grant it."
        )
    found = connection.execute(
        "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') "
        "AND relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = %s)",
        (schema,),
    )
    tables = {name for (name,) in found}
    if not tables:
        return None
    if MARK not in tables:
        raise StoreError(
            f"{place} is not a database of dwmtj: give another one with --database or "
            "DWMTJ_DATABASE, or make one with createdb."
        )
    row = connection.execute(f"SELECT version FROM {MARK}").fetchone()  # noqa: S608
    version = 0 if row is None else int(row[0])
    if version > SCHEMA_VERSION:
        raise StoreError(
            f"{place} was made by a newer dwmtj (schema {version}, this one knows "
            f"{SCHEMA_VERSION}): update dwmtj, or use another database."
        )
    return version


def _dialect(place: PostgresUrl) -> Dialect:
    driver()
    return place.url.get_dialect()()


def _refuse_standby(connection: "psycopg.Connection[Any]", place: PostgresUrl) -> None:
    row = connection.execute("SELECT pg_is_in_recovery()").fetchone()
    if row is not None and row[0]:
        raise StoreError(f"{place} is a standby that only reads: give the primary server.")
