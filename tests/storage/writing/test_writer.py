import math
import threading
from collections.abc import Callable
from dataclasses import fields
from typing import Any

import numpy as np
import pytest
from sqlalchemy import func, select

from dwmtj.storage import Point, RunWriter, Status, Store, StoreError
from dwmtj.storage.schema import StoredPoint
from dwmtj.tests.storage.engines import on_both

Begin = Callable[[], RunWriter]


def test_the_points_table_has_a_column_for_every_field_of_a_point() -> None:
    columns = set(StoredPoint.__table__.columns.keys())
    assert {field.name for field in fields(Point)} == columns - {"run_id", "point", "attempt"}


@on_both
def test_points_are_numbered_and_there_for_others_as_soon_as_they_are_added(
    store: Store, begin: Begin
) -> None:
    writer = begin()
    with Store.open(store.place) as other, other._database.engine.connect() as connection:
        for number in range(5):
            assert writer.add(Point("write", 0.1 * number)) == number
            assert connection.scalar(select(func.max(StoredPoint.point))) == number
            connection.rollback()


@on_both
def test_a_reader_in_the_middle_of_reading_does_not_hold_up_a_run(
    store: Store, begin: Begin
) -> None:
    writer = begin()
    for number in range(100):
        writer.add(Point("write", float(number)))
    with Store.open(store.place) as other, other._database.engine.connect() as connection:
        points = select(StoredPoint.point).execution_options(yield_per=10)
        result = connection.execute(points)
        result.fetchone()
        for number in range(100, 600):
            writer.add(Point("write", float(number)))
        assert len(result.fetchall()) == 99
    assert store.runs()[0].points == 600


@on_both
def test_readers_that_never_rest_do_not_hold_up_a_run(store: Store, begin: Begin) -> None:
    writer = begin()
    finished = threading.Event()
    seen: list[int] = []

    def read() -> None:
        while not finished.is_set():
            seen.append(len(store.points(writer.run_id)))

    readers = [threading.Thread(target=read) for _ in range(2)]
    for reader in readers:
        reader.start()
    for number in range(500):
        writer.add(Point("write", float(number)))
    finished.set()
    for reader in readers:
        reader.join()
    assert seen
    assert len(store.points(writer.run_id)) == 500


@on_both
@pytest.mark.parametrize(
    "fields",
    [
        {"resistance_ohm": np.float32(1e5)},
        {"cycle": np.int64(1)},
        {"field_T": "0.1 T"},
        {"time_s": math.nan},
        {"phase": None},
        {"extra": {"counts": np.int64(3)}},
    ],
)
def test_a_value_that_cannot_be_stored_is_refused_and_the_next_point_is_not(
    store: Store, begin: Begin, fields: dict[str, Any]
) -> None:
    writer = begin()
    with pytest.raises(StoreError, match=r"cannot be stored .*: give plain numbers"):
        writer.add(Point(**{"phase": "write", "time_s": 0.1, **fields}))
    assert writer.add(Point("write", 0.2)) == 0
    assert store.runs()[0].points == 1


@on_both
def test_an_extra_cannot_take_the_place_of_a_column(begin: Begin) -> None:
    with pytest.raises(StoreError, match="extra cannot be named cycle, field_T: choose another"):
        begin().add(Point("write", 0.1, extra={"field_T": 1.0, "cycle": 2, "other": 3}))


@on_both
def test_a_run_cannot_end_as_running(begin: Begin) -> None:
    with pytest.raises(StoreError, match="cannot end as running"):
        begin().finish(Status.RUNNING)


@on_both
def test_points_of_a_file_are_added_all_or_none(store: Store, begin: Begin) -> None:
    writer = begin()
    assert writer.add_all(Point("write", float(number)) for number in range(5)) == 5
    bad = (Point("write", time_s) for time_s in (5.0, 6.0, math.nan))
    with pytest.raises(StoreError, match="A value cannot be stored"):
        writer.add_all(bad)
    assert len(store.points(writer.run_id)) == 5
    assert writer.add(Point("write", 5.0)) == 5
