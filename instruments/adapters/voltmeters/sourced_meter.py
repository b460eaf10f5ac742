"""A voltmeter across the junction and a current source as one resistance meter: R = V/I.

Each reading takes the voltage, then the current: measured by a source that measures, otherwise its
set point, output and compliance read back. The voltage is held against the source's compliance and
against the sign of the current. Thermal voltages are part of it.
"""

from typing import Annotated, Any, Protocol

from pydantic import SerializeAsAny

from ...clock import Clock
from ...dialogue import LARGEST_NUMBER, Dialogue
from ...errors import BenchError, ExchangeError, OpenJunctionError
from ...faults import shown
from ...roles import CurrentSource, Instrument, Reading
from ...sections import ByDriver, InstrumentSection, ResistanceMeterSection

NEAR_COMPLIANCE = 0.95
AGAINST_V = 10e-6  # against the current, more than offsets and noise
SETTLING_S = 0.05


class VoltmeterSection(ResistanceMeterSection):
    """A `[resistance_meter]` that is a voltmeter, with `[resistance_meter.current_source]`."""

    current_source: Annotated[SerializeAsAny[InstrumentSection], ByDriver]


class Voltmeter(Instrument, Protocol):
    """Reads the voltage across the junction."""

    def prepare(self) -> None:
        """Set all that a reading depends on, and read it back."""
        ...

    def read_voltage(self) -> float:
        """Return a new reading in V; raises OpenJunctionError if it is beyond all ranges."""
        ...


class SourcedResistanceMeter:
    """Sources the current that it is armed with; `compliance_V` is the source's limit."""

    def __init__(
        self, voltmeter: Voltmeter, source: CurrentSource, clock: Clock, compliance_V: float
    ) -> None:
        self._voltmeter = voltmeter
        self._source = source
        self._clock = clock
        self._compliance_V = compliance_V
        self._armed = False

    @property
    def identity(self) -> str:
        return self._voltmeter.identity

    @property
    def source_identity(self) -> str:
        """The reply of the source to `*IDN?`."""
        return self._source.identity

    @property
    def minimum_current_A(self) -> float:
        return self._source.minimum_current_A

    def arm(self, current_A: float) -> None:
        self._armed = False
        self._voltmeter.prepare()
        self._source.arm(current_A)
        self._clock.sleep(SETTLING_S)
        self._armed = True

    def read(self) -> Reading:
        if not self._armed:
            raise BenchError("The resistance meter is not armed; arm it before reading.")
        voltage_V = self._voltmeter.read_voltage()
        current_A = self._source.read_current()
        if abs(voltage_V) >= NEAR_COMPLIANCE * self._compliance_V:
            raise OpenJunctionError(
                f"The voltmeter reads {voltage_V:g} V, as at the compliance of the source of "
                f"{self._compliance_V:g} V: the junction is open, a contact is off, or [limits] "
                "read_voltage_V is too low."
            )
        if voltage_V * current_A < 0 and abs(voltage_V) > AGAINST_V:
            raise ExchangeError(
                f"The voltmeter reads {voltage_V:g} V at {current_A:g} A: its leads are swapped "
                "against the source's, or one of them is off."
            )
        return Reading(voltage_V, current_A)

    def check(self) -> None:
        self._source.check()
        self._voltmeter.check()

    def make_safe(self) -> None:
        self._armed = False
        self._source.make_safe()


class ScpiVoltmeter:
    """A voltmeter that speaks SCPI and takes one new reading at `:READ?`."""

    def __init__(self, name: str, driver: Any) -> None:
        self._dialogue = Dialogue(name, driver)

    @property
    def identity(self) -> str:
        return self._dialogue.ask("*IDN?")

    def read_voltage(self) -> float:
        self._dialogue.resync()  # a line too many would make every reading the one before
        reply = self._dialogue.ask(":READ?")
        try:
            voltage_V = float(reply)
        except ValueError:
            raise ExchangeError(
                f"{self._dialogue.name} replied {shown(reply)} where a voltage was expected."
            ) from None
        if not abs(voltage_V) < LARGEST_NUMBER:
            raise OpenJunctionError(
                f"{self._dialogue.name} reports an overflow ({shown(reply)}): the junction is "
                "open, or a contact is off."
            )
        return voltage_V

    def check(self) -> None:
        self._dialogue.check_errors()

    def make_safe(self) -> None:
        """Do nothing: a voltmeter drives nothing."""
