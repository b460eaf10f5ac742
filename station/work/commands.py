"""What clients may ask of a station, by name, with JSON data for arguments and results."""

from collections.abc import Callable, Mapping
from functools import cache
from inspect import signature
from os import getpid
from typing import Any

from pydantic import TypeAdapter, ValidationError

from ...instruments import PulseShape
from ...protocols import RunControl
from ...quantities import format_quantity
from ..errors import StationError
from ..messages import BenchDescription, HandReading, Job, NewJob, StationState
from .station_work import StationWork

DEFAULT_READ_CURRENT_A = 100e-6


class Commands:
    """The commands of one station; safe to use from any thread."""

    def __init__(
        self, work: StationWork, replace: Callable[[], None], keep: Callable[[], None]
    ) -> None:
        self._work = work
        self._by_name: Mapping[str, Callable[..., Any]] = {
            "state": self.state,
            "add": self.add,
            "edit": self.edit,
            "move": work.queue.move,
            "duplicate": work.queue.duplicate,
            "remove": work.queue.remove,
            "hold": self.hold,
            "pause": lambda: self._control().pause(),
            "resume": lambda: self._control().resume(),
            "start_sequence": self.start_sequence,
            "resume_sequence": work.sequences.resume,
            "give_up_sequence": work.sequences.give_up,
            "stop": work.begin_stop,
            "replace": replace,
            "pulse": self.pulse,
            "read": self.read,
            "go_to_field": self.go_to_field,
            "make_safe": work.make_safe,
            "check": work.check,
            "leave": work.leave,
            "keep": keep,
            "shut_down": work.end,
        }

    def __call__(self, command: str, arguments: Mapping[str, Any]) -> Any:
        """Carry out a command; raises DwmtjError with a sentence if it is refused."""
        if command not in self._by_name:
            raise StationError(f"A station knows no command {command!r}; update dwmtj.")
        action = self._by_name[command]
        try:
            given = signature(action).bind(**arguments)
        except TypeError as error:
            raise StationError(f"The command {command} has other arguments: {error}.") from error
        self._work.clients.note_use()
        return action(*given.args, **given.kwargs)

    def state(self, messages_after: int = 0, follower: str = "") -> Any:
        """Return a StationState; `follower` is the client that follows it until it leaves."""
        work = self._work
        work.clients.note_use(follower)
        jobs, under_way, held = work.queue.snapshot()
        live = work.runs.live
        reading = None if live is None else live.reading()
        state = StationState(
            activity=work.activity_with(under_way),
            bench=self._description(),
            database=str(work.store.place),
            pid=getpid(),
            run=None if live is None else live.progress(),
            reading=reading or _later(work.runs.reading, work.hand.latest),
            queue=jobs,
            held=held,
            instruments=work.instruments.shown(work.own.bench),
            stop=work.stop.progress(),
            messages=work.messages.after(messages_after),
            problem=work.own.problem,
            last_run=work.runs.last_run,
            sequence=work.sequences.progress(),
        )
        return _adapter(StationState).dump_python(state, mode="json")

    def add(self, job: Any, position: int | None = None) -> int:
        number = self._work.queue.add(self._checked(job), position)
        self._work.inbox.wake()
        return number

    def start_sequence(self, sequence: Any) -> str:
        if not isinstance(sequence, dict):
            raise StationError("This is no sequence.")
        return self._work.sequences.start(sequence)

    def edit(self, number: int, job: Any) -> None:
        self._work.queue.find(number)
        self._work.queue.change(number, self._checked(job))

    def hold(self, held: bool) -> None:
        self._work.queue.hold(held)
        self._work.inbox.wake()

    def pulse(self, amplitude_V: float, width_s: float, rise_s: float, fall_s: float) -> None:
        hand, shape = self._work.hand, PulseShape(width_s, rise_s, fall_s)
        done = self._work.by_hand(lambda bench: hand.pulse(bench, amplitude_V, shape))
        self._work.messages.add("info", done)

    def read(self, current_A: float) -> Any:
        reading = self._work.by_hand(lambda bench: self._work.hand.read(bench, current_A))
        shown = format_quantity(current_A, "A", "µA")
        self._work.messages.add(
            "info", f"Reading by hand: {reading.resistance_ohm:.2f} Ω at {shown}."
        )
        return _adapter(HandReading).dump_python(reading, mode="json")

    def go_to_field(self, field_T: float) -> float:
        read_back_T = self._work.by_hand(lambda bench: self._work.hand.go_to_field(bench, field_T))
        told = f"Field by hand: {1e3 * field_T:.4g} mT, {1e3 * read_back_T:.4g} mT reached."
        self._work.messages.add("info", told.replace("-", "−"))
        return float(read_back_T)

    def _description(self) -> BenchDescription:
        file = self._work.own.file
        limits = file.limits.model_dump(exclude_none=True)
        return BenchDescription(
            name=file.name,
            device=file.device.name,
            virtual=file.virtual,
            limits=limits,
            read_current_A=min(DEFAULT_READ_CURRENT_A, limits["read_current_A"]),
        )

    def _control(self) -> RunControl:
        live = self._work.runs.live
        if live is None:
            raise StationError("No run is under way.")
        return live.control

    def _checked(self, job: Any) -> Job:
        try:
            new = _adapter(NewJob).validate_python(job)
        except ValidationError as error:
            raise StationError(f"This is no job: {error.errors()[0]['msg']}.") from error
        return self._work.checked(new)


def _later(one: HandReading | None, other: HandReading | None) -> HandReading | None:
    known = [reading for reading in (one, other) if reading is not None]
    return max(known, key=lambda reading: reading.time, default=None)


@cache
def _adapter(kind: type[Any]) -> TypeAdapter[Any]:
    return TypeAdapter(kind)
