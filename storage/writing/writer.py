"""The writer of one attempt at a run: each point in a transaction of its own."""

import json
import logging
import threading
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic, sleep
from typing import Any

from sqlalchemy import insert, update

from ..database import Database
from ..errors import StoreError, errors_of
from ..points import Point
from ..records import Progress
from ..schema import Run, RunWarning, Status, StoredPoint
from .notes import Note, append_note, encodable, notes_file

log = logging.getLogger(__name__)

MAXIMUM_WARNINGS = 1000  # of an attempt
PLACE_CHECK_S = 0.5  # how often the file is looked for where it was opened
END_RETRIES_S = (0.1, 0.4)  # pauses before the end of an attempt is stored once more
_COLUMNS = frozenset(StoredPoint.__table__.columns.keys())


class RunWriter:
    """An attempt at a run that is under way; from `Store.begin_run` or `Store.resume_run`.

    A resumed run continues at `first_cycle`; `points` counts the points of the cycles before it and
    those added since. One thread adds points; any thread may warn. If the database is deleted or
    replaced, everything moves to a rescue file, with a warning, and `when_moved` is called.
    """

    def __init__(self, database: Database, run_id: int, attempt: int, progress: Progress) -> None:
        self.run_id = run_id
        self.attempt = attempt
        self.first_cycle = progress.first_cycle
        self.points = progress.points_kept
        self.when_moved: Callable[[], None] = lambda: None
        self._next_point = progress.next_point
        self._warnings: deque[dict[str, Any]] = deque()
        self._warned = 0
        self._writing = threading.Lock()  # held while a point or warnings are being committed
        self._database = database
        self._place_check_due_s = 0.0
        self._connect()

    @property
    def next_point(self) -> int:
        """The number that the next point gets."""
        return self._next_point

    @property
    def notes_file(self) -> Path:
        """Where any process may leave a note on this run, a line each; see `storage.writing`."""
        return notes_file(self._database.place)

    def add(self, point: Point) -> int:
        """Commit a point and return its number in the run; raises StoreError.

        When this returns, the point survives the end of the process, however it comes.
        """
        number = self._next_point
        row = self._row(number, point)
        if monotonic() > self._place_check_due_s:
            self._check_place()
        with self._writing:
            try:
                self._connection.add(row)
            except Exception:
                with errors_of(self._database.place):
                    raise
        self._next_point += 1
        self.points += 1
        if self._warnings:
            self._store_warnings()
        return number

    def add_all(self, points: Iterable[Point]) -> int:
        """Commit points that exist already, all or none, and return how many; raises StoreError.

        One transaction for a file that is imported: a measurement commits every point by `add`.
        """
        self._check_place()
        rows = (self._row(number, point) for number, point in enumerate(points, self._next_point))
        with self._writing, errors_of(self._database.place):
            added = self._connection.add_all(rows)
        self._next_point += added
        self.points += added
        return added

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
                "source": encodable(source),
                "message": encodable(message),
            }
        )
        self._store_warnings()

    def _row(self, number: int, point: Point) -> tuple[object, ...]:
        extra = dict(point.extra)
        temperature_K: object = point.temperature_K
        if temperature_K is None:  # a protocol from before points had one gives it as an extra
            temperature_K = _as_float(extra.pop("temperature_K", None))
        return (
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
            _json_of(extra) if extra else None,
            point.mark,
            temperature_K,
        )

    def _store_warnings(self) -> None:
        """Store pending warnings, unless a point is being committed, which is followed by this.

        They have a connection of their own: a warning may come from another thread, or from the
        middle of a point's transaction when the garbage collector closes something.
        """
        if not self._writing.acquire(blocking=False):
            return
        try:
            if pending := list(self._warnings):
                with errors_of(self._database.place), self._database.engine.begin() as connection:
                    connection.execute(insert(RunWarning), pending)
                for _ in pending:
                    self._warnings.popleft()
        except StoreError:
            return  # they stay pending
        finally:
            self._writing.release()

    def finish(self, status: Status, message: str | None = None) -> None:
        """Store how the attempt ended.

        What the database does not take after some tries is left in the side file, with a warning,
        and is stored when the database is opened next. Raises StoreError if that fails, too.
        """
        if status is Status.RUNNING:
            raise StoreError(f"Run {self.run_id} cannot end as running: give another status.")
        self._check_place()
        self._connection.close()
        message = None if message is None else encodable(message)
        ended = {"status": status, "message": message, "finished": datetime.now(UTC)}
        try:
            self._store_end(ended)
        except _TakenOverError:
            raise
        except StoreError as error:
            self._note_end(ended, error)
        self._store_warnings()

    def _store_end(self, ended: Mapping[str, Any]) -> None:
        for pause_s in (*END_RETRIES_S, None):
            try:
                self._update(ended)
            except _TakenOverError:
                raise
            except StoreError:
                if pause_s is None:
                    raise
                sleep(pause_s)
            else:
                return

    def _update(self, ended: Mapping[str, Any]) -> None:
        ours = (Run.id == self.run_id, Run.attempt == self.attempt)
        # A new connection: an interrupt may have left the old one in the middle of a statement.
        with errors_of(self._database.place), self._database.engine.begin() as connection:
            if connection.execute(update(Run).where(*ours).values(ended)).rowcount == 0:
                raise _TakenOverError(
                    f"Run {self.run_id} was resumed by another process while attempt "
                    f"{self.attempt} was still under way: check which points belong to which."
                )

    def _note_end(self, ended: Mapping[str, Any], error: StoreError) -> None:
        status, message = ended["status"], ended["message"] or ""
        note = Note(self.run_id, self.attempt, ended["finished"], __name__, message, status)
        try:
            append_note(self._database.place, note)
        except OSError as problem:
            error.add_note(
                f"The end of run {self.run_id} ({status}) is not stored; {self.notes_file} cannot "
                f"be written either ({problem.strerror})."
            )
            raise error from None
        log.warning(
            "The end of run %s (%s) is kept in %s until the database is opened next: %s",
            self.run_id,
            status,
            self.notes_file,
            error,
        )

    def _connect(self) -> None:
        with errors_of(self._database.place):
            self._connection = self._database.point_connection()

    def _check_place(self) -> None:
        """Move to a rescue file if the database is no longer where it was opened."""
        self._place_check_due_s = monotonic() + PLACE_CHECK_S
        with self._writing:
            sentence = self._database.rescue_if_lost(self._connection, self.run_id)
            if sentence is None:
                return
            self._connection.close()
            self._connect()
        log.warning("%s", sentence)
        self.when_moved()


class _TakenOverError(StoreError):
    """The run was resumed by another process."""


def _as_float(value: object) -> object:
    return float(value) if type(value) is int else value


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
