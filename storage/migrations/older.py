"""Databases of older schemas, read without changing them: views add what they lack."""

import sqlite3

_ADDED_TABLES = {
    1: (
        "warnings AS SELECT NULL AS id, NULL AS run_id, NULL AS attempt, NULL AS time, "
        "NULL AS source, NULL AS message WHERE 0",
    ),
}
"""By version, the tables that the next version added, as empty views."""
_ADDED_COLUMNS: dict[int, dict[str, tuple[str, ...]]] = {
    2: {"points": ("mark",), "runs": ("boot_id", "process_started_ticks")},
    3: {"runs": ("tags", "starred", "deleted")},
    4: {"points": ("temperature_K",), "runs": ("conditions",)},
    5: {"runs": ("guid",)},
}
"""By version, the columns that the next version added to a table."""


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


def _columns_added_since(version: int) -> dict[str, list[str]]:
    added: dict[str, list[str]] = {}
    for before, tables in _ADDED_COLUMNS.items():
        for table, columns in tables.items() if before >= version else ():
            added.setdefault(table, []).extend(columns)
    return added
