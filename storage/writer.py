"""Writes the points of one attempt at a run, each in a transaction of its own."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, insert, update
from sqlalchemy.dialects.sqlite import dialect

from .errors import StoreError, errors_of
from .points import Point
from .records import Progress
from .schema import Run, Status, StoredPoint

# Compiled once: this, and no ORM, keeps a point near the cost of bare sqlite3.
_INSERT = str(insert(StoredPoint).compile(dialect=dialect()))
_COLUMNS = frozenset(StoredPoint.__table__.columns.keys())


class RunWriter:
    """An attempt at a run, under way; from Store.begin_run or Store.resume_run.

    A resumed run goes on at `first_cycle`; `points` counts those of the cycles before it, too, but
    not what is being repeated.
    """

    def __init__(
        self, engine: Engine, path: Path, run_id: int, attempt: int, progress: Progress
    ) -> None:
        self.run_id = run_id
        self.attempt = attempt
        self.first_cycle = progress.first_cycle
        self.points = progress.points_kept
        self._next_point = progress.next_point
        self._engine = engine
        self._path = path
        with errors_of(path):
            self._connection = engine.connect()

    def add(self, point: Point) -> int:
        """Commit a point and return its number in the run; raises StoreError.

        When this returns, the point survives the end of the process, however it comes.
        """
        number = self._next_point
        row = (
            self.run_id,
            number,
            self.attempt,
            point.phase,
            point.cycle,
            point.time_s,
            point.amplitude_V,
            point.pulse_width_s,
            point.field_T,
            point.voltage_V,
            point.current_A,
            point.resistance_ohm,
            _json_of(point.extra) if point.extra else None,
        )
        with errors_of(self._path):
            try:
                self._connection.exec_driver_sql(_INSERT, row)
                self._connection.commit()
            except BaseException:
                self._connection.rollback()
                raise
        self._next_point += 1
        self.points += 1
        return number

    def finish(self, status: Status, message: str | None = None) -> None:
        """Say how the attempt ended; raises StoreError."""
        if status is Status.RUNNING:
            raise StoreError(f"Run {self.run_id} cannot end as running: say how it ended.")
        ours = (Run.id == self.run_id, Run.attempt == self.attempt)
        ended = {"status": status, "message": message, "finished": datetime.now(UTC)}
        with errors_of(self._path):
            self._connection.close()
        # A new connection: an interrupt may have come in the middle of what the old one did.
        with errors_of(self._path), self._engine.begin() as connection:
            if connection.execute(update(Run).where(*ours).values(ended)).rowcount == 0:
                raise StoreError(
                    f"Run {self.run_id} was resumed by another process while attempt "
                    f"{self.attempt} was still under way: check which points belong to which."
                )


def _json_of(extra: Mapping[str, Any]) -> str:
    if not _COLUMNS.isdisjoint(extra):
        names = ", ".join(sorted(_COLUMNS.intersection(extra)))
        raise StoreError(f"A point's extra cannot be named {names}: choose another name.")
    try:
        return json.dumps(dict(extra))
    except (TypeError, ValueError) as error:
        raise StoreError(
            f"A point's extra cannot be stored ({error}): give plain numbers, texts and truths."
        ) from error
