"""Queries about runs."""

from collections.abc import Iterator
from dataclasses import fields
from typing import Any

from sqlalchemy import Row, Select, and_, func, select
from sqlalchemy.orm import Session

from .errors import StoreError
from .owner import Owner
from .records import AttemptRecord, Progress, RunRecord, RunSummary, WarningRecord
from .schema import Device, EarlierAttempt, Run, RunWarning, Status, StoredPoint


def points_of(run_id: int, *, all_attempts: bool = False) -> Select[Any]:
    """Return a SELECT of a run's points in order; a repeated cycle's from its latest attempt."""
    columns = [column for column in StoredPoint.__table__.columns if column.name != "run_id"]
    points = select(*columns).where(StoredPoint.run_id == run_id).order_by(StoredPoint.point)
    if all_attempts:
        return points
    latest = (
        select(StoredPoint.cycle, func.max(StoredPoint.attempt).label("attempt"))
        .where(StoredPoint.run_id == run_id)
        .group_by(StoredPoint.cycle)
        .subquery()
    )
    return points.join(
        latest,
        and_(StoredPoint.cycle == latest.c.cycle, StoredPoint.attempt == latest.c.attempt),
    )


def progress_of(session: Session, run_id: int) -> Progress:
    """Return where a run is to be resumed: at the last cycle that has points.

    Cycles are measured in order, so all cycles before it are complete. The schema does not record
    whether a cycle is complete, so this one is repeated.
    """
    its_points = StoredPoint.run_id == run_id
    last_point = session.scalar(select(func.max(StoredPoint.point)).where(its_points))
    last_cycle = session.scalar(select(func.max(StoredPoint.cycle)).where(its_points))
    if last_point is None or last_cycle is None:
        return Progress()
    kept = points_of(run_id).where(StoredPoint.cycle < last_cycle)
    return Progress(last_point + 1, last_cycle, count_rows(session, kept))


def find_run(session: Session, run_id: int) -> Run:
    """Return a run by number; raises StoreError if it does not exist."""
    run = session.get(Run, run_id)
    if run is None:
        raise StoreError(f"There is no run {run_id}: `dwmtj runs list` shows which there are.")
    return run


def next_run_number(session: Session) -> int:
    """Return the number of the next run; one that begins before the transaction ends waits.

    A sequence of PostgreSQL would leave gaps, and not know of numbers that copies keep.
    """
    return (session.scalar(select(func.max(Run.id))) or 0) + 1


def record(session: Session, run_id: int) -> RunRecord:
    """Return everything about a run except its points; raises StoreError."""
    run = find_run(session, run_id)
    return RunRecord(
        summary=summary(session, run_id),
        parameters=run.parameters,
        attempts=(*map(attempt_of, run.earlier_attempts), attempt_of(run)),
        warnings=tuple(_warnings(session, run_id)),
        marks=_marks(session, run_id),
        conditions=run.conditions or {},
        guid=run.guid,
        sample=run.device.sample,
        wafer=run.device.wafer,
        die=_die(run.device),
    )


def _points(session: Session, run: Run) -> int:
    """Return how many points a run has; a repeated cycle counts once."""
    if run.attempt > 1:
        return count_rows(session, points_of(run.id))
    its_last = select(func.max(StoredPoint.point)).where(StoredPoint.run_id == run.id)
    last = session.scalar(its_last)  # found without reading the points, which count from 0
    return 0 if last is None else last + 1


def attempt_of(row: Run | EarlierAttempt) -> AttemptRecord:
    """Return the record of an earlier attempt, or of the latest, which the run itself holds."""
    values = {field.name: getattr(row, field.name) for field in fields(AttemptRecord)}
    if isinstance(row, Run):
        values["started"] = row.resumed or row.started
        values["status"], values["message"] = status_of(row)
    return AttemptRecord(**values)


def owner_of(run: Run | Row[Any]) -> Owner:
    """Return the process of the run's latest attempt."""
    return Owner(run.host, run.pid, run.process_started, run.boot_id, run.process_started_ticks)


def status_of(run: Run) -> tuple[Status, str | None]:
    """Return the status of a run, interrupted if its process has ended, and the message."""
    if run.status is Status.RUNNING and owner_of(run).is_dead():
        return Status.INTERRUPTED, lost_process(run.pid, run.host)
    return run.status, run.message


def lost_process(pid: int, host: str) -> str:
    """Return the message of a run whose process ended without storing how the run ended."""
    return f"The process (pid {pid} on {host}) ended unexpectedly."


def _die(device: Device) -> tuple[int, int] | None:
    row, column = device.die_row, device.die_column
    return None if row is None or column is None else (row, column)


def _warnings(session: Session, run_id: int) -> Iterator[WarningRecord]:
    statement = select(RunWarning).where(RunWarning.run_id == run_id).order_by(RunWarning.id)
    for row in session.scalars(statement):
        yield WarningRecord(row.attempt, row.time, row.source, row.message)


def _marks(session: Session, run_id: int) -> dict[str, int]:
    mark = StoredPoint.mark
    statement = select(mark, func.count()).where(StoredPoint.run_id == run_id, mark.is_not(None))
    return {text: count for text, count in session.execute(statement.group_by(mark)) if text}


def summary(session: Session, run_id: int) -> RunSummary:
    """Return a run in brief; raises StoreError if it does not exist."""
    run = find_run(session, run_id)
    status, message = status_of(run)
    return RunSummary(
        id=run.id,
        protocol=run.protocol,
        device=run.device.name,
        status=status,
        points=_points(session, run),
        points_expected=run.points_expected,
        attempt=run.attempt,
        started=run.started,
        finished=run.finished,
        message=message,
        operator=run.operator,
        notes=run.notes,
        tags=tuple(run.tags or ()),
        starred=bool(run.starred),
    )


def count_rows(session: Session, statement: Select[Any]) -> int:
    """Return the number of rows of a SELECT."""
    return session.scalar(select(func.count()).select_from(statement.subquery())) or 0
