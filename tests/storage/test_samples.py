"""Databases of every schema version, as they were made by its code, open in the current one."""

import json
import re
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from dwmtj.analysis.state_model.store import model_of
from dwmtj.storage import Status, Store
from dwmtj.storage.schema import SCHEMA_VERSION, Base
from dwmtj.tests.storage.make_database import content_of

SAMPLES = Path(__file__).parent / "databases"
GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
VERSIONS = range(1, SCHEMA_VERSION + 1)


def tables(path: Path) -> dict[str, list[tuple[object, ...]]]:
    with closing(sqlite3.connect(path)) as raw:
        names = raw.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        return {name: raw.execute(f"SELECT * FROM {name}").fetchall() for (name,) in names}


def with_added_columns(
    before: list[tuple[object, ...]], after: list[tuple[object, ...]]
) -> list[tuple[object, ...]]:
    """Return the rows of a table with empty cells for the columns that an upgrade added.

    It fills in a GUID, and the name of the bench that a run has.
    """
    return [
        (*old, *(cell if _is_filled(cell, old) else None for cell in new[len(old) :]))
        for old, new in zip(before, after, strict=True)
    ]


def added_tables(version: int) -> dict[str, list[tuple[object, ...]]]:
    """Return the tables that an upgrade of a sample adds."""
    tables: dict[str, list[tuple[object, ...]]] = {}
    if version < 2:
        tables["warnings"] = []
    if version < 7:
        tables |= {"users": [("Ada", ""), ("Eve", "")], "wafers": [], "samples": []}
        tables["benches"] = [("virtual-trapezoid", "")]
    return tables


def _is_filled(cell: object, old: tuple[object, ...]) -> bool:
    if not isinstance(cell, str):
        return False
    return GUID.fullmatch(cell) is not None or any(f'"name": "{cell}"' in str(o) for o in old)


@pytest.fixture
def sample(tmp_path: Path, version: int) -> Path:
    shutil.copy(SAMPLES / f"v{version}.sqlite", tmp_path / "lab.sqlite")
    return tmp_path / "lab.sqlite"


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("read_only", [False, True], ids=["upgraded", "read_only"])
def test_a_database_of_every_version_keeps_every_value(
    sample: Path, version: int, read_only: bool
) -> None:
    expected = json.loads((SAMPLES / f"v{version}.json").read_text(encoding="utf-8"))
    for points in expected["points"].values():
        for added in ("mark", "temperature_K"):
            points.setdefault(added, [None] * len(points["point"]))
    for run in expected["runs"]:
        run["summary"] = {"tags": [], "starred": False, **run["summary"]}
        run.setdefault("conditions", {})
    before = tables(sample)
    with Store.open(sample, create=False, read_only=read_only) as store:
        assert content_of(store) == {"warnings": {}, **expected}
        model = model_of(store.calibration("trapezoid-1"))
    assert [level.visits for level in model.levels] == [12, 12, 12, 12]
    after = tables(sample)
    assert {name: with_added_columns(before[name], after[name]) for name in before} == {
        name: after[name] for name in before
    }
    new_tables = {name: after[name] for name in after if name not in before}
    assert new_tables == ({} if read_only else added_tables(version))


@pytest.mark.parametrize("version", VERSIONS)
def test_an_upgraded_database_can_be_measured_into(sample: Path) -> None:
    with Store.open(sample) as store:
        writer = store.resume_run(3, bench={})
        assert writer.first_cycle == 0
        writer.warn("pyvisa", "slow")
        writer.finish(Status.FINISHED)
        assert store.run(3).warnings[-1].message == "slow"


@pytest.mark.parametrize("version", VERSIONS)
def test_an_upgraded_database_has_the_tables_of_a_new_one(sample: Path, tmp_path: Path) -> None:
    def columns(path: Path) -> dict[str, list[tuple[object, ...]]]:
        with closing(sqlite3.connect(path)) as raw:
            described = {
                f"{kind} {name}": raw.execute(f"PRAGMA {kind}({name})").fetchall()
                for name in tables(path)
                for kind in ("table_xinfo", "index_list", "foreign_key_list")
            }
        for name, rows in described.items():  # indexes are made in no order
            if name.startswith("index_list"):
                described[name] = sorted(row[1:] for row in rows)
        return described

    new = tmp_path / "new.sqlite"
    for path in (sample, new):
        with Store.open(path) as store, store._database.engine.connect() as connection:
            assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []
    assert columns(sample) == columns(new)
