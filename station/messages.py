"""What a station shows of itself to its clients, and what they ask of it, as JSON data."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from ..instruments import WaferSite

Parameters = Mapping[str, float | int | str]


class Activity(StrEnum):
    """What a station does; one thing at a time."""

    OPENING = "opening"
    """It opens the bench."""
    IDLE = "idle"
    """It waits for a job; the bench is safe."""
    RUNNING = "running"
    """A run is under way, or paused."""
    BY_HAND = "by hand"
    """A pulse, a reading or a field was set by hand, and is on until the bench is made safe."""
    STOPPING = "stopping"
    """The bench is being made safe."""
    NOT_OPEN = "not open"
    """The bench could not be opened, or was not made safe; `StationState.problem` says why."""


@dataclass(frozen=True, slots=True)
class MeasuredDevice:
    """The device that a run is filed under, with its place in an array behind a switch, and that on
    a wafer under needles.
    """

    name: str
    row: int | None = None
    column: int | None = None
    on_wafer: WaferSite | None = None

    @property
    def site(self) -> tuple[int, int] | None:
        return None if self.row is None or self.column is None else (self.row, self.column)


@dataclass(frozen=True, slots=True)
class LevelOfModel:
    """What write-verify writes: a level of a state model, NAME, NAME:VERSION or a file."""

    model: str
    level: int


@dataclass(frozen=True, slots=True)
class NewJob:
    """A run to be queued; `parameters` in SI units, the others at their defaults.

    `resume` is the number of a run to resume, whose parameters then hold. `hold_after`: the queue
    waits when this run has ended; `hold_if_failed`: it waits if the run fails or cannot begin,
    and the job is kept in it. `device` is that of the bench file unless it is given; `write` is for
    write-verify. With a `seed`, the virtual device is a new one unless `keep_device`.
    `temperature_K` is set and awaited if the bench has a controller, and stated otherwise; a
    virtual device is simulated at it, and begins anew.
    """

    protocol: str
    parameters: Parameters = field(default_factory=dict)
    notes: str = ""
    operator: str = ""
    stop_if: str | None = None
    seed: int | None = None
    resume: int | None = None
    hold_after: bool = False
    hold_if_failed: bool = True
    tags: tuple[str, ...] = ()
    device: MeasuredDevice | None = None
    write: LevelOfModel | None = None
    keep_device: bool = False
    temperature_K: float | None = None


@dataclass(frozen=True, slots=True)
class Job:
    """A run in the queue; `number` identifies it as long as the station lives.

    `points` and `duration_s` are what a dry run foretells. `problem` says why it cannot be run,
    once that has been found out.
    """

    number: int
    new: NewJob
    points: int
    duration_s: float
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class RunProgress:
    """The run under way; `remaining_s` is None until it can be estimated."""

    run_id: int
    job: int
    protocol: str
    device: str
    done: int
    expected: int
    remaining_s: float | None
    paused: bool
    cycle: int
    cycles: int


@dataclass(frozen=True, slots=True)
class InstrumentState:
    """One instrument of the bench.

    `state` is "ready" (open, output off and confirmed), "on" (armed or driving), "making safe",
    "safe" (output off, confirmed after a stop), "not safe" or "no answer"; `detail` is a sentence
    or a few words, such as "output off, confirmed"; `seconds` the time since `state` began.
    """

    name: str
    driver: str
    address: str
    identity: str
    state: str
    detail: str
    seconds: float


@dataclass(frozen=True, slots=True)
class HandReading:
    """The latest reading of the junction, in a run or by hand, and the set points around it."""

    time: datetime
    resistance_ohm: float | None
    field_T: float | None
    amplitude_V: float | None
    cycle: int | None
    mark: str | None


@dataclass(frozen=True, slots=True)
class StopProgress:
    """A stop under way; after `replaced_in_s` the process is replaced, whatever it does."""

    seconds: float
    replaced_in_s: float


@dataclass(frozen=True, slots=True)
class StationMessage:
    """One line for the operator; `level` is "info", "warning" or "error"."""

    number: int
    time: datetime
    level: str
    text: str
    details: str = ""


@dataclass(frozen=True, slots=True)
class BenchDescription:
    """The bench of a station; `limits` by name as in the bench file, in SI units."""

    name: str
    device: str
    virtual: bool
    limits: Mapping[str, float]
    read_current_A: float | None = None


@dataclass(frozen=True, slots=True)
class SequenceProgress:
    """The sequence under way, or the one that ended last.

    `tag` is common to its runs. `status` is "running", "waiting", "held" (until it is resumed),
    "finished" or "stopped"; `detail` says why, or until when. `step` is the one under way, `ended`
    of `count` steps have ended, and `failed` of them have failed. `report` is the file of the
    report once it is written.
    """

    name: str
    tag: str
    status: str
    detail: str
    step: str
    ended: int
    count: int
    failed: int
    report: str = ""


@dataclass(frozen=True, slots=True)
class StationState:
    """Everything that a client shows; `held` is True while the queue starts no further job.

    `last_run` is the run that ended last, also one that was over before anybody asked for a state.
    """

    activity: Activity
    bench: BenchDescription
    database: str
    pid: int
    run: RunProgress | None
    reading: HandReading | None
    queue: tuple[Job, ...]
    held: bool
    instruments: tuple[InstrumentState, ...]
    stop: StopProgress | None
    messages: tuple[StationMessage, ...]
    problem: str | None = None
    last_run: int | None = None
    sequence: SequenceProgress | None = None
