"""Upgrading a database to the current schema, after a verified copy.

Copy and migrations happen under the file's write lock and the migrations in one transaction: a
process that is killed leaves the older database, and of several that upgrade at once one does.
"""

from collections.abc import Collection
from contextlib import closing
from dataclasses import dataclass, fields
from pathlib import Path

from sqlalchemy import Connection, create_engine, inspect, text
from sqlalchemy.pool import NullPool

from ..database import LOCK_TIMEOUT_S
from ..engines.sqlite.file import check_place, connect, schema_version
from ..errors import StoreError, errors_of
from ..owner import Owner
from ..schema import SCHEMA_VERSION
from .backup import Progress, back_up

MIGRATIONS = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Upgrade:
    """A completed upgrade, and the copy of the database from before it."""

    path: Path
    from_version: int
    backup: Path

    def __str__(self) -> str:
        return (
            f"{self.path} was upgraded from schema {self.from_version} to {SCHEMA_VERSION}; "
            f"{self.backup} is a copy from before."
        )


def upgrade_database(
    path: Path,
    *,
    lock_timeout_s: float = LOCK_TIMEOUT_S,
    interrupted: Collection[int] = (),
    progress: Progress | None = None,
    migrations: Path = MIGRATIONS,
) -> Upgrade | None:
    """Upgrade the database at `path`; return None if its schema is current.

    Runs in `interrupted`, whose computer is gone, are marked as interrupted. `progress` is called
    with the pages copied so far and their total. Raises StoreError, and then nothing has changed:
    while a run is under way, if the file is locked, or if the copy fails.
    """
    check_place(path, create=False)
    with errors_of(path), closing(connect(path, "rw", lock_timeout_s)) as raw:
        if schema_version(raw, path) == SCHEMA_VERSION:
            return None
        engine = create_engine("sqlite://", creator=lambda: raw, poolclass=NullPool)
        with engine.connect() as connection:
            raw.execute("PRAGMA foreign_keys = OFF")  # migrations may replace a table referred to
            raw.execute("BEGIN IMMEDIATE")
            version = schema_version(raw, path)
            if version == SCHEMA_VERSION:  # another process upgraded it meanwhile
                return None
            check_no_run_under_way(connection, path, interrupted)
            backup = back_up(path, version, progress)
            migrate(connection, version, migrations)
            _check_references(connection, path)
            raw.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
            raw.commit()
    return Upgrade(path, version, backup)


def migrate(connection: Connection, version: int, migrations: Path) -> None:
    """Run the scripts of newer versions in the transaction of a connection."""
    # Imported here: opening a current database needs none of it.
    from alembic.operations import Operations
    from alembic.runtime.migration import MigrationContext
    from alembic.script import ScriptDirectory

    scripts = ScriptDirectory(migrations).walk_revisions()
    pending = [script for script in scripts if int(script.revision) > version]
    with Operations.context(MigrationContext.configure(connection)):
        for script in reversed(pending):
            script.module.upgrade()


def check_no_run_under_way(
    connection: Connection, place: object, interrupted: Collection[int]
) -> None:
    """Raise StoreError if a run is under way; those in `interrupted` are marked as such."""
    names = {column["name"] for column in inspect(connection).get_columns("runs")}
    columns = ", ".join(field.name for field in fields(Owner) if field.name in names)
    rows = connection.exec_driver_sql(
        f"SELECT id, {columns} FROM runs WHERE status = 'running'"  # noqa: S608
    ).all()
    for run_id, *process in rows:
        owner = Owner(*process)
        if owner.is_dead():
            continue
        if run_id in interrupted and not owner.on_this_host:
            _mark_interrupted(connection, run_id, owner)
            continue
        way_out = "wait for its end"
        if not owner.on_this_host:
            way_out += (
                f", or, if that computer is gone, use dwmtj store upgrade --interrupted {run_id}"
            )
        raise StoreError(
            f"{place} cannot be upgraded while run {run_id} is under way in process {owner.pid} on "
            f"{owner.host}: {way_out}. Meanwhile it can be opened read-only."
        )


def _mark_interrupted(connection: Connection, run_id: int, owner: Owner) -> None:
    message = f"Declared interrupted; its process was {owner.pid} on {owner.host}."
    statement = text("UPDATE runs SET status = 'interrupted', message = :message WHERE id = :id")
    connection.execute(statement, {"message": message, "id": run_id})


def _check_references(connection: Connection, path: Path) -> None:
    if connection.exec_driver_sql("PRAGMA foreign_key_check").first() is not None:
        raise StoreError(
            f"{path} refers to rows that it does not hold and stays as it is: check it with "
            "sqlite3's PRAGMA foreign_key_check."
        )
