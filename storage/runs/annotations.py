"""What an operator adds to runs afterwards: notes, tags, a star, and their deletion."""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from .. import queries
from ..errors import StoreError
from ..schema import Run, Status


def annotate(
    session: Session,
    run_id: int,
    notes: str | None,
    tags: Sequence[str] | None,
    starred: bool | None,
) -> None:
    """Replace those of a run's notes, tags and star that are not None; raises StoreError."""
    run = queries.find_run(session, run_id)
    if notes is not None:
        run.notes = notes
    if tags is not None:
        run.tags = list(dict.fromkeys(filter(None, (tag.strip() for tag in tags))))
    if starred is not None:
        run.starred = starred


def delete(session: Session, run_ids: Collection[int]) -> None:
    """Take runs out of the list, with all they hold kept; raises StoreError, then none is."""
    for run_id in run_ids:
        status, _ = queries.status_of(queries.find_run(session, run_id))
        if status is Status.RUNNING:
            raise StoreError(f"Run {run_id} is under way: stop it before you delete it.")
    session.execute(update(Run).where(Run.id.in_(run_ids)).values(deleted=datetime.now(UTC)))


def restore(session: Session, run_ids: Collection[int]) -> None:
    """Put deleted runs back into the list."""
    session.execute(update(Run).where(Run.id.in_(run_ids)).values(deleted=None))


def deleted(session: Session) -> list[int]:
    """Return the numbers of the deleted runs."""
    return list(session.scalars(select(Run.id).where(Run.deleted.is_not(None)).order_by(Run.id)))
