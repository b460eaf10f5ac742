"""The Keithley 6220 or 6221 with a 2182A in delta mode as a resistance meter.

The current alternates between +I and −I, and a reading is half the difference of the voltages, from
three conversions in a row, so that constant and drifting thermal voltages drop out. The 2182A hangs
on the source (RS-232 and trigger link) and is set up through it. A reading is believed if three new
ones have come since its question, so that none of its conversions is older, and if it is far from
the compliance. In compliance delta mode ends by itself ("compliance abort").

The source does not measure its current: the one of a reading is the set point, read back.
"""

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from pydantic import Field
from pymeasure.instruments.keithley import Keithley6221

from ..clock import Clock
from ..connection import Connection
from ..dialogue import Dialogue, Setting, number
from ..errors import BenchError, ExchangeError, LimitError, OpenJunctionError
from ..faults import shown
from ..guard.plan import Confirm, Query, Send, Step
from ..limits import Limits
from ..roles import Reading
from ..sections import InstrumentSection, ResistanceMeterSection

NAME = "The resistance meter (6221)"
SMALLEST_CURRENT_A, LARGEST_CURRENT_A = 1e-9, 0.105
SMALLEST_COMPLIANCE_V = 0.1
VOLTMETER_RANGES_V = (0.01, 0.1, 1.0, 10.0, 100.0)
DELAY_S = 2e-3  # from a change of the current to the conversion
NEW_READINGS = 3  # until none of the conversions of one is older than its question
NEAR_COMPLIANCE = 0.95
TOLERANCE = 1e-3
LINE_PERIOD_S = 1 / 50
RELAY_S, POLL_S, ARMING_S = 0.1, 0.02, 20.0


class Keithley6221Section(ResistanceMeterSection):
    """A `[resistance_meter]` with a 6220 or 6221 and a 2182A; the junction has four wires."""

    driver: Literal["Keithley6221"]
    nplc: Annotated[float, Field(ge=0.01, le=50)] = 1.0
    four_wire: Literal[True] = True


def check_range(name: str, current_A: float, compliance_V: float) -> None:
    """Raise LimitError for a current or a compliance beyond those of the source."""
    if compliance_V < SMALLEST_COMPLIANCE_V or abs(current_A) > LARGEST_CURRENT_A:
        raise LimitError(
            f"{name} sources up to {LARGEST_CURRENT_A:g} A with a compliance of at least "
            f"{SMALLEST_COMPLIANCE_V:g} V, not {current_A:g} A with the {compliance_V:g} V of "
            "[limits] read_voltage_V."
        )


def switch_off(dialogue: Dialogue) -> None:
    """End what the source does, switch its output off and confirm that it is."""

    def off() -> None:
        dialogue.send(":SOUR:SWE:ABOR")
        dialogue.send(":OUTP 0")

    dialogue.confirm_off(off, ":OUTP?")


