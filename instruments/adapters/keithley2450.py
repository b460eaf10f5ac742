"""The Keithley 2450 or 2460 as a four-wire resistance meter, in its own SCPI command set.

The command set is chosen in the instrument's menu ("SCPI", not "SCPI 2400" or "TSP") and read
back. The source is read back with each voltage, so that both belong together. A reading is
believed if it carries the number of its question (kept in the event enable register), both values
are numbers, the output is on, the voltage limit has not tripped, and the current is the armed one.

PyMeasure's driver sends `:*CLS`, which is no header, to reset, and sets the wires of its resistance
function only; both are sent here.
"""

from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import Field
from pymeasure.instruments.keithley import Keithley2450

from ..connection import Connection
from ..dialogue import Setting, number
from ..errors import ExchangeError, OpenJunctionError
from ..faults import shown
from ..guard.plan import Confirm, Query, Send, Step
from ..limits import Limits
from ..roles import Reading
from ..sections import ResistanceMeterSection
from .source_meter import ScpiSourceMeter

NAME = "The resistance meter (2450)"
READ = ':READ? "defbuffer1",SOUR,READ'  # current, voltage


class Keithley2450Section(ResistanceMeterSection):
    """A `[resistance_meter]` with a Keithley 2450 or 2460; terminals are left as found if unset."""

    driver: Literal["Keithley2450"]
    nplc: Annotated[float, Field(ge=0.01, le=10)] = 1.0
    terminals: Literal["front", "rear"] | None = None


class Keithley2450ResistanceMeter(ScpiSourceMeter):
    """Reads with `nplc` power line cycles; `compliance_V` bounds the voltage at the junction."""

    _name = NAME

    def _set_up(self, current_A: float, terminals: str) -> None:
        driver = self._driver
        driver.write("*RST")  # output off, no state left from a previous session
        driver.write("*CLS")
        driver.write(f":ROUT:TERM {terminals}")  # a reset selects the front
        driver.source_mode = "current"
        driver.write(':SENS:FUNC "VOLT"')
        driver.write(f":SENS:VOLT:RSEN {int(self._four_wire)}")
        driver.write(":SENS:VOLT:RANG:AUTO 1")
        driver.voltage_nplc = self._nplc
        driver.source_current_range = abs(current_A)
        driver.source_current = current_A
        driver.compliance_voltage = self._compliance_V
        driver.write(":SOUR:CURR:READ:BACK 1")

    def _settings(self, current_A: float, terminals: str, *, on: bool) -> Sequence[Setting]:
        return (
            Setting("command set", "*LANG?", "SCPI"),
            Setting("output", ":OUTP?", "1" if on else "0"),
            Setting("source", ":SOUR:FUNC?", "CURR"),
            Setting("measured function", ":SENS:FUNC?", '"VOLT:DC"'),
            self._level(":SOUR:CURR?", current_A),
            self._limit(":SOUR:CURR:VLIM?"),
            Setting("source readback", ":SOUR:CURR:READ:BACK?", "1"),
            Setting("four-wire sensing", ":SENS:VOLT:RSEN?", "1" if self._four_wire else "0"),
            self._integration(":SENS:VOLT:NPLC?"),
            Setting("terminals", ":ROUT:TERM?", terminals),
        )

    def _switch(self, *, on: bool) -> None:
        if on:
            self._driver.enable_source()
        else:
            self._driver.disable_source()

    def _question(self, number: int) -> str:
        return f"*ESE {number};{READ};:SOUR:CURR:VLIM:TRIP?;:OUTP?;*ESE?"

    def _checked(self, reply: str) -> Reading:
        values, *states = reply.split(";")
        if len(states) != 3 or states[2] != str(self._number):
            raise ExchangeError(
                f"{NAME} replied {shown(reply)} to question {self._number}: it is not its answer."
            )
        tripped, output, _ = states
        if tripped not in ("0", "1") or output != "1":
            raise ExchangeError(
                f"{NAME} replied {shown(reply)}: its output is off, or its state cannot be read."
            )
        if tripped == "1":
            raise OpenJunctionError(self._in_compliance)
        texts = values.split(",")
        if len(texts) != 2:
            raise ExchangeError(f"{NAME} replied {shown(values)} instead of 2 numbers.")
        current_A, voltage_V = (number(NAME, text) for text in texts)
        self._check_current(current_A)
        return Reading(voltage_V=voltage_V, current_A=current_A)


def open_meter(section: Keithley2450Section, bench: Connection) -> Keithley2450ResistanceMeter:
    """Open the meter of a bench file; the bench's limit on the voltage is its compliance."""
    return Keithley2450ResistanceMeter(
        bench.open(Keithley2450, section.address),
        section.nplc,
        bench.limits.read_voltage_V,
        section.four_wire,
        section.terminals,
    )


def safe_steps(_section: Keithley2450Section, _limits: Limits) -> tuple[Step, ...]:
    """Return the messages that switch the output off."""
    return Send(":OUTP OFF"), Confirm(Query(":OUTP?", "0"))
