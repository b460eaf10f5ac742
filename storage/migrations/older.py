"""Databases of older schemas, read without changing them: views add what they lack."""

import sqlite3

_VIEWS = {
    1: (
        "warnings AS SELECT NULL AS id, NULL AS run_id, NULL AS attempt, NULL AS time, "
        "NULL AS source, NULL AS message WHERE 0",
    ),
    2: (
        "points AS SELECT *, NULL AS mark FROM main.points",
        "runs AS SELECT *, NULL AS boot_id, NULL AS process_started_ticks FROM main.runs",
    ),
}
"""By version, the views that make a table of that version look like that of the next one."""


def view_as_current(connection: sqlite3.Connection, version: int) -> None:
    """Let queries on this connection find the tables of the current schema.

    A temporary view goes before the table of its name, and nothing is written to the file.
    """
    connection.execute("PRAGMA temp_store = MEMORY")
    for before, views in _VIEWS.items():
        for view in views if before >= version else ():
            connection.execute(f"CREATE TEMP VIEW {view}")
