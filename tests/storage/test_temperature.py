"""A temperature is a quantity of a point if measured, and a condition of the run if stated."""

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from dwmtj.storage import ImportFileError, Point, Status, Store, StoreError
from dwmtj.storage.importing.run import ImportedRun, read_run, store_run
from dwmtj.tests.storage.test_samples import SAMPLES

MAPS = ("V=amplitude_V", "R=resistance_ohm")


@pytest.fixture
def version_4(tmp_path: Path) -> Path:
    """A database of version 4 whose run 1 has imported temperatures, as extra quantities."""
    path = tmp_path / "lab.sqlite"
    shutil.copy(SAMPLES / "v4.sqlite", path)
    extras = ({"temperature_K": 300}, {"temperature_K": 310.5, "gate_V": 1.0}, {"gate_V": 2.0})
    with closing(sqlite3.connect(path)) as raw, raw:
        for point, extra in enumerate(extras):
            raw.execute(
                "UPDATE points SET extra = ? WHERE run_id = 1 AND point = ?",
                (json.dumps(extra), point),
            )
    return path


@pytest.mark.parametrize("read_only", [False, True])
def test_temperatures_imported_by_an_older_version_become_the_points_own(
    version_4: Path, read_only: bool
) -> None:
    with Store.open(version_4, read_only=read_only) as store:
        points = store.points(1)
        polled = None if read_only else store.points_after(1, columns=["temperature_K"])
    assert points["temperature_K"].iloc[:2].tolist() == [300.0, 310.5]
    assert points["temperature_K"].iloc[2:].isna().all()
    assert points["gate_V"].iloc[1:3].tolist() == [1.0, 2.0]
    if polled is not None:
        assert polled["temperature_K"][:2].tolist() == [300.0, 310.5]


def test_a_measured_temperature_is_stored_with_its_point_and_refused_as_a_text(
    store: Store,
) -> None:
    writer = store.begin_run("retention", "a", parameters={}, bench={})
    writer.add(Point("read", 0.0, temperature_K=358.25))
    with pytest.raises(StoreError, match="cannot be stored"):
        writer.add(Point("read", 1.0, temperature_K="hot"))  # type: ignore[arg-type]
    writer.finish(Status.FINISHED)
    assert store.points(writer.run_id)["temperature_K"].tolist() == [358.25]


def test_a_temperature_given_as_an_extra_quantity_becomes_the_points_own(store: Store) -> None:
    writer = store.begin_run("mine", "a", parameters={}, bench={})
    writer.add(Point("read", 0.0, extra={"temperature_K": 295, "gate_V": 1.0}))
    writer.finish(Status.FINISHED)
    points = store.points(writer.run_id)
    assert points["temperature_K"].tolist() == [295.0]
    assert points["gate_V"].tolist() == [1.0]


def test_a_stated_temperature_is_kept_with_the_run_and_said_not_to_be_measured(
    store: Store,
) -> None:
    stated = {"temperature_K": 358.0}
    run = store.begin_run("retention", "a", parameters={}, bench={}, conditions=stated)
    run.finish(Status.FINISHED)
    record = store.run(run.run_id)
    assert record.conditions == stated
    assert record.stated == "temperature 358 K (stated, not measured)"
    assert store.points(run.run_id).empty


def imported(folder: Path, *constants: str, columns: str = "V,R") -> ImportedRun:
    path = folder / "a.csv"
    path.write_text(f"{columns}\n1,100\n2,93\n", encoding="utf-8")
    return read_run(path, "staircase-write", MAPS, constants)


def test_a_temperature_set_for_a_whole_file_is_stated(store: Store, tmp_path: Path) -> None:
    run = imported(tmp_path, "temperature_C=85")
    assert {point.temperature_K for point in run.points} == {None}
    number = store_run(store, run, "A3")
    assert store.run(number).conditions == {"temperature_K": pytest.approx(358.15)}


def test_a_temperature_that_no_junction_has_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ImportFileError, match="temperature of -1 K"):
        imported(tmp_path, "temperature_K=-1")
