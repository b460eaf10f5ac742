"""The plan of a bench's safe state: plain messages to its instruments, JSON between processes."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import TypeAdapter


@dataclass(frozen=True, slots=True)
class Query:
    """A question and the reply that is expected; numbers are compared as numbers.

    With `pattern`, `reply` is a regular expression of the whole reply, in either case.
    """

    message: str
    reply: str
    pattern: bool = False


@dataclass(frozen=True, slots=True)
class Send:
    """Write a message."""

    message: str
    kind: Literal["send"] = "send"


@dataclass(frozen=True, slots=True)
class Confirm:
    """Ask whether a state has been reached."""

    query: Query
    kind: Literal["confirm"] = "confirm"


@dataclass(frozen=True, slots=True)
class Ramp:
    """Ramp a set point to zero if all `conditions` hold: at `rate_per_s`, in steps of `interval_s`.

    `query` asks for the set point and `message` sets it (a format of one number); `pattern` is a
    regular expression of the reply, with the number as its group. A start that is no number or
    beyond `limit` is not believed. `reported`: the owner reports this set point.
    """

    query: str
    message: str
    rate_per_s: float
    limit: float
    conditions: tuple[Query, ...] = ()
    reported: bool = False
    interval_s: float = 0.05
    pattern: str = "(.*)"
    kind: Literal["ramp"] = "ramp"


@dataclass(frozen=True, slots=True)
class Arrive:
    """Send a message that moves something, and read back that it is where the reply says.

    The reply comes within `wait_s`, when the motion has ended. `pattern` is a regular expression of
    this reply and of that of `query`, with the position as its group; they agree within
    `tolerance`. They differ by `least` from the position that `away_query` returns, the first
    number that `away_pattern` finds.
    """

    message: str
    query: str
    pattern: str
    tolerance: float
    away_query: str
    away_pattern: str
    least: float
    wait_s: float
    kind: Literal["arrive"] = "arrive"


Step = Send | Confirm | Ramp | Arrive


@dataclass(frozen=True, slots=True)
class InstrumentPlan:
    """One instrument: how to reach it, and the steps that make it safe.

    `settings` are those of PyVISA's `open_resource`. `after` names instruments that come first.
    `safe_state` is the word for the state that the steps reach.
    `lock_key` opens VISA's lock of the owner, within its process.
    """

    name: str
    address: str
    visa_library: str
    lock: Path | None
    settings: dict[str, str | int] = field(default_factory=dict)
    prologix: str | None = None
    steps: tuple[Step, ...] = ()
    after: tuple[str, ...] = ()
    lock_key: str | None = None
    safe_state: str = "off"

    @property
    def line(self) -> str:
        """What only one instrument at a time can use: a Prologix adapter, or its own address."""
        return self.prologix or self.address


@dataclass(frozen=True, slots=True)
class BenchPlan:
    """All instruments of a bench that drive something."""

    bench: str
    instruments: Sequence[InstrumentPlan]


@dataclass(frozen=True, slots=True)
class RunUnderWay:
    """A run, and the file into which notes about it are written."""

    notes_file: Path
    run: int
    attempt: int


@dataclass(frozen=True, slots=True)
class Message:
    """One line from the owner to its guard; what is None is not said."""

    plan: BenchPlan | None = None
    token: str | None = None
    run: RunUnderWay | None = None
    run_ended: bool = False
    set_point: tuple[str, float] | None = None
    released: bool = False


@cache
def _messages() -> TypeAdapter[Message]:
    return TypeAdapter(Message)


def encode(message: Message) -> bytes:
    """Return a message as one line."""
    return _messages().dump_json(message, exclude_defaults=True) + b"\n"


def decode(line: bytes) -> Message:
    """Return the message of a line; raises ValueError."""
    return _messages().validate_json(line)
