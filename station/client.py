"""A client of a station: every call is a connection of its own, from any thread."""

import os
import secrets
import time
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from pydantic import TypeAdapter

from ..storage.location import database_place
from .errors import StationError
from .line import NotReachedError, ask
from .messages import Activity, HandReading, NewJob, StationState
from .replacement import Start, replace_process, start_process, wait_until_ended, wait_until_ready
from .station_file import StationFile, running_stations, station_of

if TYPE_CHECKING:
    from .sequences.file import RunSequence

QUICK_TIMEOUT_S = 5.0
REPLACE_TIMEOUT_S = 2.0  # a process that cannot even replace itself is replaced from here
SUCCESSOR_TIMEOUT_S = 120.0
END_TIMEOUT_S = 120.0
POLL_S = 0.05

_STATES = TypeAdapter(StationState)
_READINGS = TypeAdapter(HandReading)


class Station:
    """A running station; from `Station.start` or `Station.connect`.

    Every method raises StationError with the sentence of the station if it refuses, or if it
    cannot be reached. While its process is being replaced, `state` shows it as opening, and other
    calls wait for the new one.
    """

    def __init__(self, file: StationFile) -> None:
        self._file = file
        self._name = secrets.token_hex(8)  # among the clients of the station
        self._latest: StationState | None = None
        self._closed = False

    @classmethod
    def start(
        cls,
        bench: str,
        *,
        database: str | None = None,
        seed: int | None = None,
        end_unused_after_s: float | None = None,
    ) -> Self:
        """Connect to the station of a bench file or built-in bench; start one if none runs.

        When this returns the station can be reached; it may still be opening its bench. It stays
        until it is ended; one that is started with `end_unused_after_s` ends when its last client
        has left, or this long after its last use, unless a run is under way or waits. Connecting
        without a time lets a station that was started with one stay.
        """
        key = _bench_key(bench)
        found = cls.found(bench, database=database, seed=seed)
        if found is None:
            wanted = str(database_place(database))
            start = Start(key, wanted, seed, end_unused_after_s=end_unused_after_s)
            return cls(cls._started(start))
        station = cls(found)
        if end_unused_after_s is None and found.end_unused_after_s is not None:
            station._ask("keep")
        return station

    @staticmethod
    def found(
        bench: str, *, database: str | None = None, seed: int | None = None
    ) -> StationFile | None:
        """Return the running station of a bench, None if none runs.

        Raises StationError if it stores into another database, or runs with another seed.
        """
        found, wanted = station_of(_bench_key(bench)), str(database_place(database))
        if found is None:
            return None
        if database is not None and found.database != wanted:
            raise StationError(
                f"The station of {found.name} stores into {found.database}, not into {wanted}: end "
                "it first (dwmtj station stop), or leave the database out."
            )
        if seed is not None and found.seed != seed:
            raise StationError(
                f"The station of {found.name} runs already, with another seed: end it first "
                "(dwmtj station stop), or give the seed with a run."
            )
        return found

    @classmethod
    def connect(cls, name: str | None = None) -> Self:
        """Connect to a running station: the only one, or that of the bench with a name."""
        found = [each for each in running_stations() if name in (None, each.name, each.bench)]
        if not found and name is not None:
            found = [each for each in running_stations() if each.bench == _bench_key(name)]
        if len(found) == 1:
            return cls(found[0])
        of = "" if name is None else f" of {name}"
        if not found:
            raise StationError(f"No station{of} is running: start one with dwmtj station start.")
        names = ", ".join(each.bench for each in found)
        raise StationError(f"Several stations{of} are running: name the bench of one of {names}.")

    @staticmethod
    def running() -> list[StationFile]:
        """Return the running stations of this user."""
        return running_stations()

    @property
    def name(self) -> str:
        """The name of the bench."""
        return self._file.name

    def state(self, messages_after: int = 0) -> StationState:
        """Return the state of the station, with the messages of higher numbers."""
        try:
            reply = self._ask_now(
                "state", QUICK_TIMEOUT_S, messages_after=messages_after, follower=self._name
            )
        except NotReachedError:
            if self._successor() is None:
                raise
            if self._latest is None:
                self._wait_for_successor()
                return self.state(messages_after)
            return replace(
                self._latest, activity=Activity.OPENING, run=None, held=True, stop=None, messages=()
            )
        self._latest = _STATES.validate_python(reply)
        return self._latest

    def add(self, job: NewJob, position: int | None = None) -> int:
        """Check a job, add it to the queue, by default as the last, and return its number."""
        return int(self._ask("add", job=asdict(job), position=position))

    def begin_sequence(self, sequence: "RunSequence") -> str:
        """Have a sequence checked and carried out; return the tag of its runs at once.

        What cannot be carried out is refused, and nothing is begun.
        """
        return str(self._ask("start_sequence", sequence=sequence.document()))

    def resume_sequence(self) -> None:
        """Continue the sequence that is held, and the queue."""
        self._ask("resume_sequence")

    def give_up_sequence(self) -> None:
        """End the sequence; its run under way is stopped, and its report written."""
        self._ask("give_up_sequence")

    def edit(self, number: int, job: NewJob) -> None:
        """Replace a job in the queue by another, which gets its number."""
        self._ask("edit", number=number, job=asdict(job))

    def move(self, number: int, position: int) -> None:
        """Move a job to a position in the queue, counted from 0."""
        self._ask("move", number=number, position=position)

    def duplicate(self, number: int) -> int:
        """Queue the same job once more, after it, and return the number of the copy."""
        return int(self._ask("duplicate", number=number))

    def remove(self, number: int) -> None:
        """Take a job out of the queue."""
        self._ask("remove", number=number)

    def hold(self, held: bool) -> None:
        """Let no further job start, or let the queue go on."""
        self._ask("hold", held=held)

    def pause(self) -> None:
        """Pause the run under way after its point."""
        self._ask("pause")

    def resume(self) -> None:
        """Resume the run that is paused."""
        self._ask("resume")

    def stop(self) -> None:
        """Stop whatever is under way, hold the queue and make the bench safe; return at once.

        A second call replaces the process.
        """
        try:
            self._ask_now("stop", REPLACE_TIMEOUT_S)
        except NotReachedError:
            self._replace_from_here()

    def replace(self) -> None:
        """End the process and start a fresh one, which makes the bench safe; the queue is held."""
        try:
            self._ask_now("replace", REPLACE_TIMEOUT_S)
        except NotReachedError:
            self._replace_from_here()

    def pulse(self, amplitude_V: float, width_s: float, rise_s: float, fall_s: float) -> None:
        """Fire one pulse by hand."""
        self._ask("pulse", amplitude_V=amplitude_V, width_s=width_s, rise_s=rise_s, fall_s=fall_s)

    def read(self, current_A: float) -> HandReading:
        """Read the junction by hand, with a current that stays on."""
        return _READINGS.validate_python(self._ask("read", current_A=current_A))

    def go_to_field(self, field_T: float) -> float:
        """Ramp to a field by hand and return the one that is read back, in T."""
        return float(self._ask("go_to_field", field_T=field_T))

    def make_safe(self) -> None:
        """Switch everything off, unless a run is under way."""
        self._ask("make_safe")

    def check(self) -> None:
        """Ask every instrument who it is; open the bench again if one does not answer."""
        self._ask("check")

    def close(self) -> None:
        """End the connection; the station goes on."""
        self._closed = True

    def leave(self, *, has_stopped: bool = False) -> None:
        """End the connection, and the station if it was started to end with its last client.

        It goes on while a run is under way or waits, unless this client `has_stopped` the work.
        """
        self._ask("leave", client=self._name, has_stopped=has_stopped)
        self._closed = True

    def shut_down(self, when_idle: bool = False) -> None:
        """End the station, the bench safe first, and wait for its end; a run is stopped.

        `when_idle`: it ends when no run is under way and none waits that may start; this returns
        at once.
        """
        self._ask("shut_down", when_idle=when_idle)
        if not when_idle and not wait_until_ended([self._file.process], END_TIMEOUT_S):
            raise StationError(
                f"The station {self.name} (PID {self._file.process.pid}) has not ended yet; "
                "see its state."
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()

    @staticmethod
    def _started(start: Start) -> StationFile:
        try:
            wait_until_ready(start_process(start))
        except StationError:
            found = station_of(start.bench)  # another client may have been quicker
            if found is None:
                raise
            return found
        found = station_of(start.bench)
        if found is None:
            raise StationError("The station ended when it had just started; see its log.")
        return found

    def _replace_from_here(self) -> None:
        """Replace a process that hangs so badly that it cannot do so itself."""
        if self._successor() is not None:
            return
        if self._file.process.is_dead():
            raise self._ended()
        replace_process(self._file)

    def _ask(self, command: str, **arguments: Any) -> Any:
        """Ask for what may take long, of the successor if the process is being replaced."""
        try:
            return self._ask_now(command, None, **arguments)
        except NotReachedError:
            if self._successor() is None:
                raise
        self._wait_for_successor()
        return self._ask_now(command, None, **arguments)

    def _wait_for_successor(self) -> None:
        deadline_s = time.monotonic() + SUCCESSOR_TIMEOUT_S
        while self._successor() is not None and time.monotonic() < deadline_s:
            time.sleep(POLL_S)

    def _ask_now(self, command: str, timeout_s: float | None, **arguments: Any) -> Any:
        if self._closed:
            raise StationError("This connection is closed: connect again.")
        file = self._file
        try:
            return ask(file.address, file.token, command, arguments, timeout_s)
        except NotReachedError as error:
            found = station_of(file.bench)
            if found is not None and found.token != file.token:  # it was replaced meanwhile
                self._file = found
                return ask(found.address, found.token, command, arguments, timeout_s)
            if found is not None:
                raise
            raise self._ended() from error

    def _ended(self) -> NotReachedError:
        return NotReachedError(
            f"The station {self.name} (PID {self._file.process.pid}) has ended: start it again "
            f"with dwmtj station start --bench {self._file.bench} --database "
            f"{self._file.database}; dwmtj station resume continues a sequence."
        )

    def _successor(self) -> StationFile | None:
        """Return the station's file while its process is being replaced, else None."""
        found = station_of(self._file.bench)
        being_replaced = found is not None and found.token == self._file.token and found.successor
        return found if being_replaced else None


def _bench_key(bench: str) -> str:
    """Return the name of a built-in bench, or the absolute path of a bench file."""
    path = Path(bench).expanduser()
    if not path.suffix and not path.is_file() and os.sep not in bench:
        return bench
    return str(path.resolve())
