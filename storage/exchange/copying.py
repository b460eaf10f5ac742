"""Copying a database into another one, run by run; each run is verified, and stored once."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..database import Database
from ..errors import StoreError
from ..schema import Run
from .copied import Copied
from .devices import conflict
from .document import RunDocument, read_document
from .insert import StoredRun, as_stored, delete_run, insert_run, run_with_guid
from .models import copy_calibrations, copy_results

Opened = Callable[[], AbstractContextManager[Session]]


@dataclass(frozen=True, slots=True)
class Side:
    """One of two databases: how a session that reads or writes it is begun."""

    database: Database
    reading: Opened
    writing: Opened


def copy_all(
    source: Side,
    target: Side,
    *,
    update: bool,
    progress: Callable[[int, int], None],
    with_runs_under_way: bool = False,
) -> Copied:
    """Copy runs, calibrations and results that the target lacks; raises StoreError.

    Each run is a transaction of its own, read back and compared once it is committed: a copy that
    was interrupted is completed by the next one. A run that differs from its copy is left alone,
    or, with `update`, replaces it. One that is under way is left to the next copy, or,
    `with_runs_under_way`, stored as interrupted. A copy that is
    under way, or has more attempts or points than the run, is never replaced.
    """
    copied, numbers = Copied(), {}
    with source.reading() as session:
        runs = list(session.scalars(select(Run.id).order_by(Run.id)))
    for done, run_id in enumerate(runs):
        progress(done, len(runs))
        with source.reading() as session:
            document = read_document(source.database, session, run_id)
        if document.is_under_way and not with_runs_under_way:
            copied.under_way.append(run_id)
            continue
        numbers[run_id] = _copy_run(target, document, copied, update=update)
    progress(len(runs), len(runs))
    with source.reading() as reading, target.writing() as writing:
        copied.calibrations = copy_calibrations(reading, writing, numbers)
        copied.results = copy_results(reading, writing)
    return copied


def take_in(side: Side, document: RunDocument) -> StoredRun:
    """Store a run unless it is stored; raises StoreError if it is, with other content."""
    document = as_stored(document)
    number = _number_of(side, document)
    remark = _conflict(side, document)
    if number is None:
        return StoredRun(_store(side, document), is_new=True, remark=remark)
    if _is_copy(side, number, document):
        return StoredRun(number, is_new=False, remark=remark)
    raise StoreError(
        f"Run {number} of {side.database.place} has the same GUID and other content: it was "
        "resumed or annotated since the file was written, or before. Nothing is imported; import "
        "the file into another database to compare them."
    )


def _copy_run(target: Side, document: RunDocument, copied: Copied, *, update: bool) -> int:
    run_id = document.number or 0
    document = as_stored(document)
    number = _number_of(target, document)
    remark = _conflict(target, document)
    if remark and remark not in copied.devices:
        copied.devices.append(remark)
    if number is None:
        number = _store(target, document)
        copied.new.append(run_id)
    elif _is_copy(target, number, document):
        copied.same.append(run_id)
        return number
    elif not update and not _is_behind(_read(target, number), document):
        copied.different.append(run_id)
        return number
    elif not update or not _replace(target, number, document):
        copied.behind.append(run_id)
        return number
    else:
        copied.replaced.append(run_id)
    copied.points += len(document.points)
    return number


def _number_of(side: Side, document: RunDocument) -> int | None:
    with side.reading() as session:
        return run_with_guid(session, document.guid)


def _conflict(side: Side, document: RunDocument) -> str:
    with side.reading() as session:
        return conflict(session, document.head["device"])


def _store(side: Side, document: RunDocument) -> int:
    """Store and verify a run; raises StoreError, and then it is not kept."""
    with side.writing() as session:
        number = insert_run(side.database, session, document)
    _verify(side, number, document)
    return number


def _replace(side: Side, number: int, document: RunDocument) -> bool:
    """Replace and verify a run, unless its copy is ahead; return whether it was replaced."""
    document = replace(document, number=number)
    with side.writing() as session:  # under its lock, the copy is not resumed
        if _is_behind(read_document(side.database, session, number), document):
            return False
        delete_run(session, number)
        insert_run(side.database, session, document)
    _verify(side, number, document)
    return True


def _verify(side: Side, number: int, document: RunDocument) -> None:
    if _is_copy(side, number, document):
        return
    with side.writing() as session:
        delete_run(session, number)
    raise StoreError(
        f"Run {number} was written into {side.database.place} and is read back differently, so "
        "it was removed: check the disk with dwmtj store check."
    )


def _is_copy(side: Side, number: int, document: RunDocument) -> bool:
    return _read(side, number).checksum() == document.checksum()


def _is_behind(copy: RunDocument, document: RunDocument) -> bool:
    """Return True if replacing the copy would lose points, or a run that is measured there."""
    fewer_attempts = document.head["run"]["attempt"] < copy.head["run"]["attempt"]
    return copy.is_under_way or fewer_attempts or len(document.points) < len(copy.points)


def _read(side: Side, number: int) -> RunDocument:
    with side.reading() as session:
        return read_document(side.database, session, number)
