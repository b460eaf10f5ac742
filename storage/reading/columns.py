"""Columns of a run's points as NumPy arrays, for a reader that polls a run under way."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from sqlalchemy import ColumnElement, Connection, Select, and_, func, select

from ..database import Database
from ..errors import StoreError
from ..schema import MEASURED, Run, StoredPoint, table_of_rows

INTEGERS = ("attempt", "cycle")
COLUMNS = ("point", *INTEGERS, *MEASURED, "phase", "mark")
_POINTS = table_of_rows(StoredPoint)


def columns_after(
    database: Database, run_id: int, after: int, names: Sequence[str]
) -> dict[str, npt.NDArray[Any]]:
    """Return columns of the points with numbers above `after`, and "point", their numbers."""
    if unknown := [name for name in names if name not in COLUMNS]:
        raise StoreError(f"Points have no column {unknown[0]!r}: choose from {', '.join(COLUMNS)}.")
    run_id, after = int(run_id), int(after)  # SQLite would take NumPy's for bytes
    numbers = ["point", *(name for name in names if name not in ("point", "phase"))]
    with database.reader.connect() as connection:
        source = _source(connection, run_id, after)
        chosen = source.with_only_columns(*map(_number, numbers))
        values = database.numbers(connection, chosen)
        columns = {name: _column(name, values[:, i]) for i, name in enumerate(numbers)}
        if "phase" in names:
            last = int(columns["point"][-1]) if len(values) else after
            phases = source.with_only_columns(_POINTS.c.phase).where(_POINTS.c.point <= last)
            columns["phase"] = np.array(connection.scalars(phases).all(), dtype=np.str_)
    return columns


def _source(connection: Connection, run_id: int, after: int) -> Select[Any]:
    """Return a SELECT of points; a cycle that was repeated is taken from its latest attempt."""
    attempts = connection.scalar(select(Run.attempt).where(Run.id == run_id))
    if attempts is None:
        raise StoreError(f"There is no run {run_id}: `dwmtj runs list` shows which there are.")
    its_points = _POINTS.c.run_id == run_id
    at_last = select(_POINTS.c.attempt).where(its_points, _POINTS.c.point == after)
    reached = connection.scalar(at_last)
    points = select(_POINTS).where(its_points, _POINTS.c.point > after).order_by(_POINTS.c.point)
    if attempts == 1 or reached == attempts:  # no later point can have been repeated
        return points
    latest = (
        select(_POINTS.c.cycle, func.max(_POINTS.c.attempt).label("attempt"))
        .where(its_points)
        .group_by(_POINTS.c.cycle)
        .subquery()
    )
    counts = and_(_POINTS.c.cycle == latest.c.cycle, _POINTS.c.attempt == latest.c.attempt)
    return points.join(latest, counts)


def _number(name: str) -> ColumnElement[Any]:
    return _POINTS.c.mark.is_not(None) if name == "mark" else _POINTS.c[name]


def _column(name: str, values: npt.NDArray[np.float64]) -> npt.NDArray[Any]:
    if name == "mark":
        return values.astype(np.bool_)
    return values if name in MEASURED else values.astype(np.int64)
