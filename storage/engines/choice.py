"""The engine that a place asks for: a path is a SQLite file, a URL a database of PostgreSQL."""

from collections.abc import Callable, Collection
from pathlib import Path

from ..database import LOCK_TIMEOUT_S, Database
from ..location import Place

Progress = Callable[[int, int], None]
"""Called with what is done so far and the whole, in pages of a file or in runs."""


def open_database(
    place: Place, *, create: bool, read_only: bool, upgrade: bool, lock_timeout_s: float
) -> Database:
    """Return the database at `place`.

    An older schema is upgraded if `upgrade`, kept if `read_only`, and else refused. Other
    processes' locks are waited for during `lock_timeout_s`. Raises StoreError.
    """
    if isinstance(place, Path):
        from .sqlite.opening import open_file as open_it
    else:
        from .postgresql.opening import open_server as open_it  # type: ignore[assignment]
    return open_it(
        place,  # type: ignore[arg-type]
        create=create,
        read_only=read_only,
        upgrade=upgrade,
        lock_timeout_s=lock_timeout_s,
    )


def upgrade_database(
    place: Place,
    *,
    lock_timeout_s: float = LOCK_TIMEOUT_S,
    interrupted: Collection[int] = (),
    progress: Progress | None = None,
) -> str | None:
    """Upgrade a database and return a sentence on it; None if its schema is current.

    Runs in `interrupted`, whose computer is gone, are marked as interrupted. Raises StoreError,
    and then nothing has changed.
    """
    if isinstance(place, Path):
        from ..migrations.upgrade import upgrade_database as upgrade_file

        done = upgrade_file(
            place, lock_timeout_s=lock_timeout_s, interrupted=interrupted, progress=progress
        )
        return None if done is None else str(done)
    from .postgresql.upgrade import upgrade_server

    return upgrade_server(place, lock_timeout_s=lock_timeout_s, interrupted=interrupted)


def back_up_online(
    place: Place, target: Path, *, overwrite: bool = False, progress: Progress | None = None
) -> None:
    """Copy a database in use into the SQLite file `target`, verified; raises StoreError."""
    if isinstance(place, Path):
        from ..upkeep.backup import back_up_online as back_up_file

        return back_up_file(place, target, overwrite=overwrite, progress=progress)
    from .postgresql.backup import back_up_server

    return back_up_server(place, target, overwrite=overwrite, progress=progress)
