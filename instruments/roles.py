"""The roles of instruments in a protocol, in SI units; an adapter per driver implements one."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class PulseShape:
    """Timing of a trapezoidal voltage pulse: width at half maximum, edges from 10 % to 90 %."""

    width_s: float
    rise_s: float
    fall_s: float


@dataclass(frozen=True, slots=True)
class Reading:
    """One four-point reading of the junction."""

    voltage_V: float
    current_A: float

    @property
    def resistance_ohm(self) -> float:
        return self.voltage_V / self.current_A


@dataclass(frozen=True, slots=True)
class WaferSite:
    """A place on a wafer: column and row of its die in the prober's map, and the site on it."""

    column: int
    row: int
    site: int = 0

    def __str__(self) -> str:
        die = f"die ({self.column}, {self.row})"
        return f"{die}, site {self.site}" if self.site else die


class Instrument(Protocol):
    """The interface of every role."""

    @property
    def identity(self) -> str:
        """The reply to `*IDN?`; asks the instrument."""
        ...

    def check(self) -> None:
        """Raise BenchError with the instrument's messages if its error queue is not empty."""
        ...

    def make_safe(self) -> None:
        """Leave the output off (a magnet ramped to zero first) and confirm it; may be repeated."""
        ...


class PulseGenerator(Instrument, Protocol):
    """Fires single voltage pulses at the track between IN and CLK, from a baseline of 0 V."""

    @property
    def minimum_amplitude_V(self) -> float:
        """Smallest pulse amplitude at the device, after the amplifier."""
        ...

    @property
    def maximum_amplitude_V(self) -> float:
        """Largest pulse amplitude at the device, after the amplifier."""
        ...

    def arm(self, shape: PulseShape) -> None:
        """Set the timing, the baseline to 0 V, and switch the output on."""
        ...

    def fire(self, amplitude_V: float) -> None:
        """Send one pulse of `amplitude_V` at the device (either sign) and wait until it is over.

        Raises BenchError, before the pulse, if the output is off or anything that shapes the pulse
        is not as it was set, and afterwards if the instrument reports an error.
        """
        ...


class Magnet(Instrument, Protocol):
    """Sets the out-of-plane field at the device."""

    @property
    def gaussmeter_identity(self) -> str:
        """The gaussmeter's reply to `*IDN?`; asks it. "none" without a gaussmeter."""
        ...

    @property
    def maximum_field_T(self) -> float:
        """The largest field that supply and coil reach."""
        ...

    def set_field(self, field_T: float) -> float:
        """Ramp to `field_T` at the allowed rate and settle there; return the field read back."""
        ...

    def interrupt(self) -> None:
        """End a `set_field` that is under way in another thread, with a BenchError there."""
        ...

    def read_field(self) -> float:
        """Return the field at the device in tesla, from the gaussmeter or else the current."""
        ...


class CoilSupply(Instrument, Protocol):
    """The current source of a magnet's coil."""

    @property
    def maximum_current_A(self) -> float:
        """The largest current, of either sign, that the supply can source."""
        ...

    def ramp_to(self, current_A: float, is_over: Callable[[], bool] = lambda: False) -> None:
        """Ramp to a current at the allowed rate and confirm that it flows.

        It ends as soon as `is_over`, with a BenchError. Raises LimitError beyond the supply's range
        or the limits, BenchError if a set point was not taken, the voltage limit is reached, the
        output is off, or something else flows.
        """
        ...

    def read_current(self) -> float:
        """Return the current through the coil in A, as the supply measures it."""
        ...


class Gaussmeter(Instrument, Protocol):
    """Reads the field beside the device."""

    def read_field(self) -> float:
        """Return the field in tesla."""
        ...


class TemperatureController(Instrument, Protocol):
    """Holds the temperature of the sample stage with a heater, and reads it."""

    def set_temperature(self, temperature_K: float) -> float:
        """Regulate to a temperature and wait until it is steady there; return the last reading.

        Raises BenchError if it does not become steady in time, the heater reports a fault, or the
        instrument does not confirm what it was set to.
        """
        ...

    def interrupt(self) -> None:
        """End a `set_temperature` that is under way in another thread, with a BenchError there."""
        ...

    def read_temperature(self) -> float:
        """Return the temperature in K; raises BenchError if the sensor reports a fault."""
        ...


class Switch(Instrument, Protocol):
    """Connects one device of an array, where a row and a column cross, to the other instruments."""

    @property
    def rows(self) -> int:
        """Number of rows, numbered from 0."""
        ...

    @property
    def columns(self) -> int:
        """Number of columns, numbered from 0."""
        ...

    def close(self, row: int, column: int) -> None:
        """Connect the device at a row and column, and no other; wait until it is.

        Raises BenchError if the instrument reports an error, or relays closed that should not be.
        """
        ...

    def open(self) -> None:
        """Open all relays."""
        ...


class Prober(Instrument, Protocol):
    """Moves a wafer under the needles and touches down; its safe state is the chuck separated."""

    @property
    def separated(self) -> bool:
        """True if the chuck is read back at its separation height or further away."""
        ...

    def position(self) -> WaferSite:
        """Return the die and the site under the needles, read back."""
        ...

    def move_to(self, site: WaferSite) -> None:
        """Separate, move to a site and confirm it; the chuck stays separated.

        Raises BenchError, and moves nothing, if the map has no such die; also if another place, or
        another height than that of separation, is read back.
        """
        ...

    def contact(self) -> None:
        """Raise the chuck to its contact height and confirm it.

        That the chuck is there does not say that current flows; see `Bench.touch`. Raises
        BenchError if no contact height is set, or another height is read back.
        """
        ...

    def separate(self) -> None:
        """Lower the chuck to its separation height and confirm it."""
        ...


class CurrentSource(Instrument, Protocol):
    """Sources the current through the junction whose voltage another instrument reads."""

    @property
    def minimum_current_A(self) -> float:
        """Smallest current that it can source."""
        ...

    def arm(self, current_A: float) -> None:
        """Source `current_A` and leave it on for the readings that follow."""
        ...

    def read_current(self) -> float:
        """Return the current, as measured or, without a meter, as set and read back.

        Raises BenchError if it is not armed, OpenJunctionError if it is in compliance, and
        ExchangeError if something else than what was armed is sourced.
        """
        ...


class ResistanceMeter(Instrument, Protocol):
    """Reads the junction between 4P and OUT with four wires."""

    @property
    def minimum_current_A(self) -> float:
        """Smallest current that the meter can source."""
        ...

    def arm(self, current_A: float) -> None:
        """Source `current_A` through the junction and leave it on for the readings that follow."""
        ...

    def read(self) -> Reading:
        """Take one reading.

        Raises BenchError if the meter is not armed, OpenJunctionError if it is in compliance, and
        ExchangeError if what it replied is no reading; that may be asked for again.
        """
        ...
