"""A channel of a Keithley 2600A or 2600B source-meter as a four-wire resistance meter, in TSP.

These instruments speak Lua: a setting is an assignment, a query a `print`, whose values are
separated by tabs. A reading is believed if it carries the number of its question, all values are
numbers, the output is on, the source is not in compliance, and the current is the armed one. The
other channel is left as it is.

PyMeasure's driver sends levels with six decimals (10.4 µA would become 10 µA), so that this adapter
uses the base of its drivers alone.
"""

from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import Field

from ..connection import Connection
from ..dialogue import Setting, number
from ..errors import ExchangeError, OpenJunctionError
from ..faults import shown
from ..guard.plan import Confirm, Query, Send, Step
from ..limits import Limits
from ..roles import Reading
from ..sections import ResistanceMeterSection
from .source_meter import SourceMeter
from .tsp import TspDialogue, TspInstrument, lua_number

NAME = "The resistance meter (2600)"
DIGITS = 10  # of what is printed


class Keithley2600Section(ResistanceMeterSection):
    """A `[resistance_meter]` that is one channel of a 2600A or 2600B."""

    driver: Literal["Keithley2600"]
    channel: Literal["a", "b"] = "a"
    nplc: Annotated[float, Field(ge=0.001, le=25)] = 1.0


class Keithley2600ResistanceMeter(SourceMeter):
    """Reads with `nplc` power line cycles; `compliance_V` bounds the voltage at the junction."""

    def __init__(
        self,
        driver: TspInstrument,
        channel: str,
        nplc: float,
        compliance_V: float,
        four_wire: bool,
    ) -> None:
        self._driver = driver
        self._smu = f"smu{channel}"
        super().__init__(
            TspDialogue(NAME, driver),
            nplc=nplc,
            compliance_V=compliance_V,
            four_wire=four_wire,
            terminals="rear",  # it has no others
        )

    @property
    def _output_query(self) -> str:
        return f"print({self._smu}.source.output)"

    def _present_terminals(self) -> str:
        return "rear"

    def _set_up(self, current_A: float, _terminals: str) -> None:
        smu = self._smu
        for line in (
            f"{smu}.reset()",  # output off, no state left from a previous session
            "errorqueue.clear()",
            f"format.asciiprecision={DIGITS}",
            f"{smu}.source.func=0",
            f"{smu}.sense={int(self._four_wire)}",
            f"{smu}.source.rangei={abs(current_A):e}",
            f"{smu}.source.leveli={current_A:e}",
            f"{smu}.source.limitv={self._compliance_V:e}",
            f"{smu}.measure.autorangev=1",
            f"{smu}.measure.nplc={self._nplc:g}",
        ):
            self._driver.write(line)

    def _settings(self, current_A: float, _terminals: str, *, on: bool) -> Sequence[Setting]:
        smu = self._smu
        return (
            Setting("output", f"{smu}.source.output", float(on)),
            Setting("source (0 for current)", f"{smu}.source.func", 0.0),
            self._level(f"{smu}.source.leveli", current_A),
            self._limit(f"{smu}.source.limitv"),
            Setting("four-wire sensing", f"{smu}.sense", float(self._four_wire)),
            self._integration(f"{smu}.measure.nplc"),
            Setting("printed digits", "format.asciiprecision", float(DIGITS)),
        )

    def _switch(self, *, on: bool) -> None:
        self._driver.write(f"{self._smu}.source.output={int(on)}")

    def _question(self, number: int) -> str:
        smu = self._smu
        values = f"{number},i,v,{smu}.source.compliance,{smu}.source.output"
        return f"local i,v={smu}.measure.iv();print({values})"

    def _checked(self, reply: str) -> Reading:
        values = [text.strip() for text in reply.split("\t")]
        if len(values) != 5 or lua_number(values[0]) != self._number:
            raise ExchangeError(
                f"{NAME} replied {shown(reply)} to question {self._number}: it is not its answer."
            )
        _, current, voltage, compliance, output = values
        if compliance not in ("true", "false") or lua_number(output) != 1:
            raise ExchangeError(
                f"{NAME} replied {shown(reply)}: its output is off, or its state cannot be read."
            )
        if compliance == "true":
            raise OpenJunctionError(self._in_compliance)
        current_A, voltage_V = number(NAME, current), number(NAME, voltage)
        self._check_current(current_A)
        return Reading(voltage_V=voltage_V, current_A=current_A)


def open_meter(section: Keithley2600Section, bench: Connection) -> Keithley2600ResistanceMeter:
    """Open the meter of a bench file; the bench's limit on the voltage is its compliance."""
    return Keithley2600ResistanceMeter(
        bench.open(TspInstrument, section.address),
        section.channel,
        section.nplc,
        bench.limits.read_voltage_V,
        section.four_wire,
    )


def safe_steps(section: Keithley2600Section, _limits: Limits) -> tuple[Step, ...]:
    """Return the messages that switch the channel off."""
    output = f"smu{section.channel}.source.output"
    return Send(f"{output}=0"), Confirm(Query(f"print({output})", "0"))