class Keithley6221ResistanceMeter:
    """Alternates the current that it is armed with; `compliance_V` bounds the voltage."""

    def __init__(self, driver: Any, clock: Clock, nplc: float, compliance_V: float) -> None:
        self._dialogue = Dialogue(NAME, driver)
        self._clock = clock
        self._nplc = nplc
        self._compliance_V = compliance_V
        self._armed_A = 0.0

    @property
    def identity(self) -> str:
        return self._dialogue.ask("*IDN?")

    @property
    def minimum_current_A(self) -> float:
        return SMALLEST_CURRENT_A

    def arm(self, current_A: float) -> None:
        check_range(NAME, current_A, self._compliance_V)
        self._armed_A = 0.0
        switch_off(self._dialogue)
        self._set_up(abs(current_A))
        self._dialogue.confirm(self._settings(abs(current_A)))
        self._start()
        self._armed_A = current_A
        try:
            self.read()
        except BenchError:
            self.make_safe()
            raise

    def read(self) -> Reading:
        if not self._armed_A:
            raise BenchError(f"{NAME} is not armed; arm it before reading.")
        self._dialogue.resync()
        self._confirm_running()
        voltage_V = self._new_reading()
        if abs(voltage_V) >= NEAR_COMPLIANCE * self._compliance_V:
            raise OpenJunctionError(self._in_compliance(f"reads {voltage_V:g} V"))
        sign = 1.0 if self._armed_A > 0 else -1.0
        return Reading(voltage_V=sign * voltage_V, current_A=self._armed_A)

    def check(self) -> None:
        self._dialogue.check_errors()

    def make_safe(self) -> None:
        self._armed_A = 0.0
        self._dialogue.resync()
        switch_off(self._dialogue)

    def _set_up(self, current_A: float) -> None:
        for message in ("*RST", "*CLS"):
            self._dialogue.send(message)
        range_V = next(v for v in VOLTMETER_RANGES_V if v >= self._compliance_V)
        self._set_voltmeter("SENS:VOLT:RANG", range_V)
        self._set_voltmeter("SENS:VOLT:NPLC", self._nplc)
        for message in (
            ":UNIT:VOLT:DC V",
            ":FORM:ELEM READ,TST",
            f":SOUR:CURR:COMP {self._compliance_V:g}",
            f":SOUR:DELT:HIGH {current_A:e}",
            f":SOUR:DELT:LOW {-current_A:e}",
            f":SOUR:DELT:DEL {DELAY_S:g}",
            ":SOUR:DELT:COUN INF",
            ":SOUR:DELT:CAB 1",
        ):
            self._dialogue.send(message)

    def _settings(self, current_A: float) -> Sequence[Setting]:
        tolerance_A, limit_V = TOLERANCE * current_A, self._compliance_V
        return (
            Setting("voltmeter (1 for a 2182A)", ":SOUR:DELT:NVPR?", "1"),
            Setting("output", ":OUTP?", "0"),
            Setting("high current in A", ":SOUR:DELT:HIGH?", current_A, tolerance_A),
            Setting("low current in A", ":SOUR:DELT:LOW?", -current_A, tolerance_A),
            Setting("compliance in V", ":SOUR:CURR:COMP?", limit_V, TOLERANCE * limit_V),
            Setting("compliance abort", ":SOUR:DELT:CAB?", "1"),
        )

    def _set_voltmeter(self, command: str, value: float) -> None:
        """Set a number of the 2182A through the 6221, and read it back."""
        self._dialogue.send(f':SYST:COMM:SER:SEND "{command} {value:g}"')

        def reply() -> str:
            self._dialogue.send(f':SYST:COMM:SER:SEND "{command}?"')
            self._clock.sleep(RELAY_S)
            return self._dialogue.ask(":SYST:COMM:SER:ENT?")

        def problem(text: str) -> str:
            if text and abs(number(NAME, text) - value) <= TOLERANCE * value:
                return ""
            return (
                f"{NAME} got {shown(text)} from its 2182A as {command} where {value:g} was set; "
                "check the RS-232 cable between them."
            )

        self._dialogue.confirmed(reply, problem)

    def _start(self) -> None:
        self._dialogue.send(":SOUR:DELT:ARM")
        for _ in range(round(ARMING_S / RELAY_S)):
            self._clock.sleep(RELAY_S)
            if self._dialogue.ask(":SOUR:DELT:ARM?") == "1":
                break
        else:
            switch_off(self._dialogue)
            self.check()
            raise BenchError(f"{NAME} has not armed delta mode within {ARMING_S:g} s.")
        self._dialogue.send(":INIT:IMM")
        self._clock.sleep(4 * self._reading_s)  # until there is one to ask for

    @property
    def _reading_s(self) -> float:
        """The time of one reading: two conversions with their delays and overheads, generously."""
        return 2 * (DELAY_S + 2 * self._nplc * LINE_PERIOD_S + 0.05)

    def _new_reading(self) -> float:
        _, last_s = self._latest()
        new = 0
        for _ in range(round(2 * NEW_READINGS * self._reading_s / POLL_S) + 1):
            self._clock.sleep(POLL_S)
            voltage_V, time_s = self._latest()
            if time_s != last_s:
                new, last_s = new + 1, time_s
            if new == NEW_READINGS:
                return voltage_V
        self._confirm_running()
        raise ExchangeError(f"{NAME} has no new reading; check its trigger link to the 2182A.")

    def _confirm_running(self) -> None:
        if (reply := self._dialogue.ask(":SOUR:DELT:ARM?")) != "1":
            raise OpenJunctionError(
                self._in_compliance(f"replied {shown(reply)}: delta mode has ended by itself")
            )

    def _latest(self) -> tuple[float, float]:
        reply = self._dialogue.ask(":SENS:DATA?")
        parts = reply.split(",")
        if len(parts) != 2:
            raise ExchangeError(f"{NAME} replied {shown(reply)} instead of a reading and its time.")
        return number(NAME, parts[0]), number(NAME, parts[1])

    def _in_compliance(self, evidence: str) -> str:
        return (
            f"{NAME} {evidence}, as in its compliance at {self._compliance_V:g} V: the junction is "
            "open, a contact is off, or [limits] read_voltage_V is too low."
        )


def open_meter(section: Keithley6221Section, bench: Connection) -> Keithley6221ResistanceMeter:
    """Open the meter of a bench file; the bench's limit on the voltage is its compliance."""
    driver = bench.open(Keithley6221, section.address)
    return Keithley6221ResistanceMeter(
        driver, bench.clock, section.nplc, bench.limits.read_voltage_V
    )


def safe_steps(_section: InstrumentSection, _limits: Limits) -> tuple[Step, ...]:
    """Return the messages that end delta mode and switch the output off."""
    return Send(":SOUR:SWE:ABOR"), Send(":OUTP 0"), Confirm(Query(":OUTP?", "0"))
