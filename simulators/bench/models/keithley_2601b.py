"""Keithley 2601B source-meter: the lines of Lua that a resistance meter needs, one channel.

Not a Lua interpreter: a message is statements separated by semicolons, each an assignment of a
number to an attribute, a call, `local i,v=smua.measure.iv()`, or a `print` of attributes, numbers,
`smua.measure.i()`, `.v()` and `.r()`, and what was measured before in the message. Anything else is
an error in the queue, -285. Ranges, resolution and noise are those of the 2400.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from ..circuit.circuit import Circuit
from ..errors import ScpiError
from ..scpi.instrument import Instrument, Model, common_commands
from ..scpi.parser import CommandSet, Step
from .keithley_2400.converter import OVERFLOW, SourceMeasurement
from .keithley_2400.source_meter import SourceMeter

_ASSIGNMENT = re.compile(r"([a-z][\w.]*)\s*=\s*(\S+)\Z")
_PRINT = re.compile(r"print\((.*)\)\Z")
_MEASURE = re.compile(r"local i,v=smua\.measure\.iv\(\)\Z")
_MEASURED: dict[str, Callable[[SourceMeasurement], float]] = {
    "smua.measure.i()": lambda reading: reading.current,
    "smua.measure.v()": lambda reading: reading.voltage,
    "smua.measure.r()": lambda at: at.voltage / at.current if at.current else OVERFLOW,
}
_MODEL = "2601B"
_CHANNEL_DEFAULTS = {"smua.measure.autorangev": 1.0, "smua.source.autorangei": 1.0}


class Keithley2601B(SourceMeter):
    """The core of the 2400 with the attributes of `smua`."""

    def __init__(self, circuit: Circuit) -> None:
        super().__init__(circuit, circuit.random_for(_MODEL))
        self.digits = 6
        self.others = dict(_CHANNEL_DEFAULTS)
        self.reset()

    def reset(self) -> None:
        """Return the channel to its defaults, output off."""
        super().reset()
        self.settings.functions = ("VOLT", "CURR")
        self.others = dict(_CHANNEL_DEFAULTS)

    def get(self, name: str) -> float | bool:
        """Return an attribute; raises -285 for one that does not exist."""
        settings = self.settings
        limited = self.is_tripped("VOLT" if settings.source == "CURR" else "CURR")
        values: dict[str, float | bool] = {
            "smua.source.output": float(self.output),
            "smua.source.func": float(settings.source == "VOLT"),
            "smua.source.leveli": settings.current.level,
            "smua.source.rangei": settings.current.source_range,
            "smua.source.limitv": settings.voltage.protection,
            "smua.source.compliance": limited,
            "smua.sense": float(settings.four_wire),
            "smua.measure.nplc": settings.nplc,
            "format.asciiprecision": float(self.digits),
            "localnode.linefreq": float(self.line_frequency_Hz),
            **self.others,
        }
        if name not in values:
            raise ScpiError(-286, "TSP Runtime error", f"{name} is nil")
        return values[name]

    def put(self, name: str, value: float) -> None:
        """Assign a number to an attribute; raises -286 for one that cannot be assigned."""
        settings = self.settings
        assign: dict[str, Callable[[], Any]] = {
            "smua.source.output": lambda: self.switch(value != 0),
            "smua.source.func": lambda: setattr(settings, "source", "VOLT" if value else "CURR"),
            "smua.source.leveli": lambda: settings.current.set_level(value),
            "smua.source.rangei": lambda: settings.current.set_source_range(value),
            "smua.source.limitv": lambda: setattr(settings.voltage, "protection", value),
            "smua.sense": lambda: setattr(settings, "four_wire", value != 0),
            "smua.measure.nplc": lambda: setattr(settings, "nplc", value),
            "format.asciiprecision": lambda: setattr(self, "digits", round(value)),
        }
        if name in _CHANNEL_DEFAULTS:
            self.others[name] = value
        elif name in assign:
            assign[name]()
            self.apply()
        else:
            raise ScpiError(-286, "TSP Runtime error", f"{name} cannot be assigned")


@dataclass(slots=True)
class _Chunk:
    """One message on its way through the instrument, with its local variables."""

    instrument: Instrument
    local: dict[str, float] = field(default_factory=dict)

    def value(self, expression: str) -> str:
        core: Keithley2601B = self.instrument.core
        if expression == "errorqueue.next()":
            code, _, text = self.instrument.next_error().partition(",")
            severity = 0.0 if float(code) == 0 else 20.0
            return "\t".join([self._shown(float(code)), text.strip('"'), self._shown(severity)])
        if expression == "errorqueue.count":
            return self._shown(float(self.instrument.count_errors()))
        if expression == "localnode.model":
            return _MODEL
        if expression in _MEASURED:
            (reading,) = core.read()
            return self._shown(_MEASURED[expression](reading))
        if expression in self.local:
            return self._shown(self.local[expression])
        try:
            return self._shown(float(expression))
        except ValueError:
            found = core.get(expression)
            return str(found).lower() if isinstance(found, bool) else self._shown(found)

    def _shown(self, value: float) -> str:
        return f"{value:.{self.instrument.core.digits - 1}e}"

    def run(self, statement: str) -> str | None:
        core: Keithley2601B = self.instrument.core
        if printed := _PRINT.match(statement):
            return "\t".join(self.value(text.strip()) for text in printed[1].split(","))
        if _MEASURE.match(statement):
            (reading,) = core.read()
            self.local |= {"i": reading.current, "v": reading.voltage}
        elif statement == "smua.reset()":
            core.reset()
        elif statement == "errorqueue.clear()":
            self.instrument.errors.clear()
        elif assigned := _ASSIGNMENT.match(statement):
            core.put(assigned[1], _number(assigned[2]))
        else:
            raise ScpiError(-285, "TSP Syntax error", statement[:40])
        return None


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise ScpiError(-285, "TSP Syntax error", text) from None


class Statements(CommandSet):
    """The statements of a message in Lua; a message that begins with `*` is a common command."""

    def steps(self, message: str) -> Iterator[Step]:
        """Return one step: a chunk of Lua stops at its first error, and prints what it printed."""
        if message.lstrip().startswith("*"):
            yield from super().steps(message)
            return

        def chunk(instrument: Instrument) -> str | None:
            running = _Chunk(instrument)
            statements = (part.strip() for part in message.split(";"))
            printed = [running.run(statement) for statement in statements if statement]
            lines = [line for line in printed if line is not None]
            return "\n".join(lines) if lines else None

        yield chunk


MODEL = Model(
    name=_MODEL,
    identity="Keithley Instruments Inc., Model 2601B, 4301234, 3.3.5",
    commands=Statements(common_commands()),
    build=Keithley2601B,
    no_error='0,"Queue Is Empty"',
)
