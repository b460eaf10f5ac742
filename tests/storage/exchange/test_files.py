"""Runs in files: what is written is read back, whatever the format."""

import json
import sys
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
import xarray as xr

from dwmtj.storage import ImportFileError, Point, Status, Store, StoreError
from dwmtj.storage.exchange.document import read_document
from dwmtj.tests.storage.exchange.nasty_run import measure_nasty_run

FORMATS = (".csv", ".parquet", ".h5", ".nc")


@pytest.fixture
def run_id(store: Store) -> int:
    return measure_nasty_run(store)


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "other.sqlite") as opened:
        opened.begin_run("reset", "A1", parameters={}, bench={}).finish(Status.FINISHED)
        yield opened


def everything(store: Store, run_id: int) -> dict[str, Any]:
    record = store.run(run_id)
    return asdict(replace(record, summary=record.summary._replace(id=0)))


def assert_same_run(one: Store, run_id: int, other: Store, other_id: int) -> None:
    for all_attempts in (True, False):
        pd.testing.assert_frame_equal(
            one.points(run_id, all_attempts=all_attempts),
            other.points(other_id, all_attempts=all_attempts),
            check_exact=True,
        )
    assert everything(one, run_id) == everything(other, other_id)


@pytest.mark.parametrize("suffix", FORMATS)
def test_a_run_comes_back_from_a_file_with_every_value_mark_and_type(
    store: Store, other: Store, run_id: int, tmp_path: Path, suffix: str
) -> None:
    assert store.points(run_id)["attempt"].nunique() == 3  # points of cycles measured twice
    assert len(store.points(run_id, all_attempts=True)) > len(store.points(run_id))
    store.export_run(run_id, tmp_path / f"run{suffix}")
    stored = other.import_run(tmp_path / f"run{suffix}")
    assert (stored.number, stored.is_new) == (2, True)
    assert_same_run(store, run_id, other, stored.number)
    other.export_run(2, tmp_path / f"again{suffix}")
    with Store.open(tmp_path / "third.sqlite") as third:
        assert_same_run(other, 2, third, third.import_run(tmp_path / f"again{suffix}").number)


@pytest.mark.parametrize("suffix", FORMATS)
def test_a_run_without_points_and_one_under_way_come_back(
    store: Store, other: Store, tmp_path: Path, suffix: str
) -> None:
    writer = store.begin_run("reset", "A1", parameters={}, bench={})
    store.export_run(writer.run_id, tmp_path / f"empty{suffix}")
    number = other.import_run(tmp_path / f"empty{suffix}").number
    assert other.points(number).empty
    run = other.run(number).summary
    assert (run.status, run.message) == ("interrupted", "It was under way when it was exported.")
    assert not other.import_run(tmp_path / f"empty{suffix}").is_new


def test_a_run_is_recognised_whatever_file_it_comes_from(
    store: Store, run_id: int, tmp_path: Path
) -> None:
    for suffix in FORMATS:
        store.export_run(run_id, tmp_path / f"run{suffix}")
        stored = store.import_run(tmp_path / f"run{suffix}")
        assert (stored.number, stored.is_new) == (run_id, False)
    store.annotate(run_id, tags=["other"])
    with pytest.raises(StoreError, match=r"Run 1 of .* same GUID and other content"):
        store.import_run(tmp_path / "run.parquet")
    assert len(store.runs()) == 1


def test_a_file_that_was_changed_is_refused(
    store: Store, other: Store, run_id: int, tmp_path: Path
) -> None:
    path = tmp_path / "run.csv"
    store.export_run(run_id, path)
    text = path.read_text()
    assert "0.333" in text
    for changed in (text.replace("0.333", "0.334", 1), text.partition("\n")[2], "", text[:-300]):
        path.write_text(changed)
        with pytest.raises(ImportFileError, match=r"checksum differs|cannot be read"):
            other.import_run(path)
    assert len(other.runs()) == 1


def test_parquet_has_units_nulls_and_the_points_that_count(
    store: Store, run_id: int, tmp_path: Path
) -> None:
    store.export_run(run_id, tmp_path / "run.parquet")
    table = pq.read_table(tmp_path / "run.parquet")
    assert table.num_rows == len(store.points(run_id))
    assert table.schema.field("resistance_ohm").metadata == {b"unit": b"ohm"}
    assert table.schema.field("lock_in_V").metadata == {b"unit": b"V"}
    assert table["amplitude_V"].null_count == int(store.points(run_id)["amplitude_V"].isna().sum())
    head = json.loads(table.schema.metadata[b"dwmtj"])
    assert head["run"]["bench"] == {"identities": {}}
    assert head["earlier_attempts"][0]["bench"]["identities"] == {"magnet": "KEPCO"}


