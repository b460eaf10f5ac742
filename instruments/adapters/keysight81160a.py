"""The Keysight 81160A as a pulse generator: single pulses of either sign from a 0 V baseline.

A pulse of either sign idles at 0 V: positive pulses are NORMal polarity between LOW = 0 and
HIGH = +V; negative ones INVerted polarity between LOW = −V and HIGH = 0, because the inverted
output idles at HIGH. LOW = −V with normal polarity would leave −V on the device between pulses.
The polarity changes only while the output is off.
"""

from typing import Literal

from pymeasure.instruments.keysight import Keysight81160A
from pymeasure.instruments.keysight.keysight81160A import AMPLITUDE_RANGE, PULSE_TRANSITION_RANGE

from ..connection import Connection
from ..errors import BenchError
from ..faults import raise_queued_errors, translate_errors
from ..roles import PulseShape
from ..sections import PulseGeneratorSection

NAME = "The pulse generator (81160A)"
SMALLEST_LEVEL_V, LARGEST_LEVEL_V = AMPLITUDE_RANGE
SHORTEST_EDGE_S = PULSE_TRANSITION_RANGE[0]


class Keysight81160ASection(PulseGeneratorSection):
    """A `[pulse_generator]` that is one channel of a Keysight 81160A."""

    driver: Literal["Keysight81160A"]
    channel: Literal[1, 2] = 1


class Keysight81160APulseGenerator:
    """Drives one channel, through an amplifier of `amplifier_gain`, into the track.

    The generator's load setting is 50 Ω, the amplifier's input; `amplifier_gain` is the voltage at
    the device divided by the voltage the generator displays.
    """

    def __init__(self, driver: Keysight81160A, channel: int, amplifier_gain: float) -> None:
        self._driver = driver
        self._channel = getattr(driver, f"ch_{channel}")
        self._number = channel
        self._gain = amplifier_gain
        self._armed_polarity: int | None = None

    @property
    def identity(self) -> str:
        with translate_errors(NAME):
            return str(self._driver.id)

    @property
    def minimum_amplitude_V(self) -> float:
        return float(SMALLEST_LEVEL_V * self._gain)

    @property
    def maximum_amplitude_V(self) -> float:
        return float(LARGEST_LEVEL_V * self._gain)

    def arm(self, shape: PulseShape) -> None:
        with translate_errors(NAME):
            self._armed_polarity = None
            self._driver.reset()  # output off, no state left from a previous session
            self._driver.clear()
            self._channel.shape = "PULS"
            self._channel.output_load = 50
            self._channel.trigger_mode = "MAN"
            self._channel.trigger_count = 1
            self._channel.pulse_period = max(1e-6, 4 * shape.width_s)
            self._channel.pulse_transition = SHORTEST_EDGE_S  # so that any width is allowed
            self._channel.pulse_width = shape.width_s
            self._channel.pulse_transition = shape.rise_s
            self._driver.write(f":FUNC{self._number}:PULS:TRAN:TRA {shape.fall_s:e}")
        self._idle_at_zero(+1)

    def fire(self, amplitude_V: float) -> None:
        if self._armed_polarity is None:
            raise BenchError(f"{NAME} is not armed; arm it before firing.")
        level_V = amplitude_V / self._gain
        polarity = 1 if level_V > 0 else -1
        if polarity != self._armed_polarity:
            self._idle_at_zero(polarity)
        with translate_errors(NAME):
            if polarity > 0:
                self._channel.voltage_high = level_V
            else:
                self._channel.voltage_low = level_V
        self.check()  # a refused level must not fire the one before
        with translate_errors(NAME):
            self._driver.trigger()
        self.check()

    def check(self) -> None:
        raise_queued_errors(NAME, self._driver.ask)

    def make_safe(self) -> None:
        self._armed_polarity = None
        with translate_errors(NAME):
            self._driver.adapter.flush_read_buffer()
            self._channel.output = False

    def _idle_at_zero(self, polarity: int) -> None:
        """Idle at 0 V in the wanted polarity, with the smallest pulse set, and switch on."""
        self._armed_polarity = None
        with translate_errors(NAME):
            self._channel.output = False
            self._channel.amplitude = SMALLEST_LEVEL_V
            self._channel.offset = polarity * SMALLEST_LEVEL_V / 2
            self._driver.write(f":OUTP{self._number}:POL {'NORM' if polarity > 0 else 'INV'}")
        self.check()
        with translate_errors(NAME):
            self._channel.output = True
        self._armed_polarity = polarity


def open_generator(
    section: Keysight81160ASection, bench: Connection
) -> Keysight81160APulseGenerator:
    """Open the pulse generator of a bench file."""
    driver = bench.open(Keysight81160A, section.address)
    return Keysight81160APulseGenerator(driver, section.channel, section.amplifier_gain)
