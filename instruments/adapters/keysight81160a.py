"""The Keysight 81160A as a pulse generator: single pulses of either sign from a 0 V baseline.

A pulse of either sign idles at 0 V: positive pulses are NORMal polarity between LOW = 0 and
HIGH = +V; negative ones INVerted polarity between LOW = −V and HIGH = 0, because the inverted
output idles at HIGH. LOW = −V with normal polarity would leave −V on the device between pulses.
The polarity changes only while the output is off.

Before each pulse the output, the polarity, both levels and the trigger count are read back; the
trigger itself is part of a query, so that one that got lost is noticed by the missing reply. Only
this channel is set up; the other one is left as it was. Armed again for pulses of the same shape,
it is not set up anew: its timing is read back.
"""

from typing import Literal

from pymeasure.instruments.keysight import Keysight81160A
from pymeasure.instruments.keysight.keysight81160A import (
    AMPLITUDE_RANGE,
    PULSE_TRANSITION_RANGE,
    PULSE_WIDTH_RANGE,
)

from ..connection import Connection
from ..dialogue import Dialogue, Setting
from ..errors import BenchError, ExchangeError
from ..faults import error_text, no_error, shown, translate_errors
from ..guard.plan import Confirm, Query, Send, Step
from ..limits import Limits
from ..roles import PulseShape
from ..sections import PulseGeneratorSection

