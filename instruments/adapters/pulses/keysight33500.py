"""A channel of a Keysight 33500B or 33600A as a pulse generator: single pulses from 0 V.

The waveform is a pulse, output as a burst of one cycle at each bus trigger; between bursts the
output rests at the low level, or at the high one where the polarity is inverted. The other channel
is left as it was: if it waits for a bus trigger, too, it is triggered with this one. The range of
the levels is left on automatic: the instrument may switch its attenuator between two pulses.

PyMeasure's driver bounds edges as the 33500B does; the times are sent here, so that the faster
33600A decides for itself.
"""

import re
from collections.abc import Sequence
from typing import Any, Literal

from pymeasure.instruments.agilent import Agilent33500

from ...connection import Connection
from ...dialogue import Setting
from ...guard.plan import Confirm, Query, Send, Step
from ...limits import Limits
from ...roles import PulseShape
from ...sections import PulseGeneratorSection
from .triggered_pulses import LOAD_OHM, TIME_TOLERANCE, TriggeredPulseGenerator


class Keysight33500Section(PulseGeneratorSection):
    """A `[pulse_generator]` that is one channel of a 33500B or 33600A."""

    driver: Literal["Keysight33500"]
    channel: Literal[1, 2] = 1


class Keysight33500PulseGenerator(TriggeredPulseGenerator):
    """One channel of the 33500B or 33600A."""

    _name = "The pulse generator (33500)"
    _smallest_level_V, _largest_level_V = 0.01, 5.0  # into 50 Ω

    def __init__(self, driver: Any, channel: int, amplifier_gain: float) -> None:
        super().__init__(driver, channel, amplifier_gain)
        self._has_two_channels = False

    def _set_up_channel(self) -> None:
        channel, n = self._channel, self._number
        model = re.search(r"33[56]\d(\d)", self.identity)
        self._has_two_channels = model is not None and int(model[1]) % 2 == 0
        channel.shape = "PULS"
        channel.output_load = LOAD_OHM
        self._driver.write(f":OUTP{n}:MODE NORM")
        self._driver.write(f":SOUR{n}:VOLT:UNIT VPP")
        self._driver.write(f":SOUR{n}:VOLT:LIM:STAT 0")
        self._driver.write(f":SOUR{n}:VOLT:RANG:AUTO 1")
        if self._has_two_channels:
            self._driver.write(f":SOUR{n}:COMB:FEED NONE")
        channel.burst_mode = "TRIG"
        channel.burst_ncycles = 1
        self._driver.write(f":SOUR{n}:BURS:PHAS 0")
        self._driver.write(f":TRIG{n}:SOUR BUS")
        self._driver.write(f":TRIG{n}:DEL 0")
        channel.burst_state = True  # which ends modulations and sweeps
        self._driver.clear()  # of what it had to adjust in the settings that it was left with

    def _set_timing(self, shape: PulseShape) -> None:
        pulse = f":SOUR{self._number}:FUNC:PULS"
        for message in (
            "HOLD WIDT",
            "TRAN:BOTH MIN",
            "WIDT MIN",
            f"PER {max(1e-6, 4 * shape.width_s):e}",
            f"WIDT {shape.width_s:e}",
            f"TRAN:LEAD {shape.rise_s:e}",
            f"TRAN:TRA {shape.fall_s:e}",
        ):
            self._driver.write(f"{pulse}:{message}")

    def _timing(self, shape: PulseShape) -> Sequence[Setting]:
        n = self._number
        combined = Setting("combined channel", f":SOUR{n}:COMB:FEED?", "NONE")
        return (
            Setting("load in Ω", f":OUTP{n}:LOAD?", LOAD_OHM, TIME_TOLERANCE * LOAD_OHM),
            Setting("unit", f":SOUR{n}:VOLT:UNIT?", "VPP"),
            self._time("width", "WIDT", shape.width_s),
            self._time("rise", "TRAN:LEAD", shape.rise_s),
            self._time("fall", "TRAN:TRA", shape.fall_s),
            *([combined] if self._has_two_channels else []),
        )

    def _time(self, name: str, header: str, time_s: float) -> Setting:
        query = f":SOUR{self._number}:FUNC:PULS:{header}?"
        return Setting(f"{name} in s", query, time_s, TIME_TOLERANCE * time_s)

    def _trigger_settings(self) -> Sequence[Setting]:
        n = self._number
        return (
            Setting("shape", f":SOUR{n}:FUNC?", "PULS"),
            Setting("burst", f":SOUR{n}:BURS:STAT?", "1"),
            Setting("burst mode", f":SOUR{n}:BURS:MODE?", "TRIG"),
            Setting("pulses for a trigger", f":SOUR{n}:BURS:NCYC?", 1),
            Setting("trigger source", f":TRIG{n}:SOUR?", "BUS"),
        )

    def _level_query(self, level: str) -> str:
        return f":SOUR{self._number}:VOLT:{level}?"


def open_generator(section: Keysight33500Section, bench: Connection) -> Keysight33500PulseGenerator:
    """Open the pulse generator of a bench file."""
    driver = bench.open(Agilent33500, section.address)
    return Keysight33500PulseGenerator(driver, section.channel, section.amplifier_gain)


def safe_steps(section: Keysight33500Section, _limits: Limits) -> tuple[Step, ...]:
    """Return the messages that switch the channel off."""
    output = f":OUTP{section.channel}"
    return Send(f"{output} OFF"), Confirm(Query(f"{output}?", "0"))
