"""How long 10⁶ stored points take to a DataFrame and to a file, and a list of 10⁵ runs.

Seconds of CPU time, medians of turns with peers: `pandas.read_sql` and a bare `sqlite3` cursor that
fetches the same rows. The runs of the list are copies of one on the virtual bench, as wide as a
lab's, with ten of its points. The database is made anew, which takes longer than the measurement.
"""

import sqlite3
import tempfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from statistics import median
from time import process_time

import numpy as np
import pandas as pd

from dwmtj.instruments import load_bench_file, open_bench
from dwmtj.protocols import run
from dwmtj.protocols.catalogue import make_protocol
from dwmtj.storage import Point, Status, Store

POINTS, RUNS, ROUNDS = 10**6, 10**5, 5
SELECT = "SELECT * FROM points WHERE run_id = 1 ORDER BY point"
LIST = "SELECT id, protocol, status, attempt, started, finished, operator, notes FROM runs"
FIRST = 2  # of the runs that are listed


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "store.sqlite"
        with Store.open(path) as store, closing(sqlite3.connect(path)) as bare:
            _measure(store)
            frame, cursor, read_sql = _medians_s(
                lambda: store.points(1),
                lambda: bare.execute(SELECT).fetchall(),
                lambda: pd.read_sql(SELECT, bare),
            )
            print(
                f"10⁶ points to a DataFrame: {frame:.2f} s (target 1 s), {frame / cursor:.2f} × a "
                f"bare cursor ({cursor:.2f} s), {frame / read_sql:.2f} × pandas.read_sql "
                f"({read_sql:.2f} s)"
            )
            parquet, netcdf = _medians_s(
                lambda: store.export_run(1, Path(folder) / "run.parquet", overwrite=True),
                lambda: store.export_run(1, Path(folder) / "run.nc", overwrite=True),
            )
            print(f"10⁶ points to Parquet: {parquet:.2f} s (target 2 s); netCDF: {netcdf:.2f} s")
            with open_bench(load_bench_file("virtual-trapezoid")) as bench:
                run(make_protocol("reset"), bench, store)
            _multiply_run(path)
            listed, cursor = _medians_s(store.runs, lambda: bare.execute(LIST).fetchall())
            print(
                f"list of 10⁵ runs: {listed:.2f} s (target 0.5 s), {listed / cursor:.2f} × a bare "
                f"cursor ({cursor:.2f} s)"
            )


def _medians_s(*jobs: Callable[[], object]) -> list[float]:
    durations_s: list[list[float]] = [[] for _ in jobs]
    for number in range(ROUNDS + 1):
        for job, durations in zip(jobs, durations_s, strict=True):
            began = process_time()
            job()
            if number:  # the first round compiles and fills caches
                durations.append(process_time() - began)
    return [median(durations) for durations in durations_s]


def _measure(store: Store) -> None:
    drawn = np.random.default_rng(1).normal(100.0, 10.0, POINTS).tolist()
    writer = store.begin_run("write-reset-cycling", "A1", parameters={}, bench={"name": "none"})
    writer.add_all(
        Point("write" if n % 2 else "reset", n * 1e-3, n // 40, 2.5, 5e-8, -4e-3, 0.01, 1e-4, ohm)
        for n, ohm in enumerate(drawn)
    )
    writer.finish(Status.FINISHED)


def _multiply_run(path: Path) -> None:
    """Copy the first run of the list, with ten of its points, until there are enough."""
    with closing(sqlite3.connect(path)) as database, database:
        for table, key in (("runs", "id"), ("points", "run_id")):
            names = [row[1] for row in database.execute(f"PRAGMA table_info({table})")]
            copied = ", ".join(name for name in names if name not in (key, "guid"))
            guid, guids = (", guid", ", 'run ' || n") if "guid" in names else ("", "")
            database.execute(
                "WITH RECURSIVE numbers(n) AS "
                "(SELECT :first + 1 UNION ALL SELECT n + 1 FROM numbers WHERE n <= :runs) "
                f"INSERT INTO {table} ({key}{guid}, {copied}) SELECT n{guids}, {copied} "
                f"FROM numbers, (SELECT * FROM {table} WHERE {key} = :first LIMIT 10)",
                {"first": FIRST, "runs": RUNS},
            )


if __name__ == "__main__":
    main()
