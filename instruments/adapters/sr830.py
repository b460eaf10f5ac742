"""The Stanford Research SR830 as a resistance meter: an alternating current and its voltage.

The sine output drives the junction through a resistor R_s, the input A − B reads the voltage V
across it in phase, and the current follows from both (50 Ω is the output's own):

    I = (V_osc − V)/(R_s + 50 Ω).

Currents and voltages are amplitudes, so that the limits hold at every moment. The lock-in has no
limit of its voltage: if the junction opens, it sees all of V_osc, which is therefore held against
the bench's `read_voltage_V`. Nor can its output be switched off: the safe state is its smallest
level, 4 mV rms, read back.
"""

from math import copysign, sqrt
from typing import Annotated, Any, Literal

from pydantic import Field
from pymeasure.instruments.srs import SR830

from ..clock import Clock
from ..connection import Connection
from ..dialogue import Dialogue, number
from ..errors import BenchError, ExchangeError, LimitError, OpenJunctionError
from ..faults import shown
from ..guard.plan import Confirm, Query, Send, Step
from ..limits import Limits
from ..roles import Reading
from ..sections import ResistanceMeterSection

NAME = "The resistance meter (SR830)"
SOURCE_OHM = 50.0
SMALLEST_V, LARGEST_V, STEP_V = 0.004, 5.0, 0.002  # rms, of the sine output
SENSITIVITIES_V = tuple(m * 10.0**e for e in range(-9, 0) for m in (2, 5, 10))
TIME_CONSTANTS_S = tuple(m * 10.0**e for e in range(-5, 4) for m in (1, 3))
SETTLING = 12  # time constants at 12 dB per octave: to 1e-4
HEADROOM = 2.5  # of the range, for levels of higher resistance
OPEN = 0.9  # of the oscillator's voltage across the junction
OUT_OF_PHASE = 0.2
OVERLOADS = 0b1111  # of the status: input, filter, output, reference


class SR830Section(ResistanceMeterSection):
    """A `[resistance_meter]` on an SR830; `nplc` is of no use to it.

    `four_wire` reads A − B, otherwise A alone.
    """

    driver: Literal["SR830"]
    series_resistance_ohm: Annotated[float, Field(ge=100)]
    frequency_Hz: Annotated[float, Field(ge=1.0, le=102_000)] = 137.0
    time_constant_s: Annotated[float, Field(gt=0, le=TIME_CONSTANTS_S[-1])] = 0.03


