"""The Stanford Research SR860 as a resistance meter: other commands than the SR830, and a DC level.

Its amplitude, 1 nV to 2 V rms, is that between its two sine outputs with 50 Ω at each. One output
has half of it, and without a load twice that: driven from one output alone, as here, the voltage of
the open oscillator is the displayed amplitude. The outputs may have a DC level of up to 5 V, which
is set to 0 and read back, in the safe state, too.
"""

from math import floor, log10, sqrt
from typing import Annotated, Literal

from pydantic import Field
from pymeasure.instruments.srs import SR860

from ...connection import Connection
from ...guard.plan import Confirm, Query, Send, Step
from ...limits import Limits
from .lock_in import LockInResistanceMeter, LockInSection, index

SMALLEST_V, LARGEST_V = 1e-9, 2.0  # rms, of the sine output
LEAST_V = 1e-5  # below, the noise of its input is beyond 1 % of 100 Ω
DIGITS = 3  # of a level
SENSITIVITIES_V = (*(m * 10.0**e for e in range(-9, 0) for m in (1, 2, 5)), 1.0)
INPUT_RANGES_V = (0.01, 0.03, 0.1, 0.3, 1.0)  # peak
TIME_CONSTANTS_S = tuple(m * 10.0**e for e in range(-6, 5) for m in (1, 3))


class SR860Section(LockInSection):
    """A `[resistance_meter]` on an SR860."""

    driver: Literal["SR860"]
    frequency_Hz: Annotated[float, Field(ge=1.0, le=500_000)] = 137.0
    time_constant_s: Annotated[float, Field(gt=0, le=TIME_CONSTANTS_S[-1])] = 0.03


class SR860ResistanceMeter(LockInResistanceMeter):
    """The ranges are those of the input and of the outputs; levels have three digits."""

    _name = "The resistance meter (SR860)"
    _smallest_V, _largest_V, _least_V = SMALLEST_V, LARGEST_V, LEAST_V
    _time_constants_s = TIME_CONSTANTS_S
    _snap = "SNAP? 0,1"
    _overloads = 0b111_0011  # of both outputs, the input, the synchronous filter

    def make_safe(self) -> None:
        super().make_safe()
        self._set("SOFF", 0)

    def _set_up(self) -> None:
        self._drive(0.0)
        section = self._section
        self._set("SOFF", 0)  # no DC level
        self._set("RSRC", 0)  # its own oscillator
        self._set("FREQ", section.frequency_Hz)
        self._set("HARM", 1)
        self._set("PHAS", 0)
        self._set("IVMD", 0)  # a voltage
        self._set("ISRC", 1 if section.four_wire else 0)
        self._set("ICPL", 0)  # AC
        self._set("OFLT", self._time_constant)
        self._set("OFSL", 1)  # 12 dB per octave
        self._set("ADVFILT", 0)
        self._set("SYNC", 0)

    def _drive(self, amplitude_V: float) -> None:
        level_V = max(SMALLEST_V, _rounded_down(amplitude_V / sqrt(2)))
        self._dialogue.send(f"SLVL {level_V:.{DIGITS}g}")
        self._dialogue.confirm_number("SLVL?", level_V, 1e-3 * level_V, "oscillator level in V")
        self._level_V = level_V

    def _set_range(self, largest_V: float) -> None:
        """Set both ranges, which are numbered from the largest."""
        for command, ranges, value in (
            ("IRNG", INPUT_RANGES_V, sqrt(2) * largest_V),
            ("SCAL", SENSITIVITIES_V, largest_V),
        ):
            self._set(command, len(ranges) - 1 - index(ranges, value))


def _rounded_down(level_V: float) -> float:
    if level_V <= 0:
        return 0.0
    step_V = 10.0 ** (floor(log10(level_V)) - DIGITS + 1)
    return step_V * floor(level_V / step_V + 1e-9)


def open_meter(section: SR860Section, bench: Connection) -> SR860ResistanceMeter:
    """Open the resistance meter of a bench file."""
    driver = bench.open(SR860, section.address)
    return SR860ResistanceMeter(driver, bench.clock, section, largest_V=bench.limits.read_voltage_V)


def safe_steps(_section: SR860Section, _limits: Limits) -> tuple[Step, ...]:
    """Return the messages that set the smallest level of the oscillator, without a DC level."""
    return (
        Send(f"SLVL {SMALLEST_V:g}"),
        Confirm(Query("SLVL?", f"{SMALLEST_V:g}")),
        Send("SOFF 0"),
        Confirm(Query("SOFF?", "0")),
    )
