"""The Keithley 2400 as a four-wire resistance meter: sources a current, senses the voltage.

A reading is believed if it carries the number of its own question (kept in the instrument's event
enable register, which nothing else here uses), all its values are numbers, its status word reports
neither overflow nor compliance, the measured current is the one that was armed, and the resistance
that the meter computed is voltage over current.
"""

import math
from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import Field
from pymeasure.instruments.keithley import Keithley2400

from ..connection import Connection
from ..dialogue import Setting, number
from ..errors import ExchangeError, OpenJunctionError
from ..faults import shown
from ..guard.plan import Confirm, Query, Send, Step
from ..limits import Limits
from ..roles import Reading
from ..sections import ResistanceMeterSection
from .source_meter import ScpiSourceMeter

NAME = "The resistance meter (2400)"
# The status word that :READ? returns, by bit.
OVERFLOW = 1 << 0
COMPLIANCE = 1 << 3
RANGE_COMPLIANCE = 1 << 16
CONSISTENCY = 1e-3  # of the meter's own division; no number, as NaN, contradicts nothing


class Keithley2400Section(ResistanceMeterSection):
    """A `[resistance_meter]` with a Keithley 2400; the terminals are left as found if not given."""

    driver: Literal["Keithley2400"]
    nplc: Annotated[float, Field(ge=0.01, le=10)] = 1.0
    terminals: Literal["front", "rear"] | None = None


class Keithley2400ResistanceMeter(ScpiSourceMeter):
    """Reads with `nplc` power line cycles; `compliance_V` bounds the voltage at the junction."""

    _name = NAME

    def _set_up(self, current_A: float, terminals: str) -> None:
        driver = self._driver
        driver.reset()  # output off, no state left from a previous session
        driver.clear()
        driver.write(f":ROUT:TERM {terminals}")  # a reset selects the front
        driver.reset_data_format()
        driver.wires = 4 if self._four_wire else 2
        driver.source_mode = "current"
        driver.resistance_mode_auto_enabled = False
        driver.write(":SENSE:FUNCTION:ALL")
        driver.auto_output_off_enabled = False
        driver.source_current_range = abs(current_A)
        driver.source_current = current_A
        driver.voltage_range = self._compliance_V  # 0.1 % of the range is the least compliance
        driver.compliance_voltage = self._compliance_V
        driver.voltage_range_auto_enabled = True
        driver.voltage_nplc = self._nplc

    def _settings(self, current_A: float, terminals: str, *, on: bool) -> Sequence[Setting]:
        """Among them the compliance: told one below its minimum, the 2400 keeps an old one,
        without an error.
        """
        return (
            Setting("output", ":OUTP?", "1" if on else "0"),
            Setting("source", ":SOUR:FUNC?", "CURR"),
            self._level(":SOUR:CURR?", current_A),
            self._limit(":SENS:VOLT:PROT?"),
            Setting("four-wire sensing", ":SYST:RSEN?", "1" if self._four_wire else "0"),
            self._integration(":SENS:VOLT:NPLC?"),
            Setting("terminals", ":ROUT:TERM?", terminals),
        )

    def _switch(self, *, on: bool) -> None:
        self._driver.source_enabled = on

    def _question(self, number: int) -> str:
        return f"*ESE {number};:READ?;*ESE?"

    def _checked(self, reply: str) -> Reading:
        values, _, asked = reply.partition(";")
        if asked != str(self._number):
            raise ExchangeError(
                f"{NAME} replied {shown(reply)} to question {self._number}: it is not its answer."
            )
        numbers = [_value(text) for text in values.split(",")]
        if len(numbers) != 5:
            self.check()
            raise ExchangeError(f"{NAME} replied {shown(values)} instead of 5 numbers.")
        voltage_V, current_A, resistance_ohm, _, status = numbers
        self._check_status(status)
        if not (math.isfinite(voltage_V) and math.isfinite(current_A)):
            raise ExchangeError(f"{NAME} read no number ({shown(values)}); check its ranges.")
        self._check_current(current_A)
        if abs(resistance_ohm * current_A - voltage_V) > CONSISTENCY * abs(voltage_V):
            raise ExchangeError(
                f"{NAME} replied {shown(values)}, where voltage over current is not the resistance."
            )
        return Reading(voltage_V=voltage_V, current_A=current_A)

    def _check_status(self, status: float) -> None:
        if not (math.isfinite(status) and status >= 0 and status == int(status)):
            raise ExchangeError(f"{NAME} replied {status:g} as its status word.")
        if int(status) & (COMPLIANCE | RANGE_COMPLIANCE):
            raise OpenJunctionError(self._in_compliance)
        if int(status) & OVERFLOW:
            raise ExchangeError(f"{NAME} reports an overflow; check its ranges.")


def _value(text: str) -> float:
    """Return one value of a reading; what the meter marks as no number is NaN."""
    try:
        return number(NAME, text)
    except ExchangeError:
        return math.nan


def open_meter(section: Keithley2400Section, bench: Connection) -> Keithley2400ResistanceMeter:
    """Open the meter of a bench file; the bench's limit on the voltage is its compliance."""
    return Keithley2400ResistanceMeter(
        bench.open(Keithley2400, section.address),
        section.nplc,
        bench.limits.read_voltage_V,
        section.four_wire,
        section.terminals,
    )


def safe_steps(_section: Keithley2400Section, _limits: Limits) -> tuple[Step, ...]:
    """Return the messages that switch the output off."""
    return Send(":OUTP OFF"), Confirm(Query(":OUTP?", "0"))
