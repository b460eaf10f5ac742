"""The Keysight (Agilent) 33250A as a pulse generator: single pulses from 0 V at a bus trigger.

It has one channel, whose commands take no number, and one time for both edges of a pulse. As on
the 33500, a burst of one pulse rests at its low level, or at the high one where the polarity is
inverted.

PyMeasure's driver empties the error queue after each setting and logs what was in it; the messages
are sent here, so that an error ends the arming.
"""

from collections.abc import Sequence
from typing import Any, Literal

from pymeasure.instruments.keysight import Keysight33250A

from ...connection import Connection
from ...dialogue import Setting
from ...errors import LimitError
from ...guard.plan import Confirm, Query, Send, Step
from ...limits import Limits
from ...roles import PulseShape
from ...sections import PulseGeneratorSection
from .triggered_pulses import LOAD_OHM, TIME_TOLERANCE, TriggeredPulseGenerator

HEADERS = {
    "amplitude": "VOLT",
    "offset": "VOLT:OFFS",
    "voltage_high": "VOLT:HIGH",
    "voltage_low": "VOLT:LOW",
}


class Keysight33250ASection(PulseGeneratorSection):
    """A `[pulse_generator]` that is a 33250A."""

    driver: Literal["Keysight33250A"]


class Keysight33250APulseGenerator(TriggeredPulseGenerator):
    """The output of a 33250A."""

    _name = "The pulse generator (33250A)"
    _smallest_level_V, _largest_level_V = 0.01, 5.0  # into 50 Ω

    def __init__(self, driver: Any, amplifier_gain: float) -> None:
        super().__init__(driver, None, amplifier_gain)

    def arm(self, shape: PulseShape) -> None:
        if abs(shape.rise_s - shape.fall_s) > TIME_TOLERANCE * shape.rise_s:
            raise LimitError(
                f"{self._name} has one time for both edges of a pulse, not a rise of "
                f"{shape.rise_s:g} s and a fall of {shape.fall_s:g} s; set them equal."
            )
        super().arm(shape)

    def _set(self, quantity: str, value: float) -> None:
        if quantity == "output":
            self._driver.write(f"OUTP {int(value)}")
            return
        if abs(value) > self._largest_level_V:
            raise LimitError(f"{self._name} has levels up to 5 V into 50 Ω, not {value:g} V.")
        self._driver.write(f"{HEADERS[quantity]} {value:f}")

    def _set_up_channel(self) -> None:
        for message in (
            "FUNC PULS",
            f"OUTP:LOAD {LOAD_OHM:g}",
            "VOLT:UNIT VPP",
            "VOLT:RANG:AUTO 1",
            "BURS:MODE TRIG",
            "BURS:NCYC 1",
            "TRIG:SOUR BUS",
            "TRIG:DEL 0",
            "BURS:STAT 1",  # which ends modulations and sweeps
            "*CLS",  # of what it had to adjust in the settings that it was left with
        ):
            self._driver.write(message)

    def _set_timing(self, shape: PulseShape) -> None:
        for message in (
            "TRAN MIN",
            "WIDT MIN",
            f"PER {max(1e-6, 4 * shape.width_s):e}",
            f"WIDT {shape.width_s:e}",
            f"TRAN {shape.rise_s:e}",
        ):
            self._driver.write(f"PULS:{message}")

    def _timing(self, shape: PulseShape) -> Sequence[Setting]:
        return (
            Setting("load in Ω", ":OUTP:LOAD?", LOAD_OHM, TIME_TOLERANCE * LOAD_OHM),
            Setting("unit", ":VOLT:UNIT?", "VPP"),
            Setting("width in s", ":PULS:WIDT?", shape.width_s, TIME_TOLERANCE * shape.width_s),
            Setting("edges in s", ":PULS:TRAN?", shape.rise_s, TIME_TOLERANCE * shape.rise_s),
        )

    def _trigger_settings(self) -> Sequence[Setting]:
        return (
            Setting("shape", ":FUNC?", "PULS"),
            Setting("burst", ":BURS:STAT?", "1"),
            Setting("burst mode", ":BURS:MODE?", "TRIG"),
            Setting("pulses for a trigger", ":BURS:NCYC?", 1),
            Setting("trigger source", ":TRIG:SOUR?", "BUS"),
        )

    def _level_query(self, level: str) -> str:
        return f":VOLT:{level}?"


def open_generator(
    section: Keysight33250ASection, bench: Connection
) -> Keysight33250APulseGenerator:
    """Open the pulse generator of a bench file."""
    driver = bench.open(Keysight33250A, section.address)
    return Keysight33250APulseGenerator(driver, section.amplifier_gain)


def safe_steps(_section: Keysight33250ASection, _limits: Limits) -> tuple[Step, ...]:
    """Return the messages that switch the output off."""
    return Send("OUTP OFF"), Confirm(Query("OUTP?", "0"))
