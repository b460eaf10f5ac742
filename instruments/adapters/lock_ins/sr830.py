"""The Stanford Research SR830 as a resistance meter; its smallest level is 4 mV rms."""

from math import sqrt
from typing import Annotated, Any, Literal

from pydantic import Field
from pymeasure.instruments.srs import SR830

from ...connection import Connection
from ...guard.plan import Confirm, Query, Send, Step
from ...limits import Limits
from .lock_in import LockInResistanceMeter, LockInSection, index

SMALLEST_V, LARGEST_V, STEP_V = 0.004, 5.0, 0.002  # rms, of the sine output
SENSITIVITIES_V = tuple(m * 10.0**e for e in range(-9, 0) for m in (2, 5, 10))
TIME_CONSTANTS_S = tuple(m * 10.0**e for e in range(-5, 4) for m in (1, 3))


class SR830Section(LockInSection):
    """A `[resistance_meter]` on an SR830."""

    driver: Literal["SR830"]
    frequency_Hz: Annotated[float, Field(ge=1.0, le=102_000)] = 137.0
    time_constant_s: Annotated[float, Field(gt=0, le=TIME_CONSTANTS_S[-1])] = 0.03


class SR830ResistanceMeter(LockInResistanceMeter):
    """The range is the sensitivity; the levels have steps of 2 mV."""

    _name = "The resistance meter (SR830)"
    _smallest_V, _largest_V, _least_V = SMALLEST_V, LARGEST_V, SMALLEST_V + STEP_V
    _time_constants_s = TIME_CONSTANTS_S
    _snap = "SNAP? 1,2"
    _overloads = 0b1111  # input, filter, output, reference

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
        level_V = max(SMALLEST_V, STEP_V * int(amplitude_V / sqrt(2) / STEP_V + 1e-9))
        self._dialogue.send(f"SLVL {level_V:.3f}")
        self._dialogue.confirm_number("SLVL?", level_V, STEP_V / 2, "oscillator level in V")
        self._level_V = level_V

    def _set_range(self, largest_V: float) -> None:
        self._set("SENS", index(SENSITIVITIES_V, largest_V))


def open_meter(section: SR830Section, bench: Connection) -> SR830ResistanceMeter:
    """Open the resistance meter of a bench file."""
    driver: Any = bench.open(SR830, section.address)
    if section.address.upper().startswith("GPIB"):
        driver.write("OUTX 1")  # where it replies
    return SR830ResistanceMeter(driver, bench.clock, section, largest_V=bench.limits.read_voltage_V)


def safe_steps(_section: SR830Section, _limits: Limits) -> tuple[Step, ...]:
    """Return the message that sets the smallest level of the oscillator."""
    return Send(f"SLVL {SMALLEST_V:.3f}"), Confirm(Query("SLVL?", f"{SMALLEST_V:.3f}"))
