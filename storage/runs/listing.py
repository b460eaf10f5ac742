"""The list of runs: bare columns, since a row of the ORM with its bench takes ten times as long."""

from collections.abc import Iterator

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from ..queries import count_rows, lost_process, owner_of, points_of
from ..records import RunSummary
from ..schema import Device, Run, Status, StoredPoint

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
    Run.host,
    Run.pid,
    Run.process_started,
    Run.boot_id,
    Run.process_started_ticks,
    _LAST_POINT.label("last_point"),
)


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
    return (_summary(session, row) for row in session.execute(statement))


def _summary(session: Session, row: Row[tuple[object, ...]]) -> RunSummary:
    status, message = row.status, row.message
    if status is Status.RUNNING and owner_of(row).is_dead():
        status, message = Status.INTERRUPTED, lost_process(row.pid, row.host)
    return RunSummary(
        id=row.id,
        protocol=row.protocol,
        device=row.device,
        status=status,
        points=_points(session, row),
        points_expected=row.points_expected,
        attempt=row.attempt,
        started=row.started,
        finished=row.finished,
        message=message,
        operator=row.operator,
        notes=row.notes,
        tags=tuple(row.tags or ()),
        starred=bool(row.starred),
    )


def _points(session: Session, row: Row[tuple[object, ...]]) -> int:
    if row.attempt > 1:
        return count_rows(session, points_of(row.id))  # a repeated cycle counts once
    return 0 if row.last_point is None else row.last_point + 1
