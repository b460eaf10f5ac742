"""A backup of a PostgreSQL database as a SQLite file, run by run, each verified."""

from collections.abc import Callable
from pathlib import Path

from ...errors import StoreError
from ...location import PostgresUrl
from ...output_file import atomic_write, check_overwrite


def back_up_server(
    place: PostgresUrl,
    target: Path,
    *,
    overwrite: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> None:
    """Copy a database into the SQLite file `target`; raises StoreError.

    Each run is read at one moment, compared by its checksum, and holds every point committed
    before that; one that is under way is interrupted in the copy. `target` is replaced only where
    it is an ordinary file, and once the copy is whole.
    """
    from ...store import Store

    check_overwrite(target, overwrite=overwrite)
    for end in ("-wal", "-journal", "-shm"):
        log = target.with_name(target.name + end)
        if log.exists():
            raise StoreError(
                f"{log} belongs to a program that uses {target}, or was killed: give the backup "
                "another name."
            )
    with (
        Store.open(place, create=False, read_only=True) as source,
        atomic_write(target) as draft,
        Store.open(draft) as copy,
    ):
        source.copy_to(copy, with_runs_under_way=True, progress=progress or _quiet)


def _quiet(_done: int, _total: int) -> None: ...
