"""The Keithley 2400 as a four-wire resistance meter: sources a current, senses the voltage."""

import math

from pymeasure.instruments.keithley import Keithley2400

from ..errors import BenchError, OpenJunctionError
from ..faults import Speaking, raise_queued_errors
from ..roles import Reading

EXPECTED_IDENTITY = "MODEL 24"
IN_COMPLIANCE = 1 << 3  # bit 3 of the status word that :READ? returns
NOT_A_NUMBER = 9.91e37
SMALLEST_CURRENT_A = 1e-9  # twenty steps of the lowest range


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
        self._speaking = Speaking("The resistance meter (2400)")

    @property
    def identity(self) -> str:
        with self._speaking:
            return str(self._driver.id)

    @property
    def minimum_current_A(self) -> float:
        return SMALLEST_CURRENT_A

    def arm(self, current_A: float) -> None:
        driver = self._driver
        with self._speaking:
            self._armed = False
            driver.reset()  # output off, and nothing left of who measured before
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
            raise BenchError("The resistance meter (2400) is not armed; arm it before reading.")
        with self._speaking:
            values = self._driver.values(":READ?")
        if len(values) != 5:
            self.check()
            raise BenchError(f"The resistance meter (2400) replied {values} instead of 5 numbers.")
        voltage_V, current_A, _, _, status = values
        if int(status) & IN_COMPLIANCE:
            raise OpenJunctionError(
                f"The resistance meter (2400) is in compliance at {self._compliance_V:g} V: the "
                "junction is open, a contact is off, or [limits] read_voltage_V is too low."
            )
        if not (math.isfinite(voltage_V) and abs(voltage_V) < NOT_A_NUMBER and current_A):
            raise BenchError("The resistance meter (2400) read no voltage; check its ranges.")
        return Reading(voltage_V=voltage_V, current_A=current_A)

    def check(self) -> None:
        raise_queued_errors("The resistance meter (2400)", self._driver.ask)

    def make_safe(self) -> None:
        self._armed = False
        with self._speaking:
            self._driver.adapter.flush_read_buffer()
            self._driver.source_enabled = False
