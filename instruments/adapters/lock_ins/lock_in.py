"""Lock-ins as resistance meters: an alternating current through a resistor and its voltage.

The sine output drives the junction through a resistor R_s, the input A − B reads the voltage V
across it in phase, and the current follows from both (50 Ω is the output's own):

    I = (V_osc − V)/(R_s + 50 Ω).

Currents and voltages are amplitudes, so that the limits hold at every moment. A lock-in has no
limit of its voltage: if the junction opens, it sees all of V_osc, which is therefore held against
the bench's `read_voltage_V`. Nor can its output be switched off: the safe state is its smallest
level, read back.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from math import copysign, sqrt
from typing import Annotated, Any, ClassVar

from pydantic import Field

from ...clock import Clock
from ...dialogue import Dialogue, number
from ...errors import BenchError, ExchangeError, LimitError, OpenJunctionError
from ...faults import shown
from ...roles import Reading
from ...sections import ResistanceMeterSection

SOURCE_OHM = 50.0
SETTLING = 12  # time constants at 12 dB per octave: to 1e-4
HEADROOM = 2.5  # of the range, for levels of higher resistance
OPEN = 0.9  # of the oscillator's voltage across the junction
OUT_OF_PHASE = 0.2


class LockInSection(ResistanceMeterSection):
    """A `[resistance_meter]` on a lock-in; `nplc` is of no use to it.

    `four_wire` reads A − B, otherwise A alone.
    """

    series_resistance_ohm: Annotated[float, Field(ge=100)]


class LockInResistanceMeter(ABC):
    """Sources the amplitude that it is armed with; `largest_V` is what an open junction may see.

    `section` has `frequency_Hz` and `time_constant_s`, within the range of the model.
    """

    _name: ClassVar[str]
    _smallest_V: ClassVar[float]  # rms, of the sine output
    _largest_V: ClassVar[float]
    _least_V: ClassVar[float]  # the smallest level that sources a current
    _time_constants_s: ClassVar[Sequence[float]]
    _snap: ClassVar[str]  # the question for X and Y of one moment
    _overloads: ClassVar[int]  # of the status

    def __init__(self, driver: Any, clock: Clock, section: Any, *, largest_V: float) -> None:
        self._dialogue = Dialogue(self._name, driver)
        self._clock = clock
        self._section = section
        self._limit_V = largest_V
        self._total_ohm: float = section.series_resistance_ohm + SOURCE_OHM
        self._time_constant = index(self._time_constants_s, section.time_constant_s)
        self._sign = 0.0
        self._level_V = self._smallest_V  # rms

    @property
    def identity(self) -> str:
        return self._dialogue.ask("*IDN?")

    @property
    def minimum_current_A(self) -> float:
        return sqrt(2) * self._least_V / self._total_ohm

    def arm(self, current_A: float) -> None:
        open_V = abs(current_A) * self._total_ohm
        if open_V > self._limit_V or open_V > sqrt(2) * self._largest_V:
            raise LimitError(
                f"{self._name} would put {open_V:.3g} V on a junction that opens, at "
                f"{current_A:g} A through {self._total_ohm:g} Ω, more than the "
                f"{min(self._limit_V, sqrt(2) * self._largest_V):.3g} V of [limits] "
                "read_voltage_V or of its oscillator: use less current or a smaller "
                "series_resistance_ohm."
            )
        self._sign = 0.0
        self._set_up()
        self._drive(open_V)
        self._set_range(self._level_V)
        self._sign = copysign(1.0, current_A)
        try:
            found_ohm = abs(self.read().resistance_ohm)
        except BenchError:
            self.make_safe()
            raise
        voltage_V = abs(current_A) * found_ohm / sqrt(2)
        self._drive(min(abs(current_A) * (self._total_ohm + found_ohm), self._limit_V))
        self._set_range(HEADROOM * voltage_V)

    def read(self) -> Reading:
        if not self._sign:
            raise BenchError(f"{self._name} is not armed; arm it before reading.")
        self._dialogue.resync()
        self._dialogue.ask("LIAS?")  # clears what was seen before
        self._clock.sleep(SETTLING * self._time_constants_s[self._time_constant])
        reply = self._dialogue.ask(self._snap)
        parts = reply.split(",")
        if len(parts) != 2:
            raise ExchangeError(f"{self._name} replied {shown(reply)} to {self._snap}.")
        in_phase_V, out_of_phase_V = (number(self._name, part) for part in parts)
        status = self._dialogue.ask("LIAS?")
        if not status.isdecimal() or int(status) & self._overloads:
            raise ExchangeError(f"{self._name} reports {shown(status)} as its status: an overload.")
        if in_phase_V >= OPEN * self._level_V:
            raise OpenJunctionError(
                f"{self._name} reads {in_phase_V:.3g} V of the {self._level_V:.3g} V of its "
                "oscillator: the junction is open, or a contact is off."
            )
        if abs(out_of_phase_V) > OUT_OF_PHASE * abs(in_phase_V):
            raise ExchangeError(
                f"{self._name} reads {out_of_phase_V:.3g} V out of phase beside {in_phase_V:.3g} "
                "V: lower frequency_Hz, or check the cables."
            )
        current_A = sqrt(2) * (self._level_V - in_phase_V) / self._total_ohm
        return Reading(self._sign * sqrt(2) * in_phase_V, self._sign * current_A)

    def check(self) -> None:
        """Raise BenchError if the instrument reports an error."""
        if (reply := self._dialogue.ask("ERRS?")) != "0":
            raise BenchError(f"{self._name} reports {shown(reply)} as its error status.")

    def make_safe(self) -> None:
        self._sign = 0.0
        self._dialogue.resync()
        self._drive(0.0)

    @abstractmethod
    def _set_up(self) -> None:
        """Set all that matters, at the smallest level of the oscillator."""

    @abstractmethod
    def _drive(self, amplitude_V: float) -> None:
        """Set the oscillator to the step below an amplitude, or to its smallest level."""

    @abstractmethod
    def _set_range(self, largest_V: float) -> None:
        """Choose the range for voltages up to a value, rms."""

    def _set(self, command: str, value: float) -> None:
        self._dialogue.send(f"{command} {value:g}")
        self._dialogue.confirm_number(f"{command}?", value, 1e-3 * abs(value) + 1e-6, command)


def index(table: Sequence[float], value: float) -> int:
    """Return the index of the smallest entry that is not below a value, or of the last one."""
    return next((k for k, entry in enumerate(table) if entry >= value * (1 - 1e-9)), len(table) - 1)
