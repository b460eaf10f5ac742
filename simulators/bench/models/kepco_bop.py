"""Kepco BOP 36-12 bipolar supply with its digital interface card, feeding the electromagnet.

A BOP regulates one quantity (FUNC:MODE) within the limit set for the other. Changing the mode
zeroes the regulated quantity and opens the limit to its rated value. With the output off the
coil's current is brought back to zero at the rated voltage.
"""

from ..circuit.circuit import Circuit
from ..scpi.commands import event, query, setting
from ..scpi.instrument import Model, common_commands, system_commands
from ..scpi.parser import CommandSet
from ..scpi.values import Boolean, Integer, Real, choice

RATED_V, RATED_A = 36.0, 12.0
_COUNTS = 2**15  # 16 bits over both polarities


class KepcoBop:
    """A 400 W four-quadrant supply across the coil."""

    def __init__(self, circuit: Circuit) -> None:
        self._circuit = circuit
        self.output = False
        self.regulates_current = False
        self.voltage_V = 0.0
        self.current_A = RATED_A

    def reset(self) -> None:
        """Return to voltage mode at 0 V with the output off."""
        self.output = False
        self.set_mode(False)

    def set_mode(self, regulates_current: bool) -> None:
        """Regulate the current or the voltage, from zero."""
        self.regulates_current = regulates_current
        self.voltage_V = RATED_V if regulates_current else 0.0
        self.current_A = 0.0 if regulates_current else RATED_A
        self._feed()

    def set_voltage(self, voltage_V: float) -> None:
        """Set the voltage, or its limit in current mode."""
        self.voltage_V = voltage_V
        self._feed()

    def set_current(self, current_A: float) -> None:
        """Set the current, or its limit in voltage mode."""
        self.current_A = current_A
        self._feed()

    def switch(self, on: bool) -> None:
        """Switch the output."""
        self.output = on
        self._feed()

    def measured_voltage_V(self) -> float:
        """Return the voltage across the terminals as the card reads it."""
        voltage_V = self._circuit.magnet.voltage_V(self._circuit.clock.now_s())
        return _digits(voltage_V, RATED_V)

    def measured_current_A(self) -> float:
        """Return the current through the coil as the card reads it."""
        return _digits(self._circuit.magnet.current_A(self._circuit.clock.now_s()), RATED_A)

    def _feed(self) -> None:
        self._circuit.feed_magnet(
            current_A=_digits(self.current_A, RATED_A) if self.output else 0.0,
            voltage_V=_digits(self.voltage_V, RATED_V) if self.output else RATED_V,
            regulates_current=self.regulates_current or not self.output,
        )


def _digits(value: float, rated: float) -> float:
    count = rated / _COUNTS
    return round(value / count) * count


_VOLTS = Real("V", -RATED_V, RATED_V, 0.0, style=".5E")
_AMPS = Real("A", -RATED_A, RATED_A, 0.0, style=".5E")

COMMANDS = CommandSet(
    (
        *common_commands(lambda _: None),
        *system_commands(),
        setting("OUTPut[:STATe]", Boolean(), lambda k: k.output, KepcoBop.switch),
        setting(
            "[:SOURce]:FUNCtion:MODE",
            choice("VOLTage", "CURRent"),
            lambda k: "1" if k.regulates_current else "0",
            lambda k, mode: k.set_mode(mode == "CURR"),
        ),
        setting(
            "[:SOURce]:VOLTage[:LEVel][:IMMediate][:AMPLitude]",
            _VOLTS,
            lambda k: k.voltage_V,
            KepcoBop.set_voltage,
        ),
        setting(
            "[:SOURce]:CURRent[:LEVel][:IMMediate][:AMPLitude]",
            _AMPS,
            lambda k: k.current_A,
            KepcoBop.set_current,
        ),
        query("MEASure[:SCALar]:VOLTage[:DC]", _VOLTS, KepcoBop.measured_voltage_V),
        query("MEASure[:SCALar]:CURRent[:DC]", _AMPS, KepcoBop.measured_current_A),
        query("DIAGnostic:TST", Integer(), lambda _: 0),
        event("SYSTem:BEEP", lambda _: None),
    )
)

MODEL = Model(
    name="BOP 36-12",
    identity="KEPCO,BIT 4886 36-12 03/08/2012,H176890,4.04-1.82",
    commands=COMMANDS,
    build=KepcoBop,
)
