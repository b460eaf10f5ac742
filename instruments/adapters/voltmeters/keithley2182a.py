"""The Keithley 2182 or 2182A on channel 1 as the voltmeter of a resistance meter.

Autorange; filters and relative readings are off. Its driver ends replies with a carriage return,
which it sends on a serial port alone: the bench file's termination, a line feed, comes first.
"""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field
from pymeasure.instruments.keithley import Keithley2182

from ...connection import Connection
from ...dialogue import Setting
from .sourced_meter import ScpiVoltmeter, VoltmeterSection

NAME = "The voltmeter (2182A)"
NPLC_TOLERANCE = 1e-3


class Keithley2182ASection(VoltmeterSection):
    """A `[resistance_meter]` with a 2182 or 2182A across the junction."""

    driver: Literal["Keithley2182A"]
    nplc: Annotated[float, Field(ge=0.01, le=50)] = 1.0
    four_wire: Literal[True] = True

    session_defaults: ClassVar[Mapping[str, str | int]] = {
        "read_termination": "\n",
        "write_termination": "\n",
    }


class Keithley2182AVoltmeter(ScpiVoltmeter):
    """Reads channel 1 with `nplc` power line cycles."""

    def __init__(self, driver: Any, nplc: float) -> None:
        super().__init__(NAME, driver)
        self._nplc = nplc

    def prepare(self) -> None:
        for message in (
            "*RST",
            "*CLS",
            ":SENS:FUNC 'VOLT'",
            ":SENS:CHAN 1",
            ":SENS:VOLT:CHAN1:RANG:AUTO 1",
            f":SENS:VOLT:NPLC {self._nplc:g}",
            ":SENS:VOLT:CHAN1:LPAS:STAT 0",
            ":SENS:VOLT:CHAN1:DFIL:STAT 0",
            ":SENS:VOLT:CHAN1:REF:STAT 0",
        ):
            self._dialogue.send(message)
        self._dialogue.confirm(
            (
                Setting("function", ":SENS:FUNC?", '"VOLT:DC"'),
                Setting("channel", ":SENS:CHAN?", 1),
                Setting("autorange", ":SENS:VOLT:CHAN1:RANG:AUTO?", "1"),
                Setting("NPLC", ":SENS:VOLT:NPLC?", self._nplc, NPLC_TOLERANCE * self._nplc),
                Setting("analogue filter", ":SENS:VOLT:CHAN1:LPAS:STAT?", "0"),
                Setting("digital filter", ":SENS:VOLT:CHAN1:DFIL:STAT?", "0"),
                Setting("relative reading", ":SENS:VOLT:CHAN1:REF:STAT?", "0"),
            )
        )


def open_voltmeter(section: Keithley2182ASection, bench: Connection) -> Keithley2182AVoltmeter:
    """Open the voltmeter of a bench file."""
    return Keithley2182AVoltmeter(bench.open(Keithley2182, section.address), section.nplc)
