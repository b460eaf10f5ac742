"""Storing a RunDocument in a database, once."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import numpy as np
from sqlalchemy import Table, delete, insert, select
from sqlalchemy.orm import Session

from ..database import Database
from ..queries import next_run_number
from ..reading.table import INTEGERS, TEXTS, PointTable
from ..runs.lab import remember
from ..schema import (
    MEASURED,
    EarlierAttempt,
    Run,
    RunWarning,
    Status,
    StoredPoint,
    table_of_rows,
)
from .devices import device_id
from .document import RunDocument, times_of

_RUNS, _POINTS = table_of_rows(Run), table_of_rows(StoredPoint)
_COLUMNS = [column.key for column in _POINTS.columns]
_PARTS = (StoredPoint, RunWarning, EarlierAttempt)
_TABLES_BESIDE = (
    (table_of_rows(EarlierAttempt), "earlier_attempts"),
    (table_of_rows(RunWarning), "warnings"),
)


@dataclass(frozen=True, slots=True)
class StoredRun:
    """A run in a database, and whether it was stored just now.

    `remark` names a device that is described otherwise in the database; it is empty if there is
    none.
    """

    number: int
    is_new: bool
    remark: str = ""


def as_stored(document: RunDocument) -> RunDocument:
    """Return the run as a database takes it in: ended, and with a GUID.

    A run under way when it was exported is interrupted: nothing here will end it. In a file of
    version 1, one of schema 5 or older has no GUID, and gets one that follows from its content.
    """
    run = dict(document.head["run"])
    if not run.get("guid"):
        run["guid"] = str(uuid5(NAMESPACE_URL, document.checksum()))
    if document.is_under_way:
        run["status"] = str(Status.INTERRUPTED)
        run["message"] = "It was under way when it was exported."
    return replace(document, head={**document.head, "run": run})


def run_with_guid(session: Session, guid: str) -> int | None:
    """Return the number of the run that has a GUID, None if there is none."""
    return session.scalar(select(Run.id).where(Run.guid == guid))


def insert_run(database: Database, session: Session, document: RunDocument) -> int:
    """Store a run, under its number if that is free, and return its number."""
    connection = session.connection()
    number = document.number
    taken = number is not None and connection.scalar(select(Run.id).where(Run.id == number))
    values = _values(_RUNS, document.head["run"])
    values["id"] = next_run_number(session) if number is None or taken else number
    values["device_id"] = device_id(session, document.head["device"])
    values["bench_name"] = values["bench"].get("name") or None
    remember(session, "user", values["operator"])
    remember(session, "bench", values["bench_name"])
    session.flush()
    connection.execute(insert(_RUNS).values(values))
    run_id = int(values["id"])
    for table, key in _TABLES_BESIDE:
        rows = [{"run_id": run_id, **_values(table, row)} for row in document.head[key]]
        if rows:
            connection.execute(insert(table), rows)
    database.insert_points(connection, _rows(run_id, document.points))
    return run_id


def delete_run(session: Session, run_id: int) -> None:
    """Remove a run with all it holds."""
    for part in _PARTS:
        session.execute(delete(part).where(part.run_id == run_id))
    session.execute(delete(Run).where(Run.id == run_id))


def _values(table: Table, row: Mapping[str, Any]) -> dict[str, Any]:
    times = times_of(table)
    return {
        name: datetime.fromisoformat(value) if name in times and value else value
        for name, value in row.items()
        if name in table.columns
    }


def _rows(run_id: int, points: PointTable) -> Iterator[tuple[Any, ...]]:
    extras: list[str | None] = [None] * len(points)
    for row, extra in zip(points.extra_rows.tolist(), points.extras, strict=True):
        extras[row] = json.dumps(extra)
    columns: dict[str, Any] = {"run_id": [run_id] * len(points), "extra": extras}
    columns |= {name: points.integers[name].tolist() for name in INTEGERS}
    for name in MEASURED:
        values = points.measured[name].astype(object)
        values[np.isnan(points.measured[name])] = None
        columns[name] = values.tolist()
    columns |= {name: list(points.texts[name]) for name in TEXTS}
    return zip(*(columns[name] for name in _COLUMNS), strict=True)
