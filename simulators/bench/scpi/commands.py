"""How a virtual instrument declares its commands: a table of settings, queries and events.

A header is written as in a SCPI manual: capitals are the short form, brackets enclose what may be
left out, `#` marks a numeric suffix that selects a channel: `[:SOURce]:VOLTage#[:LEVel]:HIGH`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from ..errors import ScpiError
from .values import Kind, Raw

V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class Command:
    """One header: what its query answers, what its command does, and to which part of the core."""

    header: str
    ask: Callable[..., str] | None = None
    tell: Callable[..., None] | None = None
    ask_kinds: tuple[Kind[Any], ...] = ()
    tell_kinds: tuple[Kind[Any], ...] = ()
    ask_optional: int = 0
    tell_optional: int = 0
    part: Callable[[Any, int], Any] | None = None
    of_instrument: bool = False


def setting(
    header: str, kind: Kind[V], get: Callable[[Any], V], put: Callable[[Any, V], None]
) -> Command:
    """Declare a value that can be set and asked for; `HEADER? MIN` answers a number's limit."""

    def ask(part: Any, word: str = "") -> str:
        if not word:
            return kind.format(get(part))
        limit_of: Callable[[str], float | None] = getattr(kind, "limit", lambda _: None)
        limit = limit_of(word)
        if limit is None:
            raise ScpiError(-108, "Parameter not allowed", word)
        return format(limit, "+.6E")

    return Command(header, ask, put, (Raw(),), (kind,), ask_optional=1)


def query(header: str, kind: Kind[V], get: Callable[..., V], *kinds: Kind[Any]) -> Command:
    """Declare a value that can only be asked for, with the parameters the query takes."""
    return Command(header, lambda part, *given: kind.format(get(part, *given)), ask_kinds=kinds)


def event(header: str, do: Callable[..., None], *kinds: Kind[Any], optional: int = 0) -> Command:
    """Declare something that happens; the last `optional` of its parameters may be left out."""
    return Command(header, tell=do, tell_kinds=kinds, tell_optional=optional)


def on_part(part: Callable[[Any, int], Any], commands: Sequence[Command]) -> tuple[Command, ...]:
    """Aim commands at a part of the core, found from the numeric suffix (1 where none is sent)."""
    return tuple(replace(command, part=part) for command in commands)


def on_instrument(commands: Sequence[Command]) -> tuple[Command, ...]:
    """Aim commands at the instrument itself (its status and queues), not at its core."""
    return tuple(replace(command, of_instrument=True) for command in commands)
