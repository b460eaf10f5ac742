"""Danfysik System 8500 supply of the electromagnet, rated for 160 A: what PyMeasure's driver sends.

Set points are parts per million of the rated current, of either sign; the polarity of the output is
that of the set point. Switching on takes two seconds, a change of polarity half a second, both
assumed; meanwhile the supply is not ready and its current is zero, until the first message that
finds it ready. With the main power off the coil's current is brought back to zero. Regulation is
ideal within 60 V; interlocks, error messages, slew rates and ramp profiles are not simulated.
"""

from ...circuit.circuit import Circuit
from ...errors import ScpiError
from ...scpi.commands import Command, event
from ...scpi.instrument import Model
from ...scpi.parser import CommandSet
from ...scpi.values import Integer

RATED_A, COMPLIANCE_V, A_PER_COUNT = 160.0, 60.0, 0.01
FULL_SCALE = 999_999
SWITCH_ON_S, POLARITY_S = 2.0, 0.5
OFF, NORMAL, REVERSED, NOT_READY = 1 << 23, 1 << 22, 1 << 21, 1 << 1


class Danfysik8500:
    """A current source across the coil, with a main power switch and a polarity."""

    def __init__(self, circuit: Circuit) -> None:
        self._circuit = circuit
        self.on = False
        self.ppm = 0
        self.reversed = False
        self._ready_s = 0.0

    def convert(self, channel: int, ppm: int | None = None) -> str | None:
        """Set the set point, or return it without a value."""
        if channel != 0:
            raise ScpiError(-224, "Illegal parameter value", str(channel))
        if ppm is None:
            return f"0 {self.ppm}"
        self._circuit.largest.see("supply_current_set_A", ppm * 1e-6 * RATED_A)
        self.settle()
        self.ppm = ppm
        if ppm and (ppm < 0) is not self.reversed:
            self.reversed = ppm < 0
            self._not_ready_for(POLARITY_S)
        self._feed()
        return None

    def switch_on(self) -> None:
        """Switch the main power on."""
        self.on = True
        self._not_ready_for(SWITCH_ON_S)
        self._feed()

    def switch_off(self) -> None:
        """Switch the main power off."""
        self.on = False
        self._feed()

    def measured(self, channel: int) -> str | None:
        """Return the magnitude of the output current in counts."""
        if channel != 8:
            raise ScpiError(-224, "Illegal parameter value", str(channel))
        self.settle()
        current_A = self._circuit.magnet.current_A(self._circuit.clock.now_s())
        return f"{round(abs(current_A) / A_PER_COUNT)}"

    def status(self) -> str:
        """Return the status word."""
        self.settle()
        word = REVERSED if self.reversed else NORMAL
        word |= 0 if self.on else OFF
        return f"{word | (NOT_READY if self._is_waiting() else 0):06X}"

    def settle(self) -> None:
        """Feed the coil once the supply has become ready."""
        if self._ready_s and not self._is_waiting():
            self._ready_s = 0.0
            self._feed()

    def _is_waiting(self) -> bool:
        return self._circuit.clock.now_s() < self._ready_s

    def _not_ready_for(self, duration_s: float) -> None:
        self._ready_s = max(self._ready_s, self._circuit.clock.now_s() + duration_s)

    def _feed(self) -> None:
        delivers = self.on and not self._is_waiting()
        self._circuit.feed_magnet(
            current_A=self.ppm * 1e-6 * RATED_A if delivers else 0.0,
            voltage_V=COMPLIANCE_V,
            regulates_current=True,
        )


def _ignore(_supply: Danfysik8500) -> None:
    """Take a mode of the line that changes nothing here."""


_CHANNEL = Integer(0, 9)

COMMANDS = CommandSet(
    (
        Command(
            "DA",
            execute=Danfysik8500.convert,
            command_parameters=(_CHANNEL, Integer(-FULL_SCALE, FULL_SCALE)),
            command_optional=1,
        ),
        Command("AD", execute=Danfysik8500.measured, command_parameters=(_CHANNEL,)),
        Command("PO", execute=lambda supply: "-" if supply.reversed else "+"),
        Command("S1H", execute=Danfysik8500.status),
        Command("PRINT", execute=lambda _: "SYSTEM 8500 160A"),
        event("N", Danfysik8500.switch_on),
        event("F", Danfysik8500.switch_off),
        *(event(mode, _ignore) for mode in ("ERRT", "UNLOCK", "REM", "LOC")),
    )
)

MODEL = Model(
    name="Danfysik 8500",
    identity="",
    commands=COMMANDS,
    build=Danfysik8500,
    settle=Danfysik8500.settle,
    reply_end=b"\n\r",
    message_end=b"\r",
)
