"""Upgrading a PostgreSQL database to the current schema, in one transaction."""

import logging
from collections.abc import Collection
from pathlib import Path

from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from ...database import LOCK_TIMEOUT_S
from ...errors import StoreError, errors_of
from ...location import PostgresUrl
from ...migrations.upgrade import MIGRATIONS, check_no_run_under_way, migrate
from ...schema import SCHEMA_VERSION
from .server import LOCK, MARK, act_as_owner, connect, schema_version

log = logging.getLogger(__name__)


def upgrade_server(
    place: PostgresUrl,
    *,
    lock_timeout_s: float = LOCK_TIMEOUT_S,
    interrupted: Collection[int] = (),
    migrations: Path = MIGRATIONS,
) -> str | None:
    """Upgrade a database and return a sentence on it; None if its schema is current.

    Raises StoreError, and then nothing has changed. There is no copy: `pg_dump` makes one.
    """
    engine = create_engine(
        "postgresql+psycopg://",
        creator=lambda: connect(place, lock_timeout_s, read_only=False),
        poolclass=NullPool,
    )
    with errors_of(place), engine.begin() as connection:
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({LOCK})")
        raw = connection.connection.driver_connection
        version = schema_version(raw, place)  # type: ignore[arg-type]
        if version is None:
            raise StoreError(f"{place} holds no runs: there is nothing to upgrade.")
        if version == SCHEMA_VERSION:
            return None
        check_no_run_under_way(connection, str(place), interrupted)
        act_as_owner(connection)
        migrate(connection, version, migrations)
        connection.execute(text(f"UPDATE {MARK} SET version = :v"), {"v": SCHEMA_VERSION})  # noqa: S608
    done = f"{place} was upgraded from schema {version} to {SCHEMA_VERSION}."
    log.warning("%s", done)
    return done
