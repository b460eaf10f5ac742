"""Users, benches, wafers and samples: named by runs, found by them, and kept in copies."""

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import pytest

from dwmtj.storage import Place, Status, Store, StoreError
from dwmtj.storage.runs.lab import NamedRecord
from dwmtj.tests.storage.engines import on_both

NewPlace = Callable[[str], Place]


def measure(
    store: Store, device: str, operator: str = "Ada", bench: str = "", **place: object
) -> int:
    described = {"name": bench, "device": {"name": device, **place}}
    writer = store.begin_run("reset", device, parameters={}, bench=described, operator=operator)
    writer.finish(Status.FINISHED)
    return writer.run_id


def two_wafers(store: Store) -> None:
    measure(store, "A1", "Ada", "cellar", wafer="W7", sample="S1", die_row=4, die_column=2)
    measure(store, "A2", "Eve", "cellar", wafer="W7", sample="S2")
    measure(store, "B1", "Ada", "roof", wafer="W8")
    measure(store, "C1", "")


@on_both
def test_runs_are_found_by_who_measured_where_on_what(store: Store) -> None:
    two_wafers(store)
    store.annotate(2, tags=["good"])
    store.annotate(3, tags=["good enough", 'a "b" ± c%'])
    found = {
        "Ada": store.runs(user="Ada"),
        "cellar": store.runs(bench="cellar"),
        "W7": store.runs(wafer="W7"),
        "S2": store.runs(sample="S2"),
        "good": store.runs(tag="good"),
        "odd": store.runs(tag='a "b" ± c%'),
        "Eve on the roof": store.runs(user="Eve", bench="roof"),
        "GOOD": store.runs(tag="GOOD"),
    }
    assert {name: [run.id for run in runs] for name, runs in found.items()} == {
        "Ada": [1, 3],
        "cellar": [1, 2],
        "W7": [1, 2],
        "S2": [2],
        "good": [2],
        "odd": [3],
        "Eve on the roof": [],
        "GOOD": [],
    }


@on_both
def test_what_runs_name_is_listed_and_has_notes(store: Store) -> None:
    two_wafers(store)
    store.annotate_name("wafer", "W7", "annealed at 300 °C")
    store.delete_runs([2])
    assert store.names("user") == [NamedRecord("Ada", 2, ""), NamedRecord("Eve", 0, "")]
    assert store.names("bench") == [NamedRecord("cellar", 1, ""), NamedRecord("roof", 1, "")]
    assert store.names("wafer") == [
        NamedRecord("W7", 1, "annealed at 300 °C"),
        NamedRecord("W8", 1, ""),
    ]
    assert [each.name for each in store.names("sample")] == ["S1", "S2"]
    with pytest.raises(StoreError, match="No run has the wafer 'W9'"):
        store.annotate_name("wafer", "W9", "")


@on_both
def test_a_run_tells_where_its_device_is_and_so_do_its_copies(
    store: Store, new_place: NewPlace, tmp_path: Path
) -> None:
    two_wafers(store)
    with Store.open(new_place("copy")) as target:
        store.copy_to(target)
        for each in (store, target):
            record = each.run(1)
            assert (record.sample, record.wafer, record.die) == ("S1", "W7", (4, 2))
            assert record.device_place == "sample S1, wafer W7, die 4, 2"
            assert each.run(3).device_place == "wafer W8"
            assert each.run(4).device_place == ""
        assert target.names("user") == store.names("user")
        assert target.names("wafer") == store.names("wafer")
        assert target.names("bench") == store.names("bench")
    store.export_run(1, tmp_path / "run.csv")
    with Store.open(new_place("imported")) as target:
        assert target.import_run(tmp_path / "run.csv").is_new
        assert asdict(target.run(1)) == asdict(store.run(1))


def test_a_device_elsewhere_in_another_database_is_named_and_its_place_there_kept(
    store: Store, tmp_path: Path
) -> None:
    two_wafers(store)
    with Store.open(tmp_path / "other.sqlite") as target:
        measure(target, "A1", wafer="W1")
        (sentence,) = store.copy_to(target).devices
        assert "wafer 'W1', not 'W7'" in sentence
        record = target.run(1)
        assert (record.wafer, record.sample, record.die) == ("W1", "S1", (4, 2))
