"""Extra quantities of any name in files of runs."""

import json
from pathlib import Path

import h5py
import numpy as np
import pandas as pd
import pytest
import xarray as xr

from dwmtj.storage import Point, Status, Store
from dwmtj.storage.exchange.netcdf import variable_of

NAMES = [
    "R/R0",
    "/",
    "dwmtj_run",
    ".",
    "..",
    "",
    "%",
    "%2F",
    "100 %",
    " led",
    "end ",
    'a,"b"',
    "a\nb",
]
FORMATS = (".csv", ".parquet", ".h5", ".nc")


@pytest.fixture
def run_id(store: Store) -> int:
    writer = store.begin_run("reset", "A1", parameters={}, bench={})
    for point in range(3):
        extra = {name: 10.0 * point + place for place, name in enumerate(NAMES)}
        writer.add(Point("reset", float(point), extra=extra))
    writer.finish(Status.FINISHED)
    return writer.run_id


@pytest.mark.parametrize("suffix", FORMATS)
def test_an_extra_of_any_name_comes_back(
    store: Store, run_id: int, tmp_path: Path, suffix: str
) -> None:
    path = tmp_path / f"run{suffix}"
    store.export_run(run_id, path)
    with Store.open(tmp_path / "other.sqlite") as other:
        other.import_run(path)
        pd.testing.assert_frame_equal(store.points(run_id), other.points(1), check_exact=True)


def test_each_name_is_a_variable_of_its_own(store: Store, run_id: int, tmp_path: Path) -> None:
    assert len(set(map(variable_of, NAMES))) == len(NAMES)
    store.export_run(run_id, tmp_path / "run.nc")
    points = store.points(run_id)
    with xr.open_dataset(tmp_path / "run.nc", engine="h5netcdf") as dataset:
        np.testing.assert_array_equal(dataset["R%2FR0"].values, points["R/R0"].to_numpy())
        assert json.loads(dataset["R%2FR0"].attrs["long_name"]) == "R/R0"
    with h5py.File(tmp_path / "run.nc") as file:
        assert not any(isinstance(file[name], h5py.Group) for name in file)
