"""How long the store takes to commit one point, beside what bare sqlite3 takes for the same row."""

import sqlite3
import tempfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from statistics import median
from time import perf_counter_ns

from dwmtj.storage import Point, Status, Store
from dwmtj.storage.schema import StoredPoint

TARGET_US = 80
ROUNDS = 20  # taken in turns, so that both meet the same machine
POINTS_PER_ROUND = 250


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "store.sqlite"
        with Store.open(path) as store, closing(_bare(path)) as bare:
            writer = store.begin_run("staircase-write", "benchmark", parameters={}, bench={})
            insert = f"INSERT INTO points VALUES ({', '.join('?' * len(StoredPoint.__table__.c))})"

            def add(number: int) -> None:
                writer.add(_point(number))

            def add_bare(number: int) -> None:
                bare.execute(insert, _row(number))
                bare.commit()

            stored_us: list[float] = []
            bare_us: list[float] = []
            for _ in range(ROUNDS):
                stored_us += _durations_us(add, len(stored_us))
                bare_us += _durations_us(add_bare, len(bare_us))
            writer.finish(Status.FINISHED)
    here, there = median(stored_us), median(bare_us)
    print(
        f"committed point: {here:.1f} µs (target {TARGET_US} µs), "
        f"{here / there:.2f} × bare sqlite3 ({there:.1f} µs)"
    )


def _bare(path: Path) -> sqlite3.Connection:
    """Open another file of the same tables in the same mode."""
    other = path.with_name("bare.sqlite")
    with Store.open(other) as store:
        store.begin_run("staircase-write", "benchmark", parameters={}, bench={})
    connection = sqlite3.connect(other)
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA synchronous = NORMAL")
    return connection


def _durations_us(add: Callable[[int], None], first: int) -> list[float]:
    durations_us = []
    for number in range(first, first + POINTS_PER_ROUND):
        began = perf_counter_ns()
        add(number)
        durations_us.append((perf_counter_ns() - began) / 1e3)
    return durations_us


def _point(number: int) -> Point:
    return Point("write", 0.1 * number, 0, 2.5, 50e-9, -0.004, 0.01, 1e-7, 1e5 + number)


def _row(number: int) -> tuple[object, ...]:
    values = ("write", 0, 0.1 * number, 2.5, 50e-9, -0.004, 0.01, 1e-7, 1e5 + number, None, None)
    return (1, number, 1, *values)


if __name__ == "__main__":
    main()
