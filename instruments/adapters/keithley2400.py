"""The Keithley 2400 as a four-wire resistance meter: sources a current, senses the voltage."""

import math
from typing import Annotated, Literal

from pydantic import Field
from pymeasure.instruments.keithley import Keithley2400

from ..connection import Connection
from ..errors import BenchError, OpenJunctionError
from ..faults import raise_queued_errors, translate_errors
from ..roles import Reading
from ..sections import ResistanceMeterSection

NAME = "The resistance meter (2400)"
IN_COMPLIANCE = 1 << 3  # bit 3 of the status word that :READ? returns
NOT_A_NUMBER = 9.91e37
SMALLEST_CURRENT_A = 1e-9  # twenty steps of the lowest range


class Keithley2400Section(ResistanceMeterSection):
    """A `[resistance_meter]` with a Keithley 2400."""

    driver: Literal["Keithley2400"]
    nplc: Annotated[float, Field(ge=0.01, le=10)] = 1.0


class Keithley2400ResistanceMeter:
    """Reads with `nplc` power line cycles; `compliance_V` bounds the voltage at the junction."""

    def __init__(
        self, driver: Keithley2400, nplc: float, compliance_V: float, four_wire: bool
    ) -> None:
        self._driver = driver
        self._nplc = nplc
        self._compliance_V = compliance_V
        self._wires = 4 if four_wire else 2
        self._armed = False

    @property
    def identity(self) -> str:
        with translate_errors(NAME):
            return str(self._driver.id)

    @property
    def minimum_current_A(self) -> float:
        return SMALLEST_CURRENT_A

    def arm(self, current_A: float) -> None:
        driver = self._driver
        with translate_errors(NAME):
            self._armed = False
            driver.reset()  # output off, no state left from a previous session
            driver.clear()
            driver.reset_data_format()
            driver.wires = self._wires
            driver.source_mode = "current"
            driver.resistance_mode_auto_enabled = False
            driver.write(":SENSE:FUNCTION:ALL")
            driver.auto_output_off_enabled = False
            driver.source_current_range = abs(current_A)
            driver.source_current = current_A
            driver.compliance_voltage = self._compliance_V
            driver.voltage_range_auto_enabled = True
            driver.voltage_nplc = self._nplc
            driver.source_enabled = True
            self._armed = True
        self.check()

    def read(self) -> Reading:
        if not self._armed:
            raise BenchError(f"{NAME} is not armed; arm it before reading.")
        with translate_errors(NAME):
            values = self._driver.values(":READ?")
        if len(values) != 5:
            self.check()
            raise BenchError(f"{NAME} replied {values} instead of 5 numbers.")
        voltage_V, current_A, _, _, status = values
        if int(status) & IN_COMPLIANCE:
            raise OpenJunctionError(
                f"{NAME} is in compliance at {self._compliance_V:g} V: the "
                "junction is open, a contact is off, or [limits] read_voltage_V is too low."
            )
        if not (math.isfinite(voltage_V) and abs(voltage_V) < NOT_A_NUMBER and current_A):
            raise BenchError(f"{NAME} read no voltage; check its ranges.")
        return Reading(voltage_V=voltage_V, current_A=current_A)

    def check(self) -> None:
        raise_queued_errors(NAME, self._driver.ask)

    def make_safe(self) -> None:
        self._armed = False
        with translate_errors(NAME):
            self._driver.adapter.flush_read_buffer()
            self._driver.source_enabled = False


def open_meter(section: Keithley2400Section, bench: Connection) -> Keithley2400ResistanceMeter:
    """Open the meter of a bench file; the bench's limit on the voltage is its compliance."""
    driver = bench.open(Keithley2400, section.address)
    limit_V = bench.limits.read_voltage_V
    return Keithley2400ResistanceMeter(driver, section.nplc, limit_V, section.four_wire)
