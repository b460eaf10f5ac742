"""A Keithley 2000 at a voltage that follows the field, as the gaussmeter of a magnet.

B = `T_per_V` · V: the analogue output of a gaussmeter without an interface, a Hall sensor, or a
shunt in series with the coil, with `T_per_V` = coil_T_per_A over its resistance. With a shunt it is
the current that is confirmed, not the field.
"""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from ...connection import Connection
from ...errors import BenchError, OpenJunctionError
from ...sections import GaussmeterSection
from .keithley2000 import Keithley2000, Keithley2000Voltmeter

SMALLEST_T_PER_V = 1e-9


def _check_not_zero(value: float) -> float:
    if not abs(value) > SMALLEST_T_PER_V:
        raise PydanticCustomError("zero", "Input should be a number other than 0, of either sign")
    return value


class Keithley2000GaussmeterSection(GaussmeterSection):
    """A `[magnet.gaussmeter]` that is a 2000 at a voltage which follows the field."""

    driver: Literal["Keithley2000"]
    T_per_V: Annotated[float, AfterValidator(_check_not_zero)]
    nplc: Annotated[float, Field(ge=0.01, le=10)] = 1.0


class VoltageGaussmeter:
    """Reads the field as `T_per_V` times a voltage."""

    def __init__(self, voltmeter: Keithley2000Voltmeter, T_per_V: float) -> None:
        self._voltmeter = voltmeter
        self._T_per_V = T_per_V
        self._ready = False

    @property
    def identity(self) -> str:
        return self._voltmeter.identity

    def read_field(self) -> float:
        if not self._ready:
            self._voltmeter.prepare()
            self._ready = True
        try:
            return self._T_per_V * self._voltmeter.read_voltage()
        except OpenJunctionError as error:
            raise BenchError(
                "The gaussmeter (2000) reads a voltage beyond its ranges; check its sensor."
            ) from error

    def check(self) -> None:
        self._voltmeter.check()

    def make_safe(self) -> None:
        """Do nothing: a voltmeter drives nothing."""


def open_gaussmeter(section: Keithley2000GaussmeterSection, bench: Connection) -> VoltageGaussmeter:
    """Open the voltmeter of a bench file."""
    driver = bench.open(Keithley2000, section.address)
    return VoltageGaussmeter(Keithley2000Voltmeter(driver, section.nplc), section.T_per_V)
