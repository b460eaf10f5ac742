"""Notes, tags, stars and deletions, as an operator adds them to stored runs."""

from collections.abc import Callable
from pathlib import Path

import pytest

from dwmtj.storage import Place, Point, Status, Store, StoreError
from dwmtj.tests.storage.engines import on_both

NewPlace = Callable[[str], Place]


def finished_run(store: Store, device: str = "W7") -> int:
    writer = store.begin_run("staircase-write", device, parameters={}, bench={}, notes="first")
    writer.add(Point("write", 0.1, resistance_ohm=70.0))
    writer.finish(Status.FINISHED)
    return writer.run_id


@on_both
def test_notes_tags_and_star_are_kept_each_by_itself(new_place: NewPlace) -> None:
    place = new_place("lab")
    with Store.open(place) as store:
        run = finished_run(store)
        store.annotate(run, tags=["good", " tip 3 ", "good", ""])
        store.annotate(run, starred=True)
        store.annotate(run, notes="see 41 µm")
    with Store.open(place) as store:
        (summary,) = store.runs()
        assert store.run(run).summary == summary
    assert (summary.notes, summary.tags, summary.starred) == ("see 41 µm", ("good", "tip 3"), True)


@on_both
def test_a_deleted_run_leaves_the_list_keeps_its_points_and_comes_back(new_place: NewPlace) -> None:
    with Store.open(new_place("lab")) as store:
        runs = [finished_run(store) for _ in range(3)]
        store.delete_runs(runs[:2])
        assert [run.id for run in store.runs()] == runs[2:]
        assert store.deleted_runs() == runs[:2]
        assert len(store.points(runs[0])) == 1
        store.restore_runs(runs[:2])
        assert [run.id for run in store.runs()] == runs
        assert [run.id for run in store.runs(first=runs[1])] == runs[1:]


@on_both
def test_a_run_under_way_cannot_be_deleted_nor_any_beside_it(new_place: NewPlace) -> None:
    with Store.open(new_place("lab")) as store:
        done = finished_run(store)
        under_way = store.begin_run("reset", "W7", parameters={}, bench={})
        with pytest.raises(StoreError, match=f"Run {under_way.run_id} is under way"):
            store.delete_runs([done, under_way.run_id])
        with pytest.raises(StoreError, match="There is no run 99"):
            store.delete_runs([done, 99])
        assert len(store.runs()) == 2
        under_way.finish(Status.ABORTED)


def test_a_database_of_an_older_version_has_no_tags_when_read_as_it_is(tmp_path: Path) -> None:
    sample = Path(__file__).parents[1] / "databases" / "v3.sqlite"
    copy = tmp_path / "old.sqlite"
    copy.write_bytes(sample.read_bytes())
    with Store.open(copy, read_only=True) as store:
        assert {(run.tags, run.starred) for run in store.runs()} == {((), False)}
        with pytest.raises(StoreError):
            store.annotate(1, notes="new")
