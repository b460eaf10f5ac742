"""The Keithley 2400 as a four-wire resistance meter: sources a current, senses the voltage.

A reading is believed if it carries the number of its own question (kept in the instrument's event
enable register, which nothing else here uses), all its values are numbers, its status word reports
neither overflow nor compliance, the measured current is the one that was armed, and the resistance
that the meter computed is voltage over current.
"""

import math
from typing import Annotated, Literal

from pydantic import Field
from pymeasure.instruments.keithley import Keithley2400

from ..connection import Connection
from ..dialogue import Dialogue, Setting, number
from ..errors import BenchError, ExchangeError, OpenJunctionError
from ..faults import shown, translate_errors
from ..guard.plan import Confirm, Query, Send, Step
from ..limits import Limits
from ..roles import Reading
from ..sections import ResistanceMeterSection

NAME = "The resistance meter (2400)"
# The status word that :READ? returns, by bit.
OVERFLOW = 1 << 0
COMPLIANCE = 1 << 3
RANGE_COMPLIANCE = 1 << 16
SMALLEST_CURRENT_A = 1e-9  # twenty steps of the lowest range
SMALLEST_RANGE_A = 1e-6
CURRENT_TOLERANCE = 0.05  # of the current, and NOISE_OF_RANGE: the noise of the fastest reading
NOISE_OF_RANGE = 2e-3
LAST_NUMBER = 255
CONSISTENCY = 1e-3  # of the meter's own division; no number, as NaN, contradicts nothing
SETTING_TOLERANCE = 1e-3


class Keithley2400Section(ResistanceMeterSection):
    """A `[resistance_meter]` with a Keithley 2400; the terminals are left as found if not given."""

    driver: Literal["Keithley2400"]
    nplc: Annotated[float, Field(ge=0.01, le=10)] = 1.0
    terminals: Literal["front", "rear"] | None = None


class Keithley2400ResistanceMeter:
    """Reads with `nplc` power line cycles; `compliance_V` bounds the voltage at the junction."""

    def __init__(
        self,
        driver: Keithley2400,
        nplc: float,
        compliance_V: float,
        four_wire: bool,
        terminals: str | None = None,
    ) -> None:
        self._driver = driver
        self._dialogue = Dialogue(NAME, driver)
        self._nplc = nplc
        self._compliance_V = compliance_V
        self._four_wire = four_wire
        self._terminals = terminals and {"front": "FRON", "rear": "REAR"}[terminals]
        self._armed_A = 0.0
        self._set_up_for: tuple[float, str] | None = None  # current in A and terminals
        self._number = 0

    @property
    def identity(self) -> str:
        return self._dialogue.ask("*IDN?")

    @property
    def minimum_current_A(self) -> float:
        return SMALLEST_CURRENT_A

    def arm(self, current_A: float) -> None:
        terminals = self._terminals or self._dialogue.ask(":ROUT:TERM?")
        before = None if self._armed_A else self._set_up_for
        self._armed_A, self._set_up_for = 0.0, None
        if before != (current_A, terminals):  # behind a switch it is armed for every device
            self._set_up(current_A, terminals)
        self._confirm(current_A, terminals, output="0")
        with translate_errors(NAME):
            self._driver.source_enabled = True
        self._confirm(current_A, terminals, output="1")
        self._armed_A, self._set_up_for = current_A, (current_A, terminals)

    def _set_up(self, current_A: float, terminals: str) -> None:
        driver = self._driver
        with translate_errors(NAME):
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

    def _confirm(self, current_A: float, terminals: str, output: str) -> None:
        """Confirm all that decides what reaches the junction: the 2400 keeps an old compliance
        when it is told one below its minimum, without an error.
        """
        settings = (
            Setting("output", ":OUTP?", output),
            Setting("source", ":SOUR:FUNC?", "CURR"),
            Setting(
                "current in A", ":SOUR:CURR?", current_A, SETTING_TOLERANCE * abs(current_A) + 1e-12
            ),
            Setting(
                "compliance in V",
                ":SENS:VOLT:PROT?",
                self._compliance_V,
                SETTING_TOLERANCE * self._compliance_V,
            ),
            Setting("four-wire sensing", ":SYST:RSEN?", "1" if self._four_wire else "0"),
            Setting("NPLC", ":SENS:VOLT:NPLC?", self._nplc, SETTING_TOLERANCE * self._nplc),
            Setting("terminals", ":ROUT:TERM?", terminals),
        )
        self._dialogue.confirm(settings)

    def read(self) -> Reading:
        if not self._armed_A:
            raise BenchError(f"{NAME} is not armed; arm it before reading.")
        self._number = self._number % LAST_NUMBER + 1
        try:
            reply = self._dialogue.ask(f"*ESE {self._number};:READ?;*ESE?")
            return self._checked(reply)
        except ExchangeError:
            self._dialogue.resync()  # so that the next question gets its own reply
            raise

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
            raise OpenJunctionError(
                f"{NAME} is in compliance at {self._compliance_V:g} V: the "
                "junction is open, a contact is off, or [limits] read_voltage_V is too low."
            )
        if int(status) & OVERFLOW:
            raise ExchangeError(f"{NAME} reports an overflow; check its ranges.")

    def _check_current(self, current_A: float) -> None:
        armed_A = self._armed_A
        range_A = max(SMALLEST_RANGE_A, 10 ** math.ceil(math.log10(abs(armed_A))))
        tolerance_A = CURRENT_TOLERANCE * abs(armed_A) + NOISE_OF_RANGE * range_A
        tolerance_A = min(tolerance_A, 0.5 * abs(armed_A))  # 0 A is never a current
        if abs(current_A - armed_A) > tolerance_A:
            raise ExchangeError(
                f"{NAME} measured {current_A:g} A where it sources {armed_A:g} A: another program "
                "may have changed it, or its output is off."
            )

    def check(self) -> None:
        self._dialogue.check_errors()

    def make_safe(self) -> None:
        self._armed_A = 0.0
        self._dialogue.resync()
        self._dialogue.confirm_off(self._switch_off, ":OUTP?")

    def _switch_off(self) -> None:
        self._driver.source_enabled = False


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
