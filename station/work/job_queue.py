"""The queue of a station, in a file beside its database: it outlives the process."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from pydantic import TypeAdapter
from pydantic.dataclasses import dataclass

from ...storage import Place, StoreError, atomic_write
from ...storage.location import side_file
from ..errors import StationError
from ..messages import Job
from ..station_file import path_of

log = logging.getLogger(__name__)

MOST_JOBS = 1000


@dataclass(frozen=True)
class _Stored:
    next_number: int
    jobs: tuple[Job, ...]
    under_way: Job | None = None


_FILE = TypeAdapter(_Stored)


class JobQueue:
    """Jobs in order; safe to use from any thread, and stored at every change.

    A queue that is found in its file is held.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._lock = threading.RLock()
        self._jobs: list[Job] = []
        self._next = 1
        self.under_way: Job | None = None
        self.held = False
        self.left_under_way: Job | None = None
        """The job that was under way when the process before this one ended."""
        self._load()

    @property
    def folder(self) -> Path:
        """Where its file lies, beside the database where that is a file."""
        return self._file.parent

    def snapshot(self) -> tuple[tuple[Job, ...], Job | None, bool]:
        """Return the jobs, the one under way and whether the queue is held, at one moment."""
        with self._lock:
            return tuple(self._jobs), self.under_way, self.held

    @property
    def jobs(self) -> tuple[Job, ...]:
        with self._lock:
            return tuple(self._jobs)

    def add(self, job: Job, position: int | None = None) -> int:
        """Add a job, by default as the last, and return the number that it gets."""
        with self._changing():
            if len(self._jobs) >= MOST_JOBS:
                raise StationError(f"The queue holds {MOST_JOBS} runs already: remove some.")
            self._check_resumed_once(job)
            number, self._next = self._next, self._next + 1
            index = len(self._jobs) if position is None else max(0, position)
            self._jobs.insert(index, replace(job, number=number))
            return number

    def find(self, number: int) -> Job:
        """Return a job; raises StationError if it is not in the queue."""
        with self._lock:
            return self._jobs[self._index(number)]

    def change(self, number: int, job: Job) -> None:
        """Put a job in the place of another, whose number it keeps."""
        with self._changing():
            self._jobs[self._index(number)] = replace(job, number=number)

    def move(self, number: int, position: int) -> None:
        """Move a job to a position, counted from 0."""
        with self._changing():
            job = self._jobs.pop(self._index(number))
            self._jobs.insert(max(0, position), job)

    def duplicate(self, number: int) -> int:
        """Add the same job after a job and return the number of the copy."""
        with self._changing():
            index = self._index(number)
            return self.add(replace(self._jobs[index], problem=None), index + 1)

    def remove(self, number: int) -> None:
        with self._changing():
            del self._jobs[self._index(number)]

    def hold(self, held: bool) -> None:
        """Let no further job start, or let them."""
        with self._lock:
            self.held = held

    def take(self) -> Job | None:
        """Return the first job, which is under way from now on; None if none may start."""
        with self._lock:
            if self.held or not self._jobs:
                return None
            with self._changing():
                self.under_way = self._jobs.pop(0)
            return self.under_way

    def done(self, *, held: bool) -> None:
        """Take note that the job under way has ended."""
        with self._lock:
            self.under_way = None
            self.held = self.held or held
            self._store_if_possible()

    def give_back(self, problem: str) -> None:
        """Put the job under way, which could not begin, back as the first; the queue is held."""
        with self._lock:
            if self.under_way is not None:
                self._jobs.insert(0, replace(self.under_way, problem=problem))
            self.under_way = None
            self.held = True
            self._store_if_possible()

    def _check_resumed_once(self, job: Job) -> None:
        run_id = job.new.resume
        known = (*self._jobs, *((self.under_way,) if self.under_way else ()))
        if run_id is not None and any(one.new.resume == run_id for one in known):
            raise StationError(f"Run {run_id} waits in the queue to be resumed: once is enough.")

    def _index(self, number: int) -> int:
        for index, job in enumerate(self._jobs):
            if job.number == number:
                return index
        raise StationError(f"There is no run with the number {number} in the queue.")

    @contextmanager
    def _changing(self) -> Iterator[None]:
        with self._lock:
            before = list(self._jobs), self.under_way, self._next
            try:
                yield
                self._store()
            except BaseException:
                self._jobs, self.under_way, self._next = before
                raise

    def _store(self) -> None:
        stored = _FILE.dump_json(_Stored(self._next, tuple(self._jobs), self.under_way))
        with atomic_write(self._file, mode=0o600) as draft:
            draft.write_bytes(stored)

    def _store_if_possible(self) -> None:
        try:
            self._store()
        except StoreError as error:  # a full disk must not end the process
            log.warning("%s", error)

    def _load(self) -> None:
        try:
            stored = _FILE.validate_json(self._file.read_bytes())
        except FileNotFoundError:
            return
        except (OSError, ValueError) as error:
            aside = self._file.with_name(f"{self._file.name}-unreadable")
            log.warning(
                "The queue %s cannot be read (%s); it is kept as %s", self._file, error, aside
            )
            self._file.replace(aside)
            return
        self._jobs, self._next = list(stored.jobs), stored.next_number
        self.left_under_way = stored.under_way
        self.held = bool(self._jobs or stored.under_way)


def queue_file(database: Place, bench: str) -> Path:
    """Return the file of the queue of a bench beside the database of its runs."""
    return side_file(database, f"-queue-{path_of(bench, '').name}")
