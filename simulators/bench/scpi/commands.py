"""The command table of a virtual instrument: settings, queries and events.

A header is written as in a SCPI manual: capitals are the short form, brackets enclose optional
parts, `#` marks a numeric suffix that selects a channel: `[:SOURce]:VOLTage#[:LEVel]:HIGH`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from ..errors import ScpiError
from .values import Kind, Raw

V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class Command:
    """One header: the functions of its query and its command, and the part they act on.

    A command replies only where the instrument does so to everything; then `execute` returns it.
    """

    header: str
    query: Callable[..., str] | None = None
    execute: Callable[..., str | None] | None = None
    query_parameters: tuple[Kind[Any], ...] = ()
    command_parameters: tuple[Kind[Any], ...] = ()
    query_optional: int = 0
    command_optional: int = 0
    part: Callable[[Any, int], Any] | None = None
    of_instrument: bool = False


def setting(
    header: str, kind: Kind[V], get: Callable[[Any], V], put: Callable[[Any, V], None]
) -> Command:
    """Declare a value that can be set and queried; `HEADER? MIN` returns a number's limit."""

    def answer(part: Any, word: str = "") -> str:
        if not word:
            return kind.format(get(part))
        limit_of: Callable[[str], float | None] = getattr(kind, "limit", lambda _: None)
        limit = limit_of(word)
        if limit is None:
            raise ScpiError(-108, "Parameter not allowed", word)
        return format(limit, "+.6E")

    return Command(header, answer, put, (Raw(),), (kind,), query_optional=1)


def query(header: str, kind: Kind[V], get: Callable[..., V], *kinds: Kind[Any]) -> Command:
    """Declare a value that can only be queried, with the parameters of the query."""
    return Command(
        header, lambda part, *given: kind.format(get(part, *given)), query_parameters=kinds
    )


def event(header: str, do: Callable[..., None], *kinds: Kind[Any], optional: int = 0) -> Command:
    """Declare a command without a query; the last `optional` parameters may be omitted."""
    return Command(header, execute=do, command_parameters=kinds, command_optional=optional)


def on_part(part: Callable[[Any, int], Any], commands: Sequence[Command]) -> tuple[Command, ...]:
    """Aim commands at a part of the core, found from the numeric suffix (1 where none is sent)."""
    return tuple(replace(command, part=part) for command in commands)


def on_instrument(commands: Sequence[Command]) -> tuple[Command, ...]:
    """Aim commands at the instrument itself (its status and queues), not at its core."""
    return tuple(replace(command, of_instrument=True) for command in commands)
