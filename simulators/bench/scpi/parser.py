"""The parser of program messages: header tree, compound-command paths, parameters.

Rules of SCPI-99 volume 1, chapter 6: a mnemonic is its short or its long form, never in between;
after `;` a header without a leading colon continues at the level of the previous one; common
commands (`*IDN?`) leave that level alone.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import product
from typing import Any

from ..errors import ScpiError
from .commands import Command
from .messages import block_length
from .values import Kind, short_form

Step = Callable[[Any], str | None]

_HEADER = re.compile(r"(\*[A-Z]+|:?[A-Z]\w*(?::\w+)*)(\?)?(?:\s+|\Z)", re.IGNORECASE)
_SUFFIXED = re.compile(r"(.*?)(\d+)\Z")
_PIECE = re.compile(r"\[:?([^\]]+)\]|:?([^:\[]+)")
_CACHED_MESSAGES, _CACHED_LENGTH = 4096, 512
_LONGEST_MNEMONIC = 40


class _Node:
    """One level of the header tree."""

    __slots__ = ("children", "command", "suffixed")

    def __init__(self, *, suffixed: bool = False) -> None:
        self.children: dict[str, _Node] = {}
        self.command: Command | None = None
        self.suffixed = suffixed


class CommandSet:
    """All commands of one instrument model; compiled messages are cached."""

    def __init__(self, commands: Sequence[Command]) -> None:
        self._root = _Node()
        self._compiled: dict[str, tuple[Step, ...]] = {}
        for command in commands:
            for path in _paths(command.header):
                self._insert(path, command)

    def steps(self, message: str) -> Iterable[Step]:
        """Return the steps of a program message (without terminator), in order."""
        steps = self._compiled.get(message)
        if steps is None:
            if len(message) > _CACHED_LENGTH:
                return self._compile(message)
            if len(self._compiled) >= _CACHED_MESSAGES:
                self._compiled.clear()
            steps = self._compiled[message] = tuple(self._compile(message))
        return steps

    def _insert(self, path: tuple[str, ...], command: Command) -> None:
        node = self._root
        for written in path:
            mnemonic = written.removesuffix("#")
            known = node.children.get(mnemonic.upper())
            if known is None:
                known = _Node()
                node.children[mnemonic.upper()] = node.children[short_form(mnemonic)] = known
            known.suffixed |= written.endswith("#")
            node = known
        node.command = command if node.command is None else _merged(node.command, command)

    def _compile(self, message: str) -> Iterator[Step]:
        level: tuple[str, ...] = ()
        try:
            units = _split(message, ";")
        except ScpiError as error:
            yield _failing(error)
            return
        for unit in units:
            if not unit:
                continue
            try:
                match = _matched(unit)
                header, is_query = match[1].upper(), match[2] is not None
                path = (header,) if header[0] == "*" else _absolute(header, level)
                if header[0] != "*":
                    level = path[:-1]
                yield self._step(path, is_query=is_query, given=_split(unit[match.end() :], ","))
            except ScpiError as error:
                yield _failing(error)
                if error.is_command_error:
                    return

    def _step(self, path: tuple[str, ...], *, is_query: bool, given: list[str]) -> Step:
        node, suffix = self._root, 1
        for mnemonic in path:
            found, number = _child(node, mnemonic)
            if found is None:
                raise ScpiError(-113, "Undefined header", ":".join(path))
            node, suffix = found, suffix if number is None else number
        command = node.command
        do = None if command is None else command.query if is_query else command.execute
        if command is None or do is None:
            raise ScpiError(-113, "Undefined header", ":".join(path) + "?" * is_query)
        kinds = command.query_parameters if is_query else command.command_parameters
        optional = command.query_optional if is_query else command.command_optional
        values = _values(given, kinds, optional)
        if command.of_instrument:
            return lambda instrument: do(instrument, *values)
        part = command.part
        if part is None:
            return lambda instrument: do(instrument.core, *values)
        return lambda instrument: do(part(instrument.core, suffix), *values)


def _merged(first: Command, second: Command) -> Command:
    """Return the command and the query of one header, declared apart, as one."""
    queried, executed = (first, second) if first.query else (second, first)
    return replace(
        executed,
        query=queried.query,
        query_parameters=queried.query_parameters,
        query_optional=queried.query_optional,
    )


def _child(node: _Node, mnemonic: str) -> tuple[_Node | None, int | None]:
    child = node.children.get(mnemonic)
    if child is not None or len(mnemonic) > _LONGEST_MNEMONIC:
        return child, None
    match = _SUFFIXED.match(mnemonic)
    child = node.children.get(match[1]) if match else None
    if match is None or child is None or not child.suffixed:
        return None, None
    return child, int(match[2])


def _matched(unit: str) -> re.Match[str]:
    match = _HEADER.match(unit)
    if match is None:
        raise ScpiError(-102, "Syntax error", unit[:40])
    return match


def _absolute(header: str, level: tuple[str, ...]) -> tuple[str, ...]:
    if header[0] == ":":
        return tuple(header[1:].split(":"))
    return level + tuple(header.split(":"))


def _values(given: list[str], kinds: tuple[Kind[Any], ...], optional: int) -> list[Any]:
    if given == [""]:
        given = []
    if len(given) > len(kinds):
        raise ScpiError(-108, "Parameter not allowed", given[len(kinds)][:40])
    if len(given) < len(kinds) - optional:
        raise ScpiError(-109, "Missing parameter")
    return [kind.parse(text) for kind, text in zip(kinds, given, strict=False)]


def _failing(error: ScpiError) -> Step:
    def step(_instrument: Any) -> None:
        raise error

    return step


def _paths(header: str) -> Iterator[tuple[str, ...]]:
    """Yield every path a header stands for, each optional part in and out."""
    alternatives: list[tuple[tuple[str, ...], ...]] = []
    for optional, required in _PIECE.findall(header):
        if optional:
            alternatives.append(((), tuple(optional.strip(":").split(":"))))
        else:
            alternatives.append(((required,),))
    for chosen in product(*alternatives):
        yield tuple(mnemonic for piece in chosen for mnemonic in piece)


def _split(text: str, separator: str) -> list[str]:
    """Split at a separator outside quotes, lists and definite-length blocks; parts are stripped."""
    if '"' not in text and "'" not in text and "#" not in text and "(" not in text:
        return [part.strip() for part in text.split(separator)]
    parts, start, position, quote, block_end = [], 0, 0, "", 0
    last_close = text.rfind(")")
    while position < len(text):
        character = text[position]
        if quote:
            quote = "" if character == quote else quote
        elif character in "\"'":
            quote = character
        elif character == "(" and position < last_close:
            position = text.find(")", position)
        elif character == "#":
            position += block_length(text[position : position + 12])
            block_end = position + 1
        elif character == separator:
            parts.append(_stripped(text[start:position], block_end - start))
            start = position + 1
        position += 1
    if quote:
        raise ScpiError(-151, "Invalid string data", text[start : start + 40])
    parts.append(_stripped(text[start:], block_end - start))
    return parts


def _stripped(part: str, block_end: int) -> str:
    """Strip white space around a part, but none of a block's bytes that end at `block_end`."""
    kept = max(0, block_end)
    return (part[:kept] + part[kept:].rstrip(" \t")).lstrip(" \t")
