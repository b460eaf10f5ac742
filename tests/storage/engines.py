"""Tests of the store that hold on SQLite and on PostgreSQL alike."""

from pathlib import Path

import pytest

from dwmtj.storage import Place, database_place

ENGINES = ("sqlite", "postgresql")
on_both = pytest.mark.parametrize("engine", ENGINES, indirect=True)
"""The test is run once with each engine behind its `store`, or behind its `new_place`."""


def place_on(engine: str, name: str, folder: Path, request: pytest.FixtureRequest) -> Place:
    """Return where a new database is to be: a file in a folder, or a place on the server."""
    if engine == "sqlite":
        return folder / f"{name}.sqlite"
    return database_place(request.getfixturevalue("postgresql").new_database())
