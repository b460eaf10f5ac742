"""Attempts at runs: how they begin, are resumed and found interrupted."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from .. import queries
from ..code_version import code_version
from ..errors import StoreError
from ..owner import this_process
from ..records import Progress
from ..schema import Device, EarlierAttempt, Run, Status
from .lab import PLACE, remember, remember_device


def begin(
    session: Session,
    protocol: str,
    device: str,
    *,
    parameters: Mapping[str, Any],
    bench: Mapping[str, Any],
    points_expected: int | None,
    seed: int | None,
    operator: str,
    notes: str,
    tags: Sequence[str] = (),
    conditions: Mapping[str, float] | None = None,
) -> int:
    """Store a new run with its first attempt, and return its number."""
    _remember(session, operator, bench)
    run = Run(
        id=queries.next_run_number(session),
        protocol=protocol,
        device_id=_device_id(session, device, bench),
        parameters=dict(parameters),
        points_expected=points_expected,
        notes=notes,
        tags=list(tags) or None,
        conditions=dict(conditions) if conditions else None,
        guid=str(uuid4()),
        started=datetime.now(UTC),
        **_attempt_metadata(bench, seed, operator),
    )
    session.add(run)
    session.flush()
    return run.id


def resume(
    session: Session,
    run_id: int,
    *,
    bench: Mapping[str, Any],
    points_from: Callable[[int], int] | None,
    seed: int | None,
    operator: str,
    notes: str,
) -> tuple[int, Progress]:
    """Store a new attempt at a run; return the attempt's number and where it continues.

    Raises StoreError for a run that is finished or under way.
    """
    run = queries.find_run(session, run_id)
    ended = queries.attempt_of(run)
    _check_resumable(run, ended.status)
    _remember(session, operator, bench)
    session.add(EarlierAttempt(run_id=run_id, **asdict(ended)))
    attempt = ended.attempt + 1
    values = {
        "attempt": attempt,
        "status": Status.RUNNING,
        "message": None,
        "resumed": datetime.now(UTC),
        "finished": None,
        "notes": "\n".join(filter(None, (run.notes, notes))),
        **_attempt_metadata(bench, seed, operator),
    }
    progress = queries.progress_of(session, run_id)
    if points_from is not None:
        values["points_expected"] = progress.points_kept + points_from(progress.first_cycle)
    session.execute(update(Run).where(Run.id == run_id).values(values))
    return attempt, progress


def declare_interrupted(session: Session, run_id: int, *, ended_here: bool = False) -> None:
    """Mark a run as interrupted; raises StoreError if its process may be alive on this host.

    A run of this process that has `ended_here` is marked.
    """
    run = queries.find_run(session, run_id)
    status, _ = queries.status_of(run)
    if status is not Status.RUNNING:
        return
    owner = queries.owner_of(run)
    run.message = f"Declared interrupted; its process was {run.pid} on {run.host}."
    if ended_here and owner == this_process():
        run.message = "The end of the run could not be stored."
    elif owner.on_this_host:
        raise StoreError(_under_way(run) + "stop that process first.")
    run.status = Status.INTERRUPTED


def running(session: Session) -> list[int]:
    """Return the runs that are stored as running."""
    return list(session.scalars(select(Run.id).where(Run.status == Status.RUNNING)))


def lost_among(session: Session, run_ids: Iterable[int]) -> list[int]:
    """Return which of the runs are stored as running although their process has ended.

    It may have stored an end since they were read: only then is the status in the database true.
    """
    runs = [queries.find_run(session, run_id) for run_id in run_ids]
    return [
        run.id for run in runs if run.status is Status.RUNNING and queries.owner_of(run).is_dead()
    ]


def mark_interrupted(session: Session, run_ids: Iterable[int]) -> None:
    """Store the status of runs that have lost their process."""
    for run_id in run_ids:
        run = queries.find_run(session, run_id)
        run.status, run.message = queries.status_of(run)


def _device_id(session: Session, name: str, bench: Mapping[str, Any]) -> int:
    device = session.scalar(select(Device).where(Device.name == name))
    if device is None:
        device = Device(name=name)
        session.add(device)
    described = bench.get("device", {})
    device.geometry = described.get("geometry") or device.geometry or ""
    device.notes = described.get("notes") or device.notes or ""
    for column in PLACE:
        if described.get(column) is not None:
            setattr(device, column, described[column])
    remember_device(session, device)
    session.flush()
    return device.id


def _remember(session: Session, operator: str, bench: Mapping[str, Any]) -> None:
    remember(session, "user", operator)
    remember(session, "bench", bench.get("name"))


def _attempt_metadata(bench: Mapping[str, Any], seed: int | None, operator: str) -> dict[str, Any]:
    return {
        "bench": dict(bench),
        "bench_name": bench.get("name") or None,
        "code_version": code_version(),
        "seed": seed,
        "operator": operator,
        **asdict(this_process()),
    }


def _check_resumable(run: Run, status: Status) -> None:
    if status is Status.FINISHED:
        raise StoreError(f"Run {run.id} is finished: begin a new one instead of resuming it.")
    if status is Status.RUNNING:
        raise StoreError(
            _under_way(run) + "wait for its end, or, if that computer is gone, call "
            f"Store.declare_interrupted({run.id})."
        )


def _under_way(run: Run) -> str:
    return f"Run {run.id} is under way in process {run.pid} on {run.host}: "
