"""The list of runs: the driver's own rows, since those of the ORM take ten times as long."""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from ..owner import Owner
from ..queries import count_rows, lost_process, owner_of, points_of
from ..records import RunSummary
from ..schema import Device, Run, Status, StoredPoint, table_of_rows

# Points are numbered from 0, and the last number is found without counting rows.
_LAST_POINT = (
    select(func.max(StoredPoint.point)).where(StoredPoint.run_id == Run.id).scalar_subquery()
)
_COLUMNS = (
    Run.id,
    Run.protocol,
    Device.name.label("device"),
    Run.status,
    Run.points_expected,
    Run.attempt,
    Run.started,
    Run.finished,
    Run.message,
    Run.operator,
    Run.notes,
    Run.tags,
    Run.starred,
    _LAST_POINT.label("last_point"),
)

_STATUSES = {status.value: status for status in Status}


def summaries(
    session: Session, protocol: str | None, device: str | None, first: int = 0
) -> Iterator[RunSummary]:
    """Yield a summary of every run from number `first` on that matches, the oldest first."""
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
    rows = _rows(session, statement)
    owners = _owners(session)
    dialect = session.connection().dialect
    time = Run.started.type.dialect_impl(dialect).result_processor(dialect, None)
    return (_summary(session, row, owners, time or _as_it_is) for row in rows)


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
    return iter(cursor.fetchall())


def _summary(
    session: Session, row: tuple[Any, ...], owners: Mapping[int, Owner], time: Callable[[Any], Any]
) -> RunSummary:
    run_id, protocol, device, stored, expected, attempt, started, finished, message = row[:9]
    operator, notes, tags, starred, last_point = row[9:]
    status = _STATUSES[stored]
    if status is Status.RUNNING and run_id in owners and (owner := owners[run_id]).is_dead():
        status, message = Status.INTERRUPTED, lost_process(owner.pid, owner.host)
    points = 0 if last_point is None else last_point + 1
    if attempt > 1:
        points = count_rows(session, points_of(run_id))  # a repeated cycle counts once
    return RunSummary(
        run_id,
        protocol,
        device,
        status,
        points,
        expected,
        attempt,
        time(started),
        time(finished),
        message,
        operator,
        notes,
        tuple(json.loads(tags)) if tags else (),
        bool(starred),
    )


def _as_it_is(value: Any) -> Any:
    return value
