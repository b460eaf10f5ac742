"""The Keithley 2000 as the voltmeter of a resistance meter: DC volts, autorange, filter off."""

from typing import Annotated, Any, Literal

from pydantic import Field
from pymeasure.instruments import Instrument, SCPIMixin

from ...connection import Connection
from ...dialogue import Setting
from .sourced_meter import ScpiVoltmeter, VoltmeterSection

NAME = "The voltmeter (2000)"
NPLC_TOLERANCE = 1e-3


class Keithley2000Section(VoltmeterSection):
    """A `[resistance_meter]` with a 2000 across the junction."""

    driver: Literal["Keithley2000"]
    nplc: Annotated[float, Field(ge=0.01, le=10)] = 1.0
    four_wire: Literal[True] = True


class Keithley2000(SCPIMixin, Instrument):
    """The connection to a 2000; PyMeasure's driver warns at each start that it may not be SCPI."""

    def __init__(self, adapter: Any, name: str = "Keithley 2000", **kwargs: Any) -> None:
        super().__init__(adapter, name, **kwargs)


class Keithley2000Voltmeter(ScpiVoltmeter):
    """Reads with `nplc` power line cycles."""

    def __init__(self, driver: Any, nplc: float) -> None:
        super().__init__(NAME, driver)
        self._nplc = nplc

    def prepare(self) -> None:
        for message in (
            "*RST",
            "*CLS",
            ":SENS:FUNC 'VOLT:DC'",
            ":SENS:VOLT:DC:RANG:AUTO 1",
            f":SENS:VOLT:DC:NPLC {self._nplc:g}",
            ":SENS:VOLT:DC:AVER:STAT 0",
            ":SENS:VOLT:DC:REF:STAT 0",
        ):
            self._dialogue.send(message)
        self._dialogue.confirm(
            (
                Setting("function", ":SENS:FUNC?", '"VOLT:DC"'),
                Setting("autorange", ":SENS:VOLT:DC:RANG:AUTO?", "1"),
                Setting("NPLC", ":SENS:VOLT:DC:NPLC?", self._nplc, NPLC_TOLERANCE * self._nplc),
                Setting("filter", ":SENS:VOLT:DC:AVER:STAT?", "0"),
                Setting("relative reading", ":SENS:VOLT:DC:REF:STAT?", "0"),
            )
        )


def open_voltmeter(section: Keithley2000Section, bench: Connection) -> Keithley2000Voltmeter:
    """Open the voltmeter of a bench file."""
    return Keithley2000Voltmeter(bench.open(Keithley2000, section.address), section.nplc)
