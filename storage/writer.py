"""The writer of one attempt at a run: each point in a transaction of its own."""

import json
import threading
from collections import deque
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, insert, update
from sqlalchemy.dialects.sqlite import dialect

from .errors import StoreError, errors_of
from .points import Point
from .records import Progress
from .schema import Run, RunWarning, Status, StoredPoint

# Compiled once, without the ORM: a point costs little more than with bare sqlite3.
_INSERT = str(insert(StoredPoint).compile(dialect=dialect()))
MAXIMUM_WARNINGS = 1000  # of an attempt
_COLUMNS = frozenset(StoredPoint.__table__.columns.keys())


class RunWriter:
    """An attempt at a run that is under way; from `Store.begin_run` or `Store.resume_run`.

    A resumed run continues at `first_cycle`; `points` counts the points of the cycles before it and
    those added since. One thread adds points; any thread may warn.
    """

    def __init__(
        self, engine: Engine, path: Path, run_id: int, attempt: int, progress: Progress
    ) -> None:
        self.run_id = run_id
        self.attempt = attempt
        self.first_cycle = progress.first_cycle
        self.points = progress.points_kept
        self._next_point = progress.next_point
        self._warnings: deque[dict[str, Any]] = deque()
        self._warned = 0
        self._writing = threading.Lock()  # held while a point or warnings are being committed
        self._engine = engine
        self._path = path
        with errors_of(path):
            self._connection = engine.connect()

    @property
    def next_point(self) -> int:
        """The number that the next point gets."""
        return self._next_point

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
        with self._writing, errors_of(self._path):
            try:
                self._connection.exec_driver_sql(_INSERT, row)
                self._connection.commit()
            except BaseException:
                self._connection.rollback()
                raise
        self._next_point += 1
        self.points += 1
        if self._warnings:
            self._store_warnings()
        return number

    def warn(self, source: str, message: str, time: datetime | None = None) -> None:
        """Store a warning with the attempt: `source` is a logger or a class, `time` else now.

        Never raises: a warning that cannot be stored yet is stored with the next point or warning.
        After MAXIMUM_WARNINGS of an attempt the rest is dropped, and one more says so.
        """
        self._warned += 1
        if self._warned > MAXIMUM_WARNINGS + 1:
            return
        if self._warned > MAXIMUM_WARNINGS:
            source, message = __name__, f"Warnings after the first {MAXIMUM_WARNINGS} are dropped."
        self._warnings.append(
            {
                "run_id": self.run_id,
                "attempt": self.attempt,
                "time": time or datetime.now(UTC),
                "source": _valid(source),
                "message": _valid(message),
            }
        )
        self._store_warnings()

    def _store_warnings(self) -> None:
        """Store pending warnings, unless a point is being committed, which is followed by this.

        They have a connection of their own: a warning may come from another thread, or from the
        middle of a point's transaction when the garbage collector closes something.
        """
        if not self._writing.acquire(blocking=False):
            return
        try:
            if pending := list(self._warnings):
                with errors_of(self._path), self._engine.begin() as connection:
                    connection.execute(insert(RunWarning), pending)
                for _ in pending:
                    self._warnings.popleft()
        except StoreError:
            return  # they stay pending
        finally:
            self._writing.release()

    def finish(self, status: Status, message: str | None = None) -> None:
        """Store how the attempt ended; raises StoreError."""
        if status is Status.RUNNING:
            raise StoreError(f"Run {self.run_id} cannot end as running: give another status.")
        ours = (Run.id == self.run_id, Run.attempt == self.attempt)
        ended = {"status": status, "message": message, "finished": datetime.now(UTC)}
        with errors_of(self._path):
            self._connection.close()
        # A new connection: an interrupt may have left the old one in the middle of a statement.
        with errors_of(self._path), self._engine.begin() as connection:
            if connection.execute(update(Run).where(*ours).values(ended)).rowcount == 0:
                raise StoreError(
                    f"Run {self.run_id} was resumed by another process while attempt "
                    f"{self.attempt} was still under way: check which points belong to which."
                )
        self._store_warnings()


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


def _valid(text: str) -> str:
    """Return text that UTF-8 can hold, lone surrogates escaped."""
    return text.encode(errors="backslashreplace").decode()
