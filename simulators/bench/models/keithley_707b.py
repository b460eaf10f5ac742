"""Keithley 707B switching matrix with six 7072 cards: 8 × 12 crosspoints a slot, in TSP.

Not a Lua interpreter: a message is one call of `channel.open`, `channel.close` or
`channel.exclusiveclose`, of `errorqueue.clear` or `reset`, or a `print` of `channel.getclose`,
`errorqueue.count` or `errorqueue.next`; anything else is -285. Relays take 15 ms a command to move.
The crosspoints are wired by the lab to the select lines of an array; one of slot 2, row C, column 4
is number 2304 there.
"""

import re
from collections.abc import Iterator

from ..circuit.circuit import Circuit
from ..errors import ScpiError
from ..scpi.instrument import Instrument, Model, common_commands
from ..scpi.parser import CommandSet, Step

SLOTS, ROWS, COLUMNS = 6, "ABCDEFGH", 12
_ACTUATION_S = 15e-3
_NAME = re.compile(r"([1-9])([A-H])(\d\d)")
_RANGE = re.compile(r"\s*([1-9][A-H])(\d\d)\s*(?::\s*\1(\d\d)\s*)?")
_CALL = re.compile(r"channel\.(open|close|exclusiveclose)\((['\"])(.*)\2\)")
_CLOSED = re.compile(r"print\(channel\.getclose\((['\"])allslots\1\)\)")


def number_of(name: str) -> int | None:
    """Return the number of a crosspoint such as `2C04`; None if the cards have none."""
    match = _NAME.fullmatch(name)
    if match is None or int(match[1]) > SLOTS or not 1 <= int(match[3]) <= COLUMNS:
        return None
    return 1000 * int(match[1]) + 100 * (ROWS.index(match[2]) + 1) + int(match[3])


def name_of(number: int) -> str:
    """Return the name of a crosspoint."""
    slot, rest = divmod(number, 1000)
    row, column = divmod(rest, 100)
    return f"{slot}{ROWS[row - 1]}{column:02d}"


def crosspoints_of(text: str) -> tuple[int, ...] | None:
    """Return the numbers of a list such as `1A01:1A12,2B01`; None if it is no list of them."""
    numbers: list[int] = []
    for part in text.split(","):
        match = _RANGE.fullmatch(part)
        if match is None:
            return None
        for column in range(int(match[2]), int(match[3] or match[2]) + 1):
            number = number_of(f"{match[1]}{column:02d}")
            if number is None:
                return None
            numbers.append(number)
    return tuple(numbers)


class Keithley707B:
    """The crosspoints: closed ones stay closed until they are opened or the instrument is reset."""

    def __init__(self, circuit: Circuit) -> None:
        self._circuit = circuit
        self.closed: frozenset[int] = frozenset()

    def reset(self) -> None:
        """Open every crosspoint."""
        self._move(frozenset())

    def call(self, function: str, channels: str) -> None:
        """Open or close the crosspoints of a list, or open all."""
        if function == "open" and channels == "allslots":
            self._move(frozenset())
            return
        numbers = crosspoints_of(channels)
        if numbers is None:
            raise ScpiError(1115, "Parameter error", channels[:40])
        if function == "open":
            self._move(self.closed.difference(numbers))
        else:
            kept = self.closed if function == "close" else frozenset()
            self._move(kept.union(numbers))

    def shown(self) -> str:
        """Return the closed crosspoints, nil if there is none."""
        return ";".join(map(name_of, sorted(self.closed))) or "nil"

    def _move(self, closed: frozenset[int]) -> None:
        if closed != self.closed:
            self.closed = closed
            self._circuit.clock.sleep(_ACTUATION_S)
            self._circuit.switch(closed)


def _run(instrument: Instrument, message: str) -> str | None:
    core: Keithley707B = instrument.core
    if called := _CALL.fullmatch(message):
        core.call(called[1], called[3])
    elif _CLOSED.fullmatch(message):
        return core.shown()
    elif message == "print(errorqueue.count)":
        return f"{instrument.count_errors():.5e}"
    elif message == "print(errorqueue.next())":
        code, _, text = instrument.next_error().partition(",")
        level = 0.0 if float(code) == 0 else 20.0
        return "\t".join([f"{float(code):.5e}", text.strip('"'), f"{level:.5e}"])
    elif message == "errorqueue.clear()":
        instrument.errors.clear()
    elif message == "reset()":
        core.reset()
    else:
        raise ScpiError(-285, "TSP Syntax error", message[:40])
    return None


class Calls(CommandSet):
    """One call or print of a message; a message that begins with `*` is a common command."""

    def steps(self, message: str) -> Iterator[Step]:
        """Return one step."""
        if message.lstrip().startswith("*"):
            yield from super().steps(message)
            return
        yield lambda instrument: _run(instrument, message.strip())


MODEL = Model(
    name="707B",
    identity="Keithley Instruments Inc., Model 707B, 1234567, 01.10b",
    commands=Calls(common_commands()),
    build=Keithley707B,
    no_error='0,"Queue Is Empty"',
)
