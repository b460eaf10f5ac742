"""The Keithley 6220 or 6221 as the current source beside a voltmeter: direct current.

The source does not measure its current: with every reading its set point, compliance and output
are read back, and its measurement status says whether it is in compliance.
"""

from collections.abc import Sequence
from typing import Any, Literal

from pymeasure.instruments.keithley import Keithley6221

from ...connection import Connection
from ...dialogue import Dialogue, Setting
from ...errors import BenchError, ExchangeError, OpenJunctionError
from ...faults import shown
from ...sections import InstrumentSection
from .. import keithley6221

NAME = "The current source (6221)"
IN_COMPLIANCE = 1 << 3  # of the measurement condition
TOLERANCE = 1e-3

safe_steps = keithley6221.safe_steps


class Keithley6221SourceSection(InstrumentSection):
    """A `[resistance_meter.current_source]` that is a 6220 or 6221."""

    driver: Literal["Keithley6221"]


class Keithley6221CurrentSource:
    """Sources a direct current, with `compliance_V` at most."""

    minimum_current_A = keithley6221.SMALLEST_CURRENT_A

    def __init__(self, driver: Any, compliance_V: float) -> None:
        self._dialogue = Dialogue(NAME, driver)
        self._compliance_V = compliance_V
        self._armed_A = 0.0

    @property
    def identity(self) -> str:
        return self._dialogue.ask("*IDN?")

    def arm(self, current_A: float) -> None:
        keithley6221.check_range(NAME, current_A, self._compliance_V)
        self._armed_A = 0.0
        keithley6221.switch_off(self._dialogue)
        for message in (
            "*RST",
            "*CLS",
            f":SOUR:CURR:COMP {self._compliance_V:g}",
            f":SOUR:CURR:RANG {abs(current_A):e}",
            f":SOUR:CURR {current_A:e}",
        ):
            self._dialogue.send(message)
        self._dialogue.confirm(self._settings(current_A, on=False))
        self._dialogue.send(":OUTP 1")
        self._dialogue.confirm(self._settings(current_A, on=True))
        self._armed_A = current_A

    def read_current(self) -> float:
        """Return the set point, read back, of a source that is on and not in compliance."""
        if not self._armed_A:
            raise BenchError(f"{NAME} is not armed; arm it before reading.")
        self._dialogue.confirm(self._settings(self._armed_A, on=True))
        condition = self._dialogue.ask(":STAT:MEAS:COND?")
        if not condition.isdecimal():
            raise ExchangeError(f"{NAME} replied {shown(condition)} as its measurement condition.")
        if int(condition) & IN_COMPLIANCE:
            raise OpenJunctionError(
                f"{NAME} is in compliance at {self._compliance_V:g} V: the junction is open, a "
                "contact is off, or [limits] read_voltage_V is too low."
            )
        return self._armed_A

    def check(self) -> None:
        self._dialogue.check_errors()

    def make_safe(self) -> None:
        self._armed_A = 0.0
        self._dialogue.resync()
        keithley6221.switch_off(self._dialogue)

    def _settings(self, current_A: float, *, on: bool) -> Sequence[Setting]:
        limit_V = self._compliance_V
        return (
            Setting("output", ":OUTP?", "1" if on else "0"),
            Setting("current in A", ":SOUR:CURR?", current_A, TOLERANCE * abs(current_A)),
            Setting("compliance in V", ":SOUR:CURR:COMP?", limit_V, TOLERANCE * limit_V),
        )


def open_source(section: Keithley6221SourceSection, bench: Connection) -> Keithley6221CurrentSource:
    """Open the source of a bench file; the bench's limit on the voltage is its compliance."""
    driver = bench.open(Keithley6221, section.address)
    return Keithley6221CurrentSource(driver, bench.limits.read_voltage_V)
