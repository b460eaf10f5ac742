"""Columns of points for a reader that polls: the points of `Store.points`, quickly."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from dwmtj.storage import Point, RunWriter, Status, Store, StoreError
from dwmtj.storage.reading.columns import COLUMNS
from dwmtj.tests.storage.engines import on_both

Begin = Callable[[], RunWriter]
POINT = Point("write", 1.5, 0, 0.1 + 0.2, 50e-9, -0.004, 0.01, 1e-7, 1 / 3)


def add_cycles(writer: RunWriter, cycles: int) -> None:
    """Add two points for each cycle from the writer's first on, one not pulsed, one marked."""
    for cycle in range(writer.first_cycle, cycles):
        writer.add(Point("saturate", 0.0, cycle, field_T=0.05, resistance_ohm=2 / 3))
        writer.add(replace(POINT, cycle=cycle, mark="odd" if cycle else None))


def assert_equal_to_frame(store: Store, run_id: int) -> None:
    columns, frame = store.points_after(run_id, columns=COLUMNS), store.points(run_id)
    assert columns["point"].tolist() == frame.index.tolist()
    for name in COLUMNS[1:-1]:
        np.testing.assert_array_equal(columns[name], frame[name].to_numpy(), strict=False)
    assert columns["mark"].tolist() == frame["mark"].notna().tolist()
    assert columns["mark"].dtype == bool
    assert columns["cycle"].dtype == columns["attempt"].dtype == np.int64


@on_both
def test_columns_are_those_of_the_frame_also_of_a_run_that_was_resumed(
    store: Store, begin: Begin
) -> None:
    first = begin()
    add_cycles(first, 3)
    assert_equal_to_frame(store, first.run_id)
    first.finish(Status.ABORTED)
    second = store.resume_run(first.run_id, bench={})
    add_cycles(second, 5)
    assert_equal_to_frame(store, first.run_id)
    assert set(store.points_after(first.run_id, columns=["attempt"])["attempt"]) == {1, 2}


@on_both
def test_a_poll_returns_the_points_since_the_last_one(store: Store, begin: Begin) -> None:
    writer = begin()
    add_cycles(writer, 2)
    seen = store.points_after(writer.run_id)["point"]
    assert store.points_after(writer.run_id, seen[-1])["point"].size == 0
    number = writer.add(POINT)
    new = store.points_after(writer.run_id, seen[-1], ["amplitude_V", "phase"])
    assert new["point"].tolist() == [number]
    assert new["amplitude_V"].tolist() == [POINT.amplitude_V]
    assert new["phase"].tolist() == ["write"]


@on_both
def test_a_reader_that_may_not_write_polls_beside_the_writer(store: Store, begin: Begin) -> None:
    writer = begin()
    with Store.open(store.place, read_only=True) as reader:
        for count in range(1, 4):
            writer.add(POINT)
            assert len(reader.points_after(writer.run_id)["resistance_ohm"]) == count


@on_both
def test_an_unknown_column_and_an_unknown_run_are_named(store: Store, begin: Begin) -> None:
    with pytest.raises(StoreError, match="no column 'ohms': choose from point, attempt"):
        store.points_after(begin().run_id, columns=["ohms"])
    with pytest.raises(StoreError, match="There is no run 99"):
        store.points_after(99)
