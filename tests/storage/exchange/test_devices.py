"""Devices of one name in two databases: no description changes unnoticed."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from dwmtj.storage import ImportFileError, Status, Store
from dwmtj.storage.exchange.document import read_document
from dwmtj.storage.exchange.head import join, parse_head, split


def measure(store: Store, geometry: str, notes: str = "") -> None:
    device = {"geometry": geometry, "notes": notes}
    store.begin_run("reset", "A3", parameters={}, bench={"device": device}).finish(Status.FINISHED)


def described(store: Store) -> tuple[str, str]:
    with store._reading() as session:
        device = read_document(store._database, session, 1).head["device"]
    return device["geometry"], device["notes"]


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "other.sqlite") as opened:
        yield opened


def test_a_device_that_is_described_otherwise_is_named_and_kept(
    store: Store, other: Store, tmp_path: Path
) -> None:
    measure(store, "straight")
    measure(other, "trapezoid")
    other.export_run(1, tmp_path / "run.parquet")
    stored = store.import_run(tmp_path / "run.parquet")
    assert stored.is_new
    assert "Device A3 is described otherwise" in stored.remark
    assert "geometry 'straight', not 'trapezoid'" in stored.remark
    assert described(store) == ("straight", "")
    assert store.run(2).attempts[0].bench["device"]["geometry"] == "trapezoid"
    measure(other, "trapezoid")
    copied = other.copy_to(store)
    assert (copied.new, copied.same) == ([2], [1])
    assert str(copied).count("Device A3 is described otherwise") == 1


def test_what_a_description_lacks_is_filled_in(store: Store, other: Store) -> None:
    measure(store, "")
    measure(other, "trapezoid", "cut, 1 µm")
    assert other.copy_to(store).devices == []
    assert described(store) == ("trapezoid", "cut, 1 µm")


def test_the_checksum_of_a_file_covers_the_description(store: Store) -> None:
    measure(store, "straight", "cut")
    with store._reading() as session:
        document = read_document(store._database, session, 1)
    text, columns = split(document)
    assert join(parse_head(text, "run"), columns, "run").head == document.head
    for changed in ("geometry", "notes"):
        head = json.loads(text)
        head["device"][changed] = "other"
        with pytest.raises(ImportFileError, match="checksum differs"):
            join(parse_head(json.dumps(head), "run"), columns, "run")
    first = {**json.loads(text), "version": 1, "checksum": document.checksum()}
    assert join(parse_head(json.dumps(first), "run"), columns, "run").head == document.head
