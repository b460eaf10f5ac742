"""Connections to a database of a PostgreSQL server, and whether it is one of dwmtj."""

from itertools import chain
from types import ModuleType
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Dialect, text

from ...errors import StoreError
from ...location import PostgresUrl
from ...schema import SCHEMA_VERSION

if TYPE_CHECKING:
    import psycopg

MARK = "dwmtj_schema"  # the table with the version of the schema, by which dwmtj's are recognised
LOCK = 0x44574D54  # "DWMT", the advisory lock of who changes runs
CONNECT_TIMEOUT_S = 10
_OWNER = text(
    "SELECT rolname FROM pg_roles WHERE oid = coalesce("  # noqa: S608
    f"(SELECT relowner FROM pg_class WHERE oid = to_regclass('{MARK}')), "
    "(SELECT datdba FROM pg_database WHERE datname = current_database())) "
    "AND pg_has_role(oid, 'MEMBER') AND has_schema_privilege(oid, current_schema(), 'CREATE')"
)
_OPTIONS: dict[str, Any] = {
    "connect_timeout": CONNECT_TIMEOUT_S,
    "application_name": "dwmtj",
    # A computer that is gone is noticed in half a minute, not in the hours of an operating system.
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 4,
    "tcp_user_timeout": 30_000,
}


def driver() -> ModuleType:
    """Return psycopg; raises StoreError where it is not installed."""
    try:
        import psycopg
    except ImportError as error:
        raise StoreError("PostgreSQL needs psycopg: pip install 'dwmtj[postgresql]'.") from error
    return psycopg


def connect(
    place: PostgresUrl, lock_timeout_s: float, *, read_only: bool, answer_s: float | None = None
) -> "psycopg.Connection[Any]":
    """Return a new connection; raises StoreError and psycopg.Error.

    What it commits is on the server's disk, whatever the server's own setting is. It is lost if a
    statement has no answer after `answer_s`.
    """
    arguments, options = _dialect(place).create_connect_args(place.url)
    driver()
    from .patience import PatientConnection

    try:
        connection = PatientConnection.connect(*arguments, **{**_OPTIONS, **options})
    except driver().ProgrammingError as error:
        raise StoreError(
            f"The URL {place} cannot be used ({' '.join(str(error).split())}): its options are "
            "those of libpq, see PostgreSQL's manual on connection strings."
        ) from error
    connection.answer_s = answer_s
    settings = {
        "synchronous_commit": "on",
        "TimeZone": "UTC",
        "lock_timeout": f"{max(1, round(1000 * lock_timeout_s))}ms",
    }
    if read_only:
        settings["default_transaction_read_only"] = "on"
    try:
        _refuse_encoding(connection, place)
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


def act_as_owner(connection: Connection) -> None:
    """Let what a transaction makes belong to the owner of the tables, else of the database.

    Whoever has the owner's role may open an empty database first; the others shall not be shut out.
    """
    owner = connection.scalar(_OWNER)
    if owner is not None:
        quoted = connection.dialect.identifier_preparer.quote_identifier(owner)
        connection.exec_driver_sql(f"SET LOCAL ROLE {quoted}")


def _dialect(place: PostgresUrl) -> Dialect:
    driver()
    return place.url.get_dialect()()


def _refuse_standby(connection: "psycopg.Connection[Any]", place: PostgresUrl) -> None:
    row = connection.execute("SELECT pg_is_in_recovery()").fetchone()
    if row is not None and row[0]:
        raise StoreError(f"{place} is a standby that only reads: give the primary server.")


def _refuse_encoding(connection: "psycopg.Connection[Any]", place: PostgresUrl) -> None:
    """Refuse what has no Ω, or, as SQL_ASCII, takes bytes of any encoding as they come."""
    encoding = connection.info.parameter_status("server_encoding")
    if encoding != "UTF8":
        raise StoreError(
            f"{place} has the encoding {encoding}, which does not hold every text: make a database "
            "with createdb --encoding UTF8 --template template0."
        )
