"""The Keysight 81160A as a pulse generator: single pulses of either sign from a 0 V baseline.

The other channel is left as it was.
"""

from collections.abc import Sequence
from typing import Any, Literal

from pymeasure.instruments.keysight import Keysight81160A
from pymeasure.instruments.keysight.keysight81160A import (
    AMPLITUDE_RANGE,
    PULSE_TRANSITION_RANGE,
    PULSE_WIDTH_RANGE,
)

from ...connection import Connection
from ...dialogue import Setting
from ...guard.plan import Confirm, Query, Send, Step
from ...limits import Limits
from ...roles import PulseShape
from ...sections import PulseGeneratorSection
from .triggered_pulses import LOAD_OHM, TIME_TOLERANCE, TriggeredPulseGenerator

SHORTEST_EDGE_S = PULSE_TRANSITION_RANGE[0]
SHORTEST_WIDTH_S = PULSE_WIDTH_RANGE[0]
ONE_CHANNEL = "001"  # the option of an instrument without a second one, which knows no coupling


class Keysight81160ASection(PulseGeneratorSection):
    """A `[pulse_generator]` that is one channel of a Keysight 81160A."""

    driver: Literal["Keysight81160A"]
    channel: Literal[1, 2] = 1


class Keysight81160APulseGenerator(TriggeredPulseGenerator):
    """One channel of the 81160A."""

    _name = "The pulse generator (81160A)"
    _smallest_level_V, _largest_level_V = AMPLITUDE_RANGE

    def _set_up_channel(self) -> None:
        number = self._number
        self._driver.clear()
        if ONE_CHANNEL not in self._dialogue.ask("*OPT?"):
            self._driver.write(f":TRAC:CHAN{number} 0")
        self._channel.shape = "PULS"
        for modulation in ("AM", "FM", "PM", "FSK", "PWM", "SWE"):
            self._driver.write(f":{modulation}{number}:STAT 0")
        self._channel.output_load = LOAD_OHM
        self._channel.limit_state_enabled = False
        self._channel.trigger_mode = "MAN"
        self._channel.trigger_count = 1

    def _set_timing(self, shape: PulseShape) -> None:
        self._channel.pulse_hold = "WIDT"
        self._driver.write(f":PULS:DEL{self._number} 0")
        self._set_shortest()
        self._channel.pulse_period = max(1e-6, 4 * shape.width_s)
        self._channel.pulse_width = shape.width_s
        self._channel.pulse_transition = shape.rise_s
        self._driver.write(f":FUNC{self._number}:PULS:TRAN:TRA {shape.fall_s:e}")

    def _set_shortest(self) -> None:
        self._channel.pulse_transition = SHORTEST_EDGE_S
        self._channel.pulse_width = SHORTEST_WIDTH_S

    def _timing(self, shape: PulseShape) -> Sequence[Setting]:
        n, edge_query = self._number, f":FUNC{self._number}:PULS:TRAN"
        return (
            Setting("shape", f":FUNC{n}?", "PULS"),
            Setting("trigger source", f":ARM:SOUR{n}?", "MAN"),
            Setting("load in Ω", f":OUTP{n}:LOAD?", LOAD_OHM, TIME_TOLERANCE * LOAD_OHM),
            Setting("width in s", f":PULS:WIDT{n}?", shape.width_s, TIME_TOLERANCE * shape.width_s),
            Setting("rise in s", f"{edge_query}?", shape.rise_s, TIME_TOLERANCE * shape.rise_s),
            Setting("fall in s", f"{edge_query}:TRA?", shape.fall_s, TIME_TOLERANCE * shape.fall_s),
        )

    def _trigger_settings(self) -> Sequence[Setting]:
        return (Setting("pulses for a trigger", f":TRIG{self._number}:COUN?", 1),)

    def _level_query(self, level: str) -> str:
        return f":VOLT{self._number}:{level}?"


def open_generator(
    section: Keysight81160ASection, bench: Connection
) -> Keysight81160APulseGenerator:
    """Open the pulse generator of a bench file."""
    driver = bench.open(Keysight81160A, section.address)
    return Keysight81160APulseGenerator(driver, section.channel, section.amplifier_gain)


def safe_steps(section: Any, _limits: Limits) -> tuple[Step, ...]:
    """Return the messages that switch the channel off."""
    output = f":OUTP{section.channel}"
    return Send(f"{output} OFF"), Confirm(Query(f"{output}?", "0"))
