import math
import os
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path

import pandas as pd
import pytest

from dwmtj.storage import Point, RunWriter, Status, Store, StoreError
from dwmtj.tests.storage.engines import on_both

Begin = Callable[[], RunWriter]
POINTS = [
    Point("saturate", 0.1, field_T=0.05, resistance_ohm=1 / 3),
    Point("write", 1e-9, 0, 0.1 + 0.2, 50e-9, -0.004, 0.01, 1e-7, 1e5, {"lock_in_V": 2 / 3}),
    Point("write", math.pi, 1, -5.5, extra={"remark": 'a, "b"\nc', "level": 3, "reset": True}),
    Point("write", 2.5, 1, 5.5, resistance_ohm=20.0, mark="below 30 Ω"),
]


@pytest.fixture
def run_id(begin: Begin) -> int:
    writer = begin()
    for point in POINTS:
        writer.add(point)
    writer.finish(Status.FINISHED)
    return writer.run_id


@on_both
def test_a_frame_returns_every_number_as_it_was_measured(store: Store, run_id: int) -> None:
    frame = store.points(run_id)
    for point, (_, row) in zip(POINTS, frame.iterrows(), strict=True):
        for field in fields(Point):
            if field.name != "extra":
                value = getattr(point, field.name)
                assert math.isnan(row[field.name]) if value is None else row[field.name] == value
        for name, value in point.extra.items():
            assert row[name] == value


@on_both
def test_the_columns_of_a_frame_have_types_even_without_values(store: Store, begin: Begin) -> None:
    frame = store.points(begin().run_id)
    assert frame.empty
    assert frame.index.name == "point"
    assert frame["cycle"].dtype == frame["attempt"].dtype == frame.index.dtype == "int64"
    assert frame["resistance_ohm"].dtype == frame["amplitude_V"].dtype == "float64"
    assert frame["phase"].dtype == "str"


@on_both
def test_extras_become_columns_that_are_empty_elsewhere(store: Store, run_id: int) -> None:
    frame = store.points(run_id)
    assert list(frame.columns[-4:]) == ["lock_in_V", "remark", "level", "reset"]
    assert frame["lock_in_V"].isna().tolist() == [True, False, True, True]


def test_a_csv_file_holds_all_digits(store: Store, run_id: int, tmp_path: Path) -> None:
    path = tmp_path / "run.csv"
    store.export_run(run_id, path)
    loaded = pd.read_csv(path, index_col="point", dtype=str)
    for name, column in store.points(run_id).select_dtypes("number").items():
        written = [float(text) for text in loaded[name]]
        assert written == pytest.approx(column.tolist(), rel=0, abs=0, nan_ok=True)
    assert loaded["remark"].iloc[2] == 'a, "b"\nc'


def test_a_csv_file_is_not_overwritten_unless_it_is_asked_for(
    store: Store, run_id: int, tmp_path: Path
) -> None:
    path = tmp_path / "run.csv"
    path.write_text("mine")
    with pytest.raises(StoreError, match="already exists; give another name, or --overwrite"):
        store.export_run(run_id, path)
    assert path.read_text() == "mine"
    store.export_run(run_id, path, overwrite=True)
    assert path.read_text().startswith("point,attempt,phase,cycle,time_s,amplitude_V,")
    assert sorted(each.name for each in tmp_path.glob("run.csv*")) == [
        "run.csv",
        "run.csv-metadata.json",
    ]


def test_only_an_ordinary_file_is_ever_replaced(store: Store, run_id: int, tmp_path: Path) -> None:
    (tmp_path / "target.csv").write_text("mine")
    link, folder = tmp_path / "link.csv", tmp_path / "folder"
    link.symlink_to(tmp_path / "target.csv")
    folder.mkdir()
    for place in (link, folder, Path(os.devnull)):
        with pytest.raises(StoreError, match="is not an ordinary file and is kept"):
            store.export_run(run_id, place, overwrite=True)
    assert link.is_symlink()
    assert link.read_text() == "mine"


@pytest.mark.parametrize("length", [248, 300])
def test_a_name_that_is_too_long_is_reported(
    store: Store, run_id: int, tmp_path: Path, length: int
) -> None:
    with pytest.raises(StoreError, match="cannot be written"):
        store.export_run(run_id, tmp_path / f"{'a' * length}.csv")
    assert not list(tmp_path.glob("a*"))


def test_a_csv_file_that_cannot_be_written_is_reported(
    store: Store, run_id: int, tmp_path: Path
) -> None:
    with pytest.raises(StoreError, match=r"cannot be written .*: give another place"):
        store.export_run(run_id, tmp_path / "missing" / "run.csv")