NAME = "The pulse generator (81160A)"
SMALLEST_LEVEL_V, LARGEST_LEVEL_V = AMPLITUDE_RANGE
SHORTEST_EDGE_S = PULSE_TRANSITION_RANGE[0]
SHORTEST_WIDTH_S = PULSE_WIDTH_RANGE[0]
LOAD_OHM = 50.0
LEVEL_TOLERANCE_V = 1e-3  # the generator rounds levels to its resolution
TIME_TOLERANCE = 0.01


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
        self._dialogue = Dialogue(NAME, driver)
        self._channel = getattr(driver, f"ch_{channel}")
        self._number = channel
        self._gain = amplifier_gain
        self._armed_polarity: int | None = None
        self._set_up_for: PulseShape | None = None
        self._trigger_query = f"*TRG;*WAI;:OUTP{channel}?;:SYST:ERR?"

    @property
    def identity(self) -> str:
        return self._dialogue.ask("*IDN?")

    @property
    def minimum_amplitude_V(self) -> float:
        return float(SMALLEST_LEVEL_V * self._gain)

    @property
    def maximum_amplitude_V(self) -> float:
        return float(LARGEST_LEVEL_V * self._gain)

    def arm(self, shape: PulseShape) -> None:
        self._armed_polarity = None
        self._switch_off()
        before, self._set_up_for = self._set_up_for, None
        if shape != before:  # behind a switch it is armed for every device
            with translate_errors(NAME):
                self._driver.clear()
            self._set_up_channel()
            self._set_timing(shape)
        self._dialogue.confirm(self._timing(shape))
        self._set_up_for = shape
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
        self._dialogue.confirm(
            self._next_pulse(level_V)
        )  # a refused level must not fire the one before
        self._trigger()

    def check(self) -> None:
        self._dialogue.check_errors()

    def make_safe(self) -> None:
        self._armed_polarity = None
        self._dialogue.resync()
        self._switch_off()

    def _set_up_channel(self) -> None:
        """Undo what an earlier session may have left on this channel."""
        number = self._number
        with translate_errors(NAME):
            self._driver.write(f":TRAC:CHAN{number} 0")
            self._channel.shape = "PULS"
            for modulation in ("AM", "FM", "PM", "FSK", "PWM", "SWE"):
                self._driver.write(f":{modulation}{number}:STAT 0")
            self._channel.output_load = LOAD_OHM
            self._channel.limit_state_enabled = False
            self._channel.trigger_mode = "MAN"
            self._channel.trigger_count = 1

    def _set_timing(self, shape: PulseShape) -> None:
        """Set the timing in an order that is free of conflicts whatever was set before."""
        with translate_errors(NAME):
            self._channel.pulse_hold = "WIDT"
            self._driver.write(f":PULS:DEL{self._number} 0")
            self._channel.pulse_transition = SHORTEST_EDGE_S
            self._channel.pulse_width = SHORTEST_WIDTH_S
            self._channel.pulse_period = max(1e-6, 4 * shape.width_s)
            self._channel.pulse_width = shape.width_s
            self._channel.pulse_transition = shape.rise_s
            self._driver.write(f":FUNC{self._number}:PULS:TRAN:TRA {shape.fall_s:e}")

    def _timing(self, shape: PulseShape) -> list[Setting]:
        n, edge_query = self._number, f":FUNC{self._number}:PULS:TRAN"
        return [
            Setting("shape", f":FUNC{n}?", "PULS"),
            Setting("trigger source", f":ARM:SOUR{n}?", "MAN"),
            Setting("load in Ω", f":OUTP{n}:LOAD?", LOAD_OHM, TIME_TOLERANCE * LOAD_OHM),
            Setting("width in s", f":PULS:WIDT{n}?", shape.width_s, TIME_TOLERANCE * shape.width_s),
            Setting("rise in s", f"{edge_query}?", shape.rise_s, TIME_TOLERANCE * shape.rise_s),
            Setting("fall in s", f"{edge_query}:TRA?", shape.fall_s, TIME_TOLERANCE * shape.fall_s),
        ]

    def _idle_at_zero(self, polarity: int) -> None:
        """Idle at 0 V in the wanted polarity, with the smallest pulse set, and switch on."""
        self._armed_polarity = None
        self._switch_off()
        with translate_errors(NAME):
            self._channel.amplitude = SMALLEST_LEVEL_V
            self._channel.offset = polarity * SMALLEST_LEVEL_V / 2
            self._driver.write(f":OUTP{self._number}:POL {'NORM' if polarity > 0 else 'INV'}")
        self._dialogue.confirm(self._next_pulse(polarity * SMALLEST_LEVEL_V, on=False))
        with translate_errors(NAME):
            self._channel.output = True
        self._dialogue.confirm(self._next_pulse(polarity * SMALLEST_LEVEL_V))
        self._armed_polarity = polarity

    def _next_pulse(self, level_V: float, *, on: bool = True) -> list[Setting]:
        """Everything that decides what a trigger does: one pulse to a level, from and to 0 V."""
        n = self._number
        high_V, low_V = (level_V, 0.0) if level_V > 0 else (0.0, level_V)
        return [
            Setting("output", f":OUTP{n}?", "1" if on else "0"),
            Setting("polarity", f":OUTP{n}:POL?", "NORM" if level_V > 0 else "INV"),
            Setting("high level in V", f":VOLT{n}:HIGH?", high_V, LEVEL_TOLERANCE_V),
            Setting("low level in V", f":VOLT{n}:LOW?", low_V, LEVEL_TOLERANCE_V),
            Setting("pulses for a trigger", f":TRIG{n}:COUN?", 1),
        ]

    def _trigger(self) -> None:
        """Fire once; never repeated, since nobody can know whether a lost reply meant a pulse."""
        try:
            reply = self._dialogue.ask(self._trigger_query)
        except ExchangeError as error:
            raise ExchangeError(f"{error} Whether the pulse was fired is not known.") from error
        output, _, error_reply = reply.partition(";")
        if not no_error(error_reply):
            raise BenchError(f"{NAME} reports an error at the pulse: {error_text(error_reply)}.")
        if output != "1":
            raise BenchError(
                f"{NAME} switched its output off at the pulse (it replied {shown(output)})."
            )

    def _switch_off(self) -> None:
        def off() -> None:
            self._channel.output = False

        self._dialogue.confirm_off(off, f":OUTP{self._number}?")


def open_generator(
    section: Keysight81160ASection, bench: Connection
) -> Keysight81160APulseGenerator:
    """Open the pulse generator of a bench file."""
    driver = bench.open(Keysight81160A, section.address)
    return Keysight81160APulseGenerator(driver, section.channel, section.amplifier_gain)


def safe_steps(section: Keysight81160ASection, _limits: Limits) -> tuple[Step, ...]:
    """Return the messages that switch the channel off."""
    output = f":OUTP{section.channel}"
    return Send(f"{output} OFF"), Confirm(Query(f"{output}?", "0"))
