"""A check of the runs that a database holds."""

from collections.abc import Iterator

from sqlalchemy import Connection, and_, func, not_, or_, select

from ..database import Finding
from ..location import Place
from ..queries import owner_of
from ..schema import EarlierAttempt, Run, RunWarning, Status, StoredPoint, table_of_rows
from ..writing.notes import has_notes, notes_file

_PARTS = ((RunWarning, "warnings"), (EarlierAttempt, "attempts"))


def check_notes(place: Place) -> Iterator[Finding]:
    """Yield the side file of a database, if there is one."""
    if has_notes(place):
        yield Finding(
            f"{notes_file(place)} holds notes that the next opening for writing will store.",
            is_problem=False,
        )


def check_runs(connection: Connection) -> Iterator[Finding]:
    """Yield runs without an end, and points, warnings and attempts without a run or a number."""
    yield from _ends(connection)
    for table, name in _PARTS:
        statement = (
            select(table.run_id, func.count())
            .where(table.run_id.not_in(select(Run.id)))
            .group_by(table.run_id)
        )
        for run_id, count in connection.execute(statement):
            yield _orphans(count, name, run_id)
    yield from _points(connection)


def _ends(connection: Connection) -> Iterator[Finding]:
    statement = select(table_of_rows(Run)).where(Run.status == Status.RUNNING).order_by(Run.id)
    for row in connection.execute(statement):
        run_id, found = row.id, owner_of(row)
        if found.is_dead():
            text = f"Run {run_id} has no end: its process {found.pid} is gone; it is interrupted."
        elif found.on_this_host:
            text = f"Run {run_id} is under way in process {found.pid}."
        else:
            text = (
                f"Run {run_id} is under way in process {found.pid} on {found.host}, or that "
                "computer is gone."
            )
        yield Finding(text, is_problem=False)


def _orphans(count: int, name: str, run_id: int) -> Finding:
    return Finding(f"{count} {name} belong to run {run_id}, which does not exist.")


def _points(connection: Connection) -> Iterator[Finding]:
    """Yield runs whose points are not numbered 0, 1, 2, … or are of an attempt that never was.

    The points are read once, all in the database: they are most of it.
    """
    counted = (
        select(
            StoredPoint.run_id,
            func.count().label("points"),
            func.min(StoredPoint.point).label("first"),
            func.max(StoredPoint.point).label("last"),
            func.max(StoredPoint.attempt).label("attempt"),
        )
        .group_by(StoredPoint.run_id)
        .subquery()
    )
    in_order = and_(counted.c.first == 0, counted.c.last + 1 == counted.c.points)
    statement = (
        select(counted, Run.attempt)
        .outerjoin(Run, Run.id == counted.c.run_id)
        .where(or_(Run.id.is_(None), not_(in_order), counted.c.attempt > Run.attempt))
        .order_by(counted.c.run_id)
    )
    for run_id, points, first, last, attempt, attempts in connection.execute(statement):
        if attempts is None:
            yield _orphans(points, "points", run_id)
            continue
        if attempt > attempts:
            yield Finding(f"Run {run_id} has {attempts} attempts and points of attempt {attempt}.")
        if first != 0 or last + 1 != points:
            yield Finding(f"Run {run_id} has {points} points, numbered from {first} to {last}.")
