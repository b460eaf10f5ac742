"""The list of runs: the driver's own rows, since those of the ORM take ten times as long."""

import json
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Select, Text, func, select, type_coerce
from sqlalchemy.orm import Session

from ..database import Database
from ..owner import Owner
from ..queries import count_rows, lost_process, owner_of, points_of
from ..records import RunSummary
from ..schema import Device, Run, Status, StoredPoint, table_of_rows
from .lab import names_column

# Points are numbered from 0, and the last number is found without counting rows.
_LAST_POINT = (
    select(func.max(StoredPoint.point)).where(StoredPoint.run_id == Run.id).scalar_subquery()
)
_COLUMNS = (
    Run.id,
    Run.protocol,
    Device.name.label("device"),
    Run.status,
    _LAST_POINT.label("last_point"),
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
) -> Iterator[RunSummary]:
    """Yield a summary of every run from number `first` on that matches, the oldest first.

    `names` are those of a user, bench, wafer and sample, by the kinds of `lab`.
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
    found = _summaries(session, _rows(session, statement), database.utc_time)
    return found if tag is None else (run for run in found if tag in run.tags)


def _owners(session: Session) -> dict[int, Owner]:
    """Return the processes of the runs that are stored as running."""
    running = select(table_of_rows(Run)).where(Run.status == Status.RUNNING)
    return {row.id: owner_of(row) for row in session.execute(running)}


def _rows(session: Session, statement: Select[Any]) -> Iterator[tuple[Any, ...]]:
    """Yield the driver's own rows: SQLAlchemy's take three times as long as the query."""
    connection = session.connection()
    query = statement.compile(connection, compile_kwargs={"literal_binds": True})
    cursor = connection.connection.cursor()
    cursor.execute(str(query), ())
    return cast("Iterator[tuple[Any, ...]]", cursor)


def _summaries(
    session: Session, rows: Iterator[tuple[Any, ...]], time: Callable[[Any], datetime]
) -> Iterator[RunSummary]:
    """Yield the summaries of rows; a function that made one of a row would double their time."""
    owners, make = _owners(session), RunSummary._make
    statuses = _STATUSES
    # fmt: off
    for (
        run_id, protocol, device, stored, last_point, expected, attempt,
        started, finished, message, operator, notes, tags, starred,
    ) in rows:
        # fmt: on
        status, points = statuses[stored], 0 if last_point is None else last_point + 1
        if status is Status.RUNNING and (owner := owners.get(run_id)) and owner.is_dead():
            status, message = Status.INTERRUPTED, lost_process(owner.pid, owner.host)
        if attempt > 1:
            points = count_rows(session, points_of(run_id))  # a repeated cycle counts once
        yield make(
            (
                run_id,
                protocol,
                device,
                status,
                points,
                expected,
                attempt,
                time(started),
                None if finished is None else time(finished),
                message,
                operator,
                notes,
                tuple(json.loads(tags)) if tags else (),
                bool(starred),
            )
        )
