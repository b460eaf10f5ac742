"""Columns of a run's points as NumPy arrays, for a reader that polls a run under way."""

from collections.abc import Sequence
from contextlib import closing
from itertools import chain
from typing import Any

import numpy as np
import numpy.typing as npt
from sqlalchemy import Engine
from sqlalchemy.engine.interfaces import DBAPICursor

from ..errors import StoreError
from ..schema import MEASURED

INTEGERS = ("attempt", "cycle")
COLUMNS = ("point", *INTEGERS, *MEASURED, "phase", "mark")
MISSING = -1.7976931348623157e308  # no reading is the most negative double
_AS_NUMBER = {
    "point": "p.point",
    **{name: f"p.{name}" for name in INTEGERS},
    **{name: f"ifnull(p.{name}, {MISSING!r})" for name in MEASURED},
    "mark": "p.mark IS NOT NULL",
}


def columns_after(
    engine: Engine, run_id: int, after: int, names: Sequence[str]
) -> dict[str, npt.NDArray[Any]]:
    """Return columns of the points with numbers above `after`, and "point", their numbers."""
    if unknown := [name for name in names if name not in COLUMNS]:
        raise StoreError(f"Points have no column {unknown[0]!r}: choose from {', '.join(COLUMNS)}.")
    run_id, after = int(run_id), int(after)  # SQLite would take NumPy's for bytes
    numbers = ["point", *(name for name in names if name in _AS_NUMBER and name != "point")]
    with closing(engine.raw_connection()) as connection, closing(connection.cursor()) as cursor:
        source = _source(cursor, run_id, after)
        read = f"SELECT {', '.join(_AS_NUMBER[name] for name in numbers)} {source}"
        cursor.execute(read, {"run": run_id, "after": after})
        rows: Any = cursor
        values = np.fromiter(chain.from_iterable(rows), float).reshape(-1, len(numbers))
        columns = {name: _column(name, values[:, i]) for i, name in enumerate(numbers)}
        if "phase" in names:
            last = int(columns["point"][-1]) if len(values) else after
            cursor.execute(
                f"SELECT p.phase {source.replace('ORDER', 'AND p.point <= :last ORDER')}",
                {"run": run_id, "after": after, "last": last},
            )
            columns["phase"] = np.array([phase for (phase,) in rows], dtype=np.str_)
    return columns


def _source(cursor: DBAPICursor, run_id: int, after: int) -> str:
    """Return FROM to ORDER BY; a cycle that was repeated is taken from its latest attempt."""
    cursor.execute("SELECT attempt FROM runs WHERE id = :run", {"run": run_id})
    run = cursor.fetchone()
    if run is None:
        raise StoreError(f"There is no run {run_id}: `dwmtj runs list` shows which there are.")
    cursor.execute(
        "SELECT attempt FROM points WHERE run_id = :run AND point = :after",
        {"run": run_id, "after": after},
    )
    reached = cursor.fetchone()
    table = "FROM points p"
    if run[0] > 1 and reached != run:  # else no later point can have been repeated
        table += (
            " JOIN (SELECT cycle, max(attempt) AS attempt FROM points WHERE run_id = :run"
            " GROUP BY cycle) latest ON p.cycle = latest.cycle AND p.attempt = latest.attempt"
        )
    return f"{table} WHERE p.run_id = :run AND p.point > :after ORDER BY p.point"


def _column(name: str, values: npt.NDArray[np.float64]) -> npt.NDArray[Any]:
    if name == "mark":
        return values.astype(np.bool_)
    if name not in MEASURED:
        return values.astype(np.int64)
    return np.where(values == MISSING, np.nan, values)
