"""What the tables are asked about runs."""

from collections.abc import Iterator
from dataclasses import fields
from typing import Any

from sqlalchemy import Select, and_, func, select
from sqlalchemy.orm import Session

from .errors import StoreError
from .owner import Owner
from .records import AttemptRecord, Progress, RunRecord, RunSummary
from .schema import Device, EarlierAttempt, Run, Status, StoredPoint


def points_of(run_id: int, *, all_attempts: bool = False) -> Select[Any]:
    """Select the points of a run, in order; of a repeated cycle, those of its latest attempt."""
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
    """Return where a run is to be resumed.

    Cycles follow one another, and an attempt takes a run up at its first incomplete cycle; so that
    is always the last cycle of which there are points. Whether it lacks any cannot be known.
    """
    its_points = StoredPoint.run_id == run_id
    last_point = session.scalar(select(func.max(StoredPoint.point)).where(its_points))
    last_cycle = session.scalar(select(func.max(StoredPoint.cycle)).where(its_points))
    if last_point is None or last_cycle is None:
        return Progress()
    kept = points_of(run_id).where(StoredPoint.cycle < last_cycle)
    return Progress(last_point + 1, last_cycle, _count(session, kept))


def find_run(session: Session, run_id: int) -> Run:
    """Return a run; raises StoreError if there is none of this number."""
    run = session.get(Run, run_id)
    if run is None:
        raise StoreError(f"There is no run {run_id}: `dwmtj runs list` shows which there are.")
    return run


def summaries(session: Session, protocol: str | None, device: str | None) -> Iterator[RunSummary]:
    """Yield a line for every run, the oldest first."""
    # The number of the last point tells how many there are, and is found without counting them.
    last_point = (
        select(func.max(StoredPoint.point)).where(StoredPoint.run_id == Run.id).scalar_subquery()
    )
    question = select(Run, last_point).order_by(Run.id)
    if protocol is not None:
        question = question.where(Run.protocol == protocol)
    if device is not None:
        question = question.where(Run.device.has(Device.name == device))
    for run, last in session.execute(question):
        repeated = run.attempt > 1
        points = _count(session, points_of(run.id)) if repeated else 0 if last is None else last + 1
        yield _summary(run, points)


def record(session: Session, run_id: int) -> RunRecord:
    """Return everything about a run but its points; raises StoreError."""
    run = find_run(session, run_id)
    return RunRecord(
        summary=_summary(run, _count(session, points_of(run_id))),
        parameters=run.parameters,
        attempts=(*map(attempt_of, run.earlier_attempts), attempt_of(run)),
    )


def attempt_of(row: Run | EarlierAttempt) -> AttemptRecord:
    """Return an earlier attempt at a run, or the latest one, which the run itself describes."""
    told = {field.name: getattr(row, field.name) for field in fields(AttemptRecord)}
    if isinstance(row, Run):
        told["started"] = row.resumed or row.started
        told["status"], told["message"] = status_of(row)
    return AttemptRecord(**told)


def owner_of(run: Run) -> Owner:
    """Return the process that carries out the run, or did."""
    return Owner(run.host, run.pid, run.process_started)


def status_of(run: Run) -> tuple[Status, str | None]:
    """Return how the run really stands, and the message: it may have lost its process."""
    if run.status is Status.RUNNING and owner_of(run).is_dead():
        return Status.INTERRUPTED, f"Its process, {run.pid} on {run.host}, ended without a word."
    return run.status, run.message


def _summary(run: Run, points: int) -> RunSummary:
    status, message = status_of(run)
    return RunSummary(
        id=run.id,
        protocol=run.protocol,
        device=run.device.name,
        status=status,
        points=points,
        points_expected=run.points_expected,
        attempt=run.attempt,
        started=run.started,
        finished=run.finished,
        message=message,
        operator=run.operator,
        notes=run.notes,
    )


def _count(session: Session, question: Select[Any]) -> int:
    return session.scalar(select(func.count()).select_from(question.subquery())) or 0