def test_xarray_reads_units_and_provenance(store: Store, run_id: int, tmp_path: Path) -> None:
    store.export_run(run_id, tmp_path / "run.nc")
    points = store.points(run_id)
    with xr.open_dataset(tmp_path / "run.nc", engine="h5netcdf") as dataset:
        assert dataset["point"].values.tolist() == points.index.tolist()
        assert dataset["resistance_ohm"].attrs["units"] == "ohm"
        for name in ("resistance_ohm", "temperature_K", "cycle"):
            np.testing.assert_array_equal(dataset[name].values, points[name].to_numpy())
        assert dataset["text_2"].values.tolist() == points["text_2"].fillna("").tolist()
        assert dataset.attrs["guid"] == store.run(run_id).guid
        assert json.loads(dataset.attrs["parameters"])["amplitude_V"] == 0.1 + 0.2


def test_csv_names_its_units_beside_it(store: Store, run_id: int, tmp_path: Path) -> None:
    store.export_run(run_id, tmp_path / "run.csv")
    described = json.loads((tmp_path / "run.csv-metadata.json").read_text())
    units = {each["name"]: each.get("dwmtj:unit") for each in described["tableSchema"]["columns"]}
    assert (units["field_T"], units["phase"], units["lock_in_V"]) == ("T", None, "V")
    assert described["url"] == "run.csv"
    (tmp_path / "run.csv").unlink()
    with pytest.raises(StoreError, match=r"run\.csv-metadata\.json already exists"):
        store.export_run(run_id, tmp_path / "run.csv")
    assert not (tmp_path / "run.csv").exists()


def test_a_file_of_another_program_or_format_is_refused_by_name(
    store: Store, run_id: int, tmp_path: Path
) -> None:
    pd.DataFrame({"R": [1.0]}).to_parquet(tmp_path / "other.parquet")
    (tmp_path / "text.parquet").write_text("amplitude_V")
    with pytest.raises(ImportFileError, match="holds no run that dwmtj exported"):
        store.import_run(tmp_path / "other.parquet")
    with pytest.raises(ImportFileError, match="is not a Parquet file"):
        store.import_run(tmp_path / "text.parquet")
    with pytest.raises(ImportFileError, match="There is no file"):
        store.import_run(tmp_path / "none.nc")
    with pytest.raises(StoreError, match=r"run\.xyz names no format: use one of \.csv, \.parquet"):
        store.export_run(run_id, tmp_path / "run.xyz")
    assert not (tmp_path / "run.xyz").exists()


def test_a_format_whose_library_is_missing_is_refused_with_the_line_to_install_it(
    store: Store, run_id: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(StoreError, match=r"\.parquet files need pyarrow: pip install 'dwmtj"):
        store.export_run(run_id, tmp_path / "run.parquet")
    assert list(tmp_path.glob("run.parquet*")) == []


def test_a_run_of_an_older_schema_gets_the_same_guid_in_every_import(tmp_path: Path) -> None:
    old = Path(__file__).parents[1] / "databases" / "v5.sqlite"
    with Store.open(old, read_only=True) as store:
        assert store.run(1).guid is None
        store.export_run(1, tmp_path / "run.csv")
    guids = []
    for name in ("a.sqlite", "b.sqlite"):
        with Store.open(tmp_path / name) as target:
            guids.append(target.run(target.import_run(tmp_path / "run.csv").number).guid)
    assert guids[0] == guids[1] is not None


def test_a_run_without_a_guid_in_a_file_of_version_1_is_imported_once(
    store: Store, run_id: int
) -> None:
    with store._reading() as session:
        document = read_document(store._database, session, run_id)
    run = {**document.head["run"], "guid": None}
    document = replace(document, head={**document.head, "run": run})
    assert [store.import_run(document).is_new for _ in range(2)] == [True, False]


def test_a_point_is_the_same_after_the_file(store: Store, other: Store, tmp_path: Path) -> None:
    """The value of a mark or extra does not depend on what other points have."""
    writer = store.begin_run("reset", "A1", parameters={}, bench={})
    writer.add(Point("read", 0.0, extra={"level": 1}))
    writer.add(Point("read", 1.0))
    writer.finish(Status.FINISHED)
    store.export_run(1, tmp_path / "run.nc")
    number = other.import_run(tmp_path / "run.nc").number
    with other._database.engine.connect() as connection:
        extras = connection.exec_driver_sql(f"SELECT extra FROM points WHERE run_id = {number}")
        assert [extra for (extra,) in extras] == ['{"level": 1}', None]