class SR830ResistanceMeter:
    """Sources the amplitude that it is armed with; `largest_V` is what an open junction may see."""

    def __init__(
        self, driver: Any, clock: Clock, section: SR830Section, *, largest_V: float
    ) -> None:
        self._dialogue = Dialogue(NAME, driver)
        self._clock = clock
        self._section = section
        self._largest_V = largest_V
        self._total_ohm = section.series_resistance_ohm + SOURCE_OHM
        self._time_constant = _index(TIME_CONSTANTS_S, section.time_constant_s)
        self._sign = 0.0
        self._level_V = SMALLEST_V  # rms

    @property
    def identity(self) -> str:
        return self._dialogue.ask("*IDN?")

    @property
    def minimum_current_A(self) -> float:
        return sqrt(2) * (SMALLEST_V + STEP_V) / self._total_ohm

    def arm(self, current_A: float) -> None:
        open_V = abs(current_A) * self._total_ohm
        if open_V > self._largest_V or open_V > sqrt(2) * LARGEST_V:
            raise LimitError(
                f"{NAME} would put {open_V:.3g} V on a junction that opens, at {current_A:g} A "
                f"through {self._total_ohm:g} Ω, more than the {self._largest_V:g} V of [limits] "
                "read_voltage_V: use less current or a smaller series_resistance_ohm."
            )
        self._sign = 0.0
        self._set_up()
        self._drive(open_V)
        self._set("SENS", _index(SENSITIVITIES_V, self._level_V))
        self._sign = copysign(1.0, current_A)
        try:
            found_ohm = abs(self.read().resistance_ohm)
        except BenchError:
            self.make_safe()
            raise
        voltage_V = abs(current_A) * found_ohm / sqrt(2)
        self._drive(min(abs(current_A) * (self._total_ohm + found_ohm), self._largest_V))
        self._set("SENS", _index(SENSITIVITIES_V, HEADROOM * voltage_V))

    def read(self) -> Reading:
        if not self._sign:
            raise BenchError(f"{NAME} is not armed; arm it before reading.")
        self._dialogue.resync()
        self._dialogue.ask("LIAS?")  # clears what was seen before
        self._clock.sleep(SETTLING * TIME_CONSTANTS_S[self._time_constant])
        reply = self._dialogue.ask("SNAP? 1,2")
        parts = reply.split(",")
        if len(parts) != 2:
            raise ExchangeError(f"{NAME} replied {shown(reply)} to SNAP? 1,2.")
        in_phase_V, out_of_phase_V = (number(NAME, part) for part in parts)
        status = self._dialogue.ask("LIAS?")
        if not status.isdecimal() or int(status) & OVERLOADS:
            raise ExchangeError(f"{NAME} reports {shown(status)} as its status: an overload.")
        if in_phase_V >= OPEN * self._level_V:
            raise OpenJunctionError(
                f"{NAME} reads {in_phase_V:.3g} V of the {self._level_V:.3g} V of its oscillator: "
                "the junction is open, or a contact is off."
            )
        if abs(out_of_phase_V) > OUT_OF_PHASE * abs(in_phase_V):
            raise ExchangeError(
                f"{NAME} reads {out_of_phase_V:.3g} V out of phase beside {in_phase_V:.3g} V: "
                "lower frequency_Hz, or check the cables."
            )
        current_A = sqrt(2) * (self._level_V - in_phase_V) / self._total_ohm
        return Reading(self._sign * sqrt(2) * in_phase_V, self._sign * current_A)

    def check(self) -> None:
        """Raise BenchError if the instrument reports an error."""
        if (reply := self._dialogue.ask("ERRS?")) != "0":
            raise BenchError(f"{NAME} reports {shown(reply)} as its error status.")

    def make_safe(self) -> None:
        self._sign = 0.0
        self._dialogue.resync()
        self._drive(0.0)

    def _set_up(self) -> None:
        self._drive(0.0)
        section = self._section
        self._set("FMOD", 1)  # its own oscillator
        self._set("FREQ", section.frequency_Hz)
        self._set("HARM", 1)
        self._set("PHAS", 0)
        self._set("ISRC", 1 if section.four_wire else 0)
        self._set("ICPL", 0)  # AC
        self._set("OFLT", self._time_constant)
        self._set("OFSL", 1)  # 12 dB per octave

    def _drive(self, amplitude_V: float) -> None:
        """Set the oscillator to the step below an amplitude, or to its smallest level."""
        level_V = max(SMALLEST_V, STEP_V * int(amplitude_V / sqrt(2) / STEP_V + 1e-9))
        self._dialogue.send(f"SLVL {level_V:.3f}")
        self._dialogue.confirm_number("SLVL?", level_V, STEP_V / 2, "oscillator level in V")
        self._level_V = level_V

    def _set(self, command: str, value: float) -> None:
        self._dialogue.send(f"{command} {value:g}")
        self._dialogue.confirm_number(f"{command}?", value, 1e-3 * abs(value) + 1e-6, command)


def _index(table: tuple[float, ...], value: float) -> int:
    """Return the index of the smallest entry that is not below a value, or of the last one."""
    return next((k for k, entry in enumerate(table) if entry >= value * (1 - 1e-9)), len(table) - 1)


def open_meter(section: SR830Section, bench: Connection) -> SR830ResistanceMeter:
    """Open the resistance meter of a bench file."""
    driver = bench.open(SR830, section.address)
    if section.address.upper().startswith("GPIB"):
        driver.write("OUTX 1")  # where it replies
    return SR830ResistanceMeter(driver, bench.clock, section, largest_V=bench.limits.read_voltage_V)


def safe_steps(_section: SR830Section, _limits: Limits) -> tuple[Step, ...]:
    """Return the message that sets the smallest level of the oscillator."""
    return Send(f"SLVL {SMALLEST_V:.3f}"), Confirm(Query("SLVL?", f"{SMALLEST_V:.3f}"))
