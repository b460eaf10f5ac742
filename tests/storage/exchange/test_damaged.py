"""Damaged and changed files of runs: each is refused in a sentence."""

import json
import shutil
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pyarrow.parquet as pq
import pytest

from dwmtj.storage import ImportFileError, Store
from dwmtj.storage.exchange.files import is_run_file, read_file
from dwmtj.tests.storage.exchange.nasty_run import measure_nasty_run

FORMATS = (".csv", ".parquet", ".nc")


@pytest.fixture
def export(store: Store, tmp_path: Path, suffix: str) -> Path:
    store.export_run(measure_nasty_run(store), tmp_path / f"run{suffix}")
    return tmp_path / f"run{suffix}"


def change_head(path: Path, head: Any) -> None:
    """Replace the head of a file."""
    if path.suffix == ".csv":
        file = path.with_name(path.name + "-metadata.json")
        file.write_text(json.dumps({**json.loads(file.read_text()), "dwmtj:run": head}))
    elif path.suffix == ".parquet":
        table = pq.read_table(path)
        pq.write_table(table.replace_schema_metadata({"dwmtj": json.dumps(head)}), path)
    else:
        with h5py.File(path, "r+") as file:
            file["dwmtj_run"][()] = json.dumps(head)


def head_of(path: Path) -> dict[str, Any]:
    head: dict[str, Any] = json.loads(pq.read_table(path).schema.metadata[b"dwmtj"])
    return head


@pytest.mark.parametrize("suffix", FORMATS)
def test_a_head_that_lacks_something_is_refused(
    store: Store, export: Path, suffix: str, tmp_path: Path
) -> None:
    store.export_run(1, tmp_path / "whole.parquet")
    head = head_of(tmp_path / "whole.parquet")
    for changed in (
        [],
        [head],
        None,
        "text",
        {**head, "version": "2"},
        {**head, "version": None},
        {**head, "columns": None},
        {**head, "columns": [1]},
        {**head, "device": None},
        {**head, "run": []},
        {**head, "superseded": {"point": [0]}},
        *({key: head[key] for key in head if key != lacking} for lacking in head),
    ):
        change_head(export, changed)
        with pytest.raises(ImportFileError) as refused:
            read_file(export)
        assert str(export) in str(refused.value)
        assert "\n" not in str(refused.value)


@pytest.mark.parametrize("text", ["[]", "null", "1", '"text"', "{", ""])
@pytest.mark.parametrize("suffix", [".csv"])
def test_metadata_of_another_form_are_refused(export: Path, text: str) -> None:
    export.with_name("run.csv-metadata.json").write_text(text)
    with pytest.raises(ImportFileError):
        read_file(export)


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_flipped_bytes_are_refused_or_change_nothing(export: Path, suffix: str) -> None:
    whole = read_file(export).checksum(with_device=True)
    content = export.read_bytes()
    rng = np.random.default_rng(1)
    refused = 0
    for place in rng.integers(len(content), size=150):
        changed = bytearray(content)
        changed[place] ^= int(rng.integers(1, 256))
        export.write_bytes(changed)
        try:
            assert read_file(export).checksum(with_device=True) == whole
        except ImportFileError:
            refused += 1
    assert refused > 10


@pytest.mark.parametrize("suffix", [".nc"])
def test_variables_of_another_type_are_refused(export: Path) -> None:
    def numbers(file: h5py.File) -> None:
        del file["phase"]
        file["phase"] = np.zeros(len(file["cycle"]))

    def group(file: h5py.File) -> None:
        del file["cycle"]
        file.create_group("cycle")

    def latin_1(file: h5py.File) -> None:
        texts = [b"\xff\xfe"] * len(file["phase"])
        del file["phase"]
        file["phase"] = texts

    for number, change in enumerate((numbers, group, latin_1)):
        path = Path(shutil.copy(export, export.with_name(f"{number}.nc")))
        with h5py.File(path, "r+") as file:
            change(file)
        with pytest.raises(ImportFileError):
            read_file(path)


@pytest.mark.parametrize("suffix", FORMATS)
def test_an_empty_file_and_a_part_of_one_are_named_as_such(export: Path, suffix: str) -> None:
    renamed = export.with_name("renamed.txt")
    if suffix != ".csv":
        shutil.copy(export, renamed)
        assert is_run_file(renamed)
        assert read_file(renamed).checksum() == read_file(export).checksum()
    export.write_bytes(export.read_bytes()[:700])
    with pytest.raises(ImportFileError, match=r"damaged|not a Parquet file|cannot be read"):
        assert is_run_file(export)
        read_file(export)
    export.write_bytes(b"")
    with pytest.raises(ImportFileError, match="is empty"):
        is_run_file(export)
