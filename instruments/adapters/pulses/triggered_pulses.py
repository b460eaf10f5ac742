"""Generators that fire one pulse of either sign from a 0 V baseline at a bus trigger.

A pulse of either sign idles at 0 V: positive pulses are NORMal polarity between LOW = 0 and
HIGH = +V; negative ones INVerted polarity between LOW = −V and HIGH = 0, because the inverted
output idles at HIGH. LOW = −V with normal polarity would leave −V on the device between pulses.
The polarity changes only while the output is off.

Before each pulse everything that decides what a trigger does is read back; the trigger itself is
part of a query, so that one that got lost is noticed by the missing reply. Only one channel is set
up. Armed again for pulses of the same shape, it is not set up anew: its timing is read back.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, ClassVar

from ...dialogue import Dialogue, Setting
from ...errors import BenchError, ExchangeError
from ...faults import error_text, no_error, shown, translate_errors
from ...roles import PulseShape

LOAD_OHM = 50.0
LEVEL_TOLERANCE_V = 1e-3  # a generator rounds levels to its resolution
TIME_TOLERANCE = 0.01


class TriggeredPulseGenerator(ABC):
    """Drives one channel, through an amplifier of `amplifier_gain`, into the track.

    The generator's load setting is 50 Ω, the amplifier's input; `amplifier_gain` is the voltage at
    the device divided by the voltage the generator displays. `driver` is PyMeasure's, with the
    channels `ch_1`, `ch_2`; an instrument with one output has None, and no number in its commands.
    """

    _name: ClassVar[str]
    _smallest_level_V: ClassVar[float]
    _largest_level_V: ClassVar[float]

    def __init__(self, driver: Any, channel: int | None, amplifier_gain: float) -> None:
        self._driver = driver
        self._dialogue = Dialogue(self._name, driver)
        self._channel = driver if channel is None else getattr(driver, f"ch_{channel}")
        self._number = "" if channel is None else str(channel)
        self._gain = amplifier_gain
        self._armed_polarity: int | None = None
        self._set_up_for: PulseShape | None = None
        self._trigger_query = f"*TRG;*WAI;:OUTP{self._number}?;:SYST:ERR?"

    @property
    def identity(self) -> str:
        return self._dialogue.ask("*IDN?")

    @property
    def minimum_amplitude_V(self) -> float:
        return float(self._smallest_level_V * self._gain)

    @property
    def maximum_amplitude_V(self) -> float:
        return float(self._largest_level_V * self._gain)

    def arm(self, shape: PulseShape) -> None:
        self._armed_polarity = None
        self._switch_off()
        before, self._set_up_for = self._set_up_for, None
        if shape != before:  # behind a switch it is armed for every device
            with translate_errors(self._name):
                self._set_up_channel()
                self._set_timing(shape)
        self._dialogue.confirm(self._timing(shape))
        self._set_up_for = shape
        self._idle_at_zero(+1)

    def fire(self, amplitude_V: float) -> None:
        if self._armed_polarity is None:
            raise BenchError(f"{self._name} is not armed; arm it before firing.")
        level_V = amplitude_V / self._gain
        polarity = 1 if level_V > 0 else -1
        if polarity != self._armed_polarity:
            self._idle_at_zero(polarity)
        with translate_errors(self._name):
            self._set("voltage_high" if polarity > 0 else "voltage_low", level_V)
        # A refused level must not fire the one before.
        self._dialogue.confirm(self._next_pulse(level_V))
        self._trigger()

    def check(self) -> None:
        self._dialogue.check_errors()

    def make_safe(self) -> None:
        self._armed_polarity = None
        self._dialogue.resync()
        self._switch_off()

    def _set(self, quantity: str, value: float) -> None:
        """Set amplitude, offset, voltage_high or voltage_low in V, or switch the output."""
        setattr(self._channel, quantity, value)

    @abstractmethod
    def _set_up_channel(self) -> None:
        """Undo what an earlier session may have left on this channel."""

    @abstractmethod
    def _set_timing(self, shape: PulseShape) -> None:
        """Set the timing in an order that is free of conflicts whatever was set before."""

    @abstractmethod
    def _timing(self, shape: PulseShape) -> Sequence[Setting]:
        """Return what is the same for all pulses of a shape, to be read back."""

    @abstractmethod
    def _trigger_settings(self) -> Sequence[Setting]:
        """Return what makes a trigger fire one pulse, to be read back before each."""

    def _idle_at_zero(self, polarity: int) -> None:
        """Idle at 0 V in the wanted polarity, with the smallest pulse set, and switch on."""
        self._armed_polarity = None
        self._switch_off()
        smallest_V = self._smallest_level_V
        with translate_errors(self._name):
            self._set("amplitude", smallest_V)
            self._set("offset", polarity * smallest_V / 2)
            self._driver.write(f":OUTP{self._number}:POL {'NORM' if polarity > 0 else 'INV'}")
        self._dialogue.confirm(self._next_pulse(polarity * smallest_V, on=False))
        with translate_errors(self._name):
            self._set("output", True)
        self._dialogue.confirm(self._next_pulse(polarity * smallest_V))
        self._armed_polarity = polarity

    def _next_pulse(self, level_V: float, *, on: bool = True) -> list[Setting]:
        """Everything that decides what a trigger does: one pulse to a level, from and to 0 V."""
        n = self._number
        high_V, low_V = (level_V, 0.0) if level_V > 0 else (0.0, level_V)
        return [
            Setting("output", f":OUTP{n}?", "1" if on else "0"),
            Setting("polarity", f":OUTP{n}:POL?", "NORM" if level_V > 0 else "INV"),
            Setting("high level in V", self._level_query("HIGH"), high_V, LEVEL_TOLERANCE_V),
            Setting("low level in V", self._level_query("LOW"), low_V, LEVEL_TOLERANCE_V),
            *self._trigger_settings(),
        ]

    @abstractmethod
    def _level_query(self, level: str) -> str:
        """Return the query of the level HIGH or LOW."""

    def _trigger(self) -> None:
        """Fire once; never repeated, since nobody can know whether a lost reply meant a pulse."""
        try:
            reply = self._dialogue.ask(self._trigger_query)
        except ExchangeError as error:
            raise ExchangeError(f"{error} Whether the pulse was fired is not known.") from error
        output, _, error_reply = reply.partition(";")
        if not no_error(error_reply):
            raise BenchError(
                f"{self._name} reports an error at the pulse: {error_text(error_reply)}."
            )
        if output != "1":
            raise BenchError(
                f"{self._name} switched its output off at the pulse (it replied {shown(output)})."
            )

    def _switch_off(self) -> None:
        query = f":OUTP{self._number}?"
        self._dialogue.confirm_off(lambda: self._set("output", False), query)
