"""Rows are chosen by the values of columns, and several devices are not mixed unnoticed."""

from pathlib import Path

import pytest

from dwmtj.storage import ImportFileError
from dwmtj.storage.importing.options import ImportOptions
from dwmtj.storage.importing.run import read_run

MAPS = ("V=amplitude_V", "R=resistance_ohm")


def resistances(folder: Path, header: str, *where: str) -> list[float | None]:
    file = folder / "file.csv"
    rows = "A1,300,1,100\nA1,300,2,93\nB2,300,1,200\nB2,300,2,186\nB2,77,1,210\nB2,77,2,190\n"
    file.write_text(f"{header}\n{rows}")
    run = read_run(file, "staircase-write", MAPS, (), ImportOptions(where=where))
    return [point.resistance_ohm for point in run.points]


@pytest.mark.parametrize(
    "name", ["device", "Sample name", "DUT_id", "Junction", "die", "Word line"]
)
def test_several_devices_in_a_column_are_noticed(name: str, tmp_path: Path) -> None:
    with pytest.raises(ImportFileError, match=rf"several devices: {name} is A1, B2; .*{name}=A1"):
        resistances(tmp_path, f"{name},T,V,R")


def test_every_condition_holds(tmp_path: Path) -> None:
    assert resistances(tmp_path, "device,T,V,R", "device=b2", "T=77.0") == [210, 190]
    with pytest.raises(ImportFileError, match=r"no row with device=A1 and T=77; T is 300, 77"):
        resistances(tmp_path, "device,T,V,R", "device=A1", "T=77")
    with pytest.raises(ImportFileError, match="no line with the columns V, R, dev"):
        resistances(tmp_path, "device,T,V,R", "dev=A1")
    with pytest.raises(ImportFileError, match="'device' chooses no rows; write COLUMN=VALUE"):
        resistances(tmp_path, "device,T,V,R", "device")


@pytest.mark.parametrize("name", ["Sample temperature", "R_mtj", "cell voltage"])
def test_other_columns_are_no_names_of_devices(name: str, tmp_path: Path) -> None:
    assert len(resistances(tmp_path, f"{name},T,V,R")) == 6
