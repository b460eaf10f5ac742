"""The list of runs: the driver's own rows, since those of the ORM take ten times as long."""

import gc
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Select, Text, func, select, type_coerce
from sqlalchemy.orm import Session

from ..database import Database
from ..queries import count_rows, points_of
from ..records import RunSummary
from ..schema import Device, Run, Status, StoredPoint
from .lab import names_column

# Points are numbered from 0, and the last number is found without counting rows.
_POINTS = (
    select(func.coalesce(func.max(StoredPoint.point) + 1, 0))
    .where(StoredPoint.run_id == Run.id)
    .scalar_subquery()
)
_COLUMNS = (
    Run.id,
    Run.protocol,
    Device.name.label("device"),
    Run.status,
    _POINTS.label("points"),
    Run.points_expected,
    Run.attempt,
    Run.started,
    Run.finished,
    Run.message,
    Run.operator,
    Run.notes,
    Run.tags,
    Run.starred,
)

_STATUSES = {status.value: status for status in Status}


def summaries(
    database: Database,
    session: Session,
    protocol: str | None,
    device: str | None,
    first: int = 0,
    tag: str | None = None,
    **names: str | None,
) -> list[RunSummary]:
    """Return a summary of every run from number `first` on that matches, the oldest first.

    Each has the status that is stored, also if its process has ended since. `names` are those of a
    user, bench, wafer and sample, by the kinds of `lab`.
    """
    statement = (
        select(*_COLUMNS)
        .join(Device, Run.device_id == Device.id)
        .where(Run.deleted.is_(None), Run.id >= first)
        .order_by(Run.id)
    )
    if protocol is not None:
        statement = statement.where(Run.protocol == protocol)
    if device is not None:
        statement = statement.where(Device.name == device)
    for kind, name in names.items():
        if name is not None:
            statement = statement.where(names_column(kind) == name)  # type: ignore[arg-type]
    if tag is not None:
        text = type_coerce(Run.tags, Text)
        statement = statement.where(text.contains(json.dumps(tag), autoescape=True))
    with _collector_paused():
        found = _summaries(_rows(session, statement), database.utc_time)
    if tag is not None:
        found = [run for run in found if tag in run.tags]
    return [_with_points_once(session, run) if run.attempt > 1 else run for run in found]


def _rows(session: Session, statement: Select[Any]) -> Iterator[tuple[Any, ...]]:
    """Yield the driver's own rows: SQLAlchemy's take three times as long as the query."""
    connection = session.connection()
    query = statement.compile(connection, compile_kwargs={"literal_binds": True})
    cursor = connection.connection.cursor()
    cursor.execute(str(query), ())
    return cast("Iterator[tuple[Any, ...]]", cursor)


def _summaries(
    rows: Iterator[tuple[Any, ...]], time: Callable[[Any], datetime]
) -> list[RunSummary]:
    """Return the summaries of rows; a function that made one of a row would double their time."""
    make, statuses = RunSummary._make, _STATUSES
    # fmt: off
    return [
        make(
            (
                run_id, protocol, device, statuses[status], points, expected, attempt,
                time(started), None if finished is None else time(finished), message, operator,
                notes, tuple(json.loads(tags)) if tags else (), bool(starred),
            )
        )
        for (
            run_id, protocol, device, status, points, expected, attempt,
            started, finished, message, operator, notes, tags, starred,
        ) in rows
    ]
    # fmt: on


def _with_points_once(session: Session, run: RunSummary) -> RunSummary:
    """Return the summary of a resumed run, the points of a repeated cycle counted once."""
    return run._replace(points=count_rows(session, points_of(run.id)))


@contextmanager
def _collector_paused() -> Iterator[None]:
    """Keep Python's collector from searching a long list in the making for cycles, many times."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
