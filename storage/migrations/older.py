"""Databases of older schemas, read without changing them: views add what they lack."""

import sqlite3
from uuid import NAMESPACE_URL, uuid5

import sqlalchemy as sa

_ADDED_TABLES = {
    1: (
        "warnings AS SELECT NULL AS id, NULL AS run_id, NULL AS attempt, NULL AS time, "
        "NULL AS source, NULL AS message WHERE 0",
    ),
    6: tuple(
        f"{table} AS SELECT NULL AS name, NULL AS notes WHERE 0"
        for table in ("users", "benches", "wafers", "samples")
    ),
}
"""By version, the tables that the next version added, as empty views."""
_ADDED_COLUMNS: dict[int, dict[str, tuple[str, ...]]] = {
    2: {"points": ("mark",), "runs": ("boot_id", "process_started_ticks")},
    3: {"runs": ("tags", "starred", "deleted")},
    4: {"points": ("temperature_K",), "runs": ("conditions",)},
    5: {"runs": ("guid",)},
    6: {"runs": ("bench_name",), "devices": ("sample", "wafer", "die_row", "die_column")},
}
"""By version, the columns that the next version added to a table."""
_RUNS = sa.table(
    "runs", *map(sa.column, ("id", "started", "host", "pid", "process_started", "protocol"))
)  # as they are stored: what a GUID follows from


def view_as_current(connection: sqlite3.Connection, version: int) -> None:
    """Let queries on this connection find the tables of the current schema.

    A temporary view goes before the table of its name, and nothing is written to the file.
    """
    connection.execute("PRAGMA temp_store = MEMORY")
    for before, views in _ADDED_TABLES.items():
        for view in views if before >= version else ():
            connection.execute(f"CREATE TEMP VIEW {view}")
    for table, columns in _columns_added_since(version).items():
        empty = ", ".join(f"NULL AS {column}" for column in columns)
        connection.execute(
            f"CREATE TEMP VIEW {table} AS SELECT *, {empty} FROM main.{table}"  # noqa: S608
        )


def guids_of_older_runs(connection: sa.Connection, run_id: int | None = None) -> dict[int, str]:
    """Return the GUIDs of runs of a schema before 6, of one or of all, by number.

    They follow from what the runs hold: copies of a database agree on them, upgraded or not.
    """
    chosen = sa.select(_RUNS) if run_id is None else sa.select(_RUNS).where(_RUNS.c.id == run_id)
    rows = connection.execute(chosen).all()
    return {
        row.id: str(uuid5(NAMESPACE_URL, "/".join(("dwmtj-run", *map(str, row))))) for row in rows
    }


def _columns_added_since(version: int) -> dict[str, list[str]]:
    added: dict[str, list[str]] = {}
    for before, tables in _ADDED_COLUMNS.items():
        for table, columns in tables.items() if before >= version else ():
            added.setdefault(table, []).extend(columns)
    return added
