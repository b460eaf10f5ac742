"""Opening of a PostgreSQL database: tables made if missing, rejected if it is not of dwmtj."""

import shlex
from contextlib import closing

from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from ...errors import StoreError, errors_of
from ...location import PostgresUrl
from ...schema import SCHEMA_VERSION, Base
from .database import PostgresDatabase
from .server import LOCK, MARK, act_as_owner, connect, schema_version
from .upgrade import upgrade_server


def open_server(
    place: PostgresUrl, *, create: bool, read_only: bool, upgrade: bool, lock_timeout_s: float
) -> PostgresDatabase:
    """Return the database of a server; see `choice.open_database`."""
    with (
        errors_of(place),
        closing(connect(place, lock_timeout_s, read_only=read_only)) as first,
    ):
        version = schema_version(first, place)
    if version is None and not create:
        raise StoreError(
            f"{place} holds no runs yet: measure something first, or give another place with "
            "--database or DWMTJ_DATABASE."
        )
    if version is None:
        with errors_of(place):
            _create_tables(place, lock_timeout_s)
    elif version < SCHEMA_VERSION and (read_only or not upgrade):
        raise StoreError(
            f"{place} has schema {version}, this dwmtj has schema {SCHEMA_VERSION}: upgrade it "
            f"with dwmtj store upgrade --database {shlex.quote(str(place))}."
        )
    elif version < SCHEMA_VERSION:
        upgrade_server(place, lock_timeout_s=lock_timeout_s)
    return PostgresDatabase(place, read_only=read_only, lock_timeout_s=lock_timeout_s)


def _create_tables(place: PostgresUrl, lock_timeout_s: float) -> None:
    """Create the tables and the mark in one transaction, unless another process just did."""
    engine = create_engine(
        "postgresql+psycopg://",
        creator=lambda: connect(place, lock_timeout_s, read_only=False),
        poolclass=NullPool,
    )
    with engine.begin() as connection:
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({LOCK})")
        raw = connection.connection.driver_connection
        if schema_version(raw, place) is not None:  # type: ignore[arg-type]
            return
        act_as_owner(connection)
        Base.metadata.create_all(connection)
        connection.exec_driver_sql(f"CREATE TABLE {MARK} (version integer NOT NULL)")
        connection.execute(text(f"INSERT INTO {MARK} VALUES (:v)"), {"v": SCHEMA_VERSION})  # noqa: S608
