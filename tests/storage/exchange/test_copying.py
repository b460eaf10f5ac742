"""Copies between databases: verified, resumed, and each run once."""

import shutil
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from dwmtj.storage import Point, Status, Store, StoreError
from dwmtj.storage.exchange import copying
from dwmtj.storage.exchange.insert import insert_run
from dwmtj.tests.storage.engines import ENGINES, place_on
from dwmtj.tests.storage.exchange.nasty_run import measure_nasty_run


@pytest.fixture
def other_engine(request: pytest.FixtureRequest) -> str:
    return str(getattr(request, "param", "sqlite"))


@pytest.fixture
def target(
    other_engine: str, new_place: object, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[Store]:
    with Store.open(place_on(other_engine, "lab-2", tmp_path, request)) as opened:
        yield opened


both_ways = pytest.mark.parametrize(
    ("engine", "other_engine"), list(product(ENGINES, ENGINES)), indirect=True
)


def measure(store: Store, device: str, points: int = 3) -> int:
    writer = store.begin_run("reset", device, parameters={}, bench={})
    for number in range(points):
        writer.add(Point("reset", float(number), resistance_ohm=100 / 3))
    writer.finish(Status.FINISHED)
    return writer.run_id


def guids(store: Store) -> dict[int, str | None]:
    return {run.id: store.run(run.id).guid for run in store.runs()}


@both_ways
def test_a_copy_holds_every_run_under_its_number_and_is_made_once(
    store: Store, target: Store
) -> None:
    measure(store, "A1")
    measure_nasty_run(store)
    store.add_calibration("A1-model", "A1", [1, 2], {"levels": [1.0]})
    store.add_result("study", "first", configuration={"bits": 4}, data={"accuracy": 1 / 3}, key="k")
    copied = store.copy_to(target)
    assert (copied.new, copied.calibrations, copied.results) == ([1, 2], 1, 1)
    assert guids(store) == guids(target)
    for run_id in (1, 2):
        one, other = (each.points(run_id, all_attempts=True) for each in (store, target))
        pd.testing.assert_frame_equal(one, other, check_exact=True)
    assert target.calibrations() == store.calibrations()
    assert target.results() == store.results()
    again = store.copy_to(target)
    assert (again.new, again.same, again.calibrations, again.results) == ([], [1, 2], 0, 0)
    assert str(again) == "0 runs copied, 2 already there, 0 models, 0 results."


def test_runs_of_two_benches_meet_in_one_database(
    store: Store, target: Store, tmp_path: Path
) -> None:
    measure(store, "A1")
    with Store.open(tmp_path / "bench-2.sqlite") as bench_2:
        measure(bench_2, "B1", 5)
        bench_2.add_calibration("B1-model", "B1", [1], {"levels": [1.0]})
        store.copy_to(target)
        bench_2.copy_to(target)
    assert [(run.id, run.device, run.points) for run in target.runs()] == [
        (1, "A1", 3),
        (2, "B1", 5),
    ]
    assert target.calibration("B1-model").source_runs == (2,)


@both_ways
def test_an_interrupted_copy_is_completed_by_the_next_one(store: Store, target: Store) -> None:
    for device in ("A1", "A2", "A3"):
        measure(store, device)

    def interrupt(done: int, _total: int) -> None:
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        store.copy_to(target, progress=interrupt)
    assert len(target.runs()) == 2
    copied = store.copy_to(target)
    assert (copied.new, copied.same) == ([3], [1, 2])


@both_ways
def test_a_run_that_changed_replaces_its_copy_only_if_asked_to(store: Store, target: Store) -> None:
    measure(store, "A1")
    measure(target, "other")
    store.copy_to(target)
    store.annotate(1, notes="short circuit")
    kept = store.copy_to(target)
    assert kept.different == [1]
    assert "replace them with --update" in str(kept)
    assert target.run(2).summary.notes == ""
    replaced = store.copy_to(target, update=True)
    assert replaced.replaced == [1]
    assert target.run(2).summary.notes == "short circuit"
    assert [run.device for run in target.runs()] == ["other", "A1"]


@pytest.mark.parametrize("is_under_way", [True, False])
def test_a_copy_that_was_resumed_is_never_replaced(
    store: Store, target: Store, is_under_way: bool
) -> None:
    writer = store.begin_run("reset", "A1", parameters={}, bench={})
    writer.add_all(Point("reset", float(number), number) for number in range(4))
    writer.finish(Status.ABORTED)
    measure(store, "A2")
    store.copy_to(target)
    store.annotate(2, notes="short circuit")
    writer = target.resume_run(1, bench={})
    if not is_under_way:
        writer.add_all(Point("reset", float(number), number) for number in range(3, 103))
        writer.finish(Status.FINISHED)
    kept = store.copy_to(target)
    assert (kept.different, kept.behind) == ([2], [1])
    assert "kept there: run 1; copy them from there" in str(kept)
    updated = store.copy_to(target, update=True)
    assert (updated.replaced, updated.behind) == ([2], [1])
    assert target.run(1).summary.points == (4 if is_under_way else 103)
    if is_under_way:
        writer.add(Point("reset", 4.0, 4))
        writer.finish(Status.FINISHED)
    assert target.copy_to(store, update=True).replaced == [1]


def test_a_run_under_way_is_left_to_the_next_copy(store: Store, target: Store) -> None:
    writer = store.begin_run("reset", "A1", parameters={}, bench={})
    writer.add(Point("reset", 0.0))
    assert store.copy_to(target).under_way == [1]
    assert target.runs() == []
    writer.finish(Status.FINISHED)
    assert store.copy_to(target).new == [1]


def test_a_run_that_is_read_back_differently_is_not_kept(
    store: Store, target: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    measure(store, "A1")

    def insert_and_lose_a_point(database: Any, session: Any, document: Any) -> int:
        number = insert_run(database, session, document)
        session.connection().exec_driver_sql("UPDATE points SET resistance_ohm = 33.0")
        return number

    monkeypatch.setattr(copying, "insert_run", insert_and_lose_a_point)
    with pytest.raises(StoreError, match="is read back differently, so it was removed"):
        store.copy_to(target)
    assert target.runs() == []


def test_a_model_that_differs_is_named(store: Store, target: Store) -> None:
    for each, level in ((store, 1.0), (target, 2.0)):
        measure(each, "A1")
        each.add_calibration("model", "A1", [1], {"levels": [level]})
    with pytest.raises(StoreError, match="Model model of version 1 exists in both"):
        store.copy_to(target)
    assert len(target.runs()) == 2


@pytest.mark.parametrize("version", range(1, 6))
def test_a_run_of_an_older_schema_is_the_same_before_and_after_its_upgrade(
    target: Store, tmp_path: Path, version: int
) -> None:
    sample = Path(__file__).parents[1] / "databases" / f"v{version}.sqlite"
    lab = Path(shutil.copy(sample, tmp_path / "lab.sqlite"))
    with Store.open(lab, read_only=True) as older:
        copied = older.copy_to(target)
        older.export_run(1, tmp_path / "run.parquet")
    assert len(copied.new) > 2
    with Store.open(lab) as upgraded:
        assert guids(upgraded) == guids(target)
        again = upgraded.copy_to(target)
        assert not upgraded.import_run(tmp_path / "run.parquet").is_new
    assert (again.new, again.same) == ([], copied.new)
