"""Kepco BOP 36-12 and 20-20 bipolar supplies with their digital card, feeding the electromagnet.

A BOP regulates one quantity (FUNC:MODE) within the limit set for the other. Changing the mode
zeroes the regulated quantity and opens the limit to its rated value. With the output off the
coil's current is brought back to zero at the rated voltage.

The output comes in the steps of a 16-bit converter; set points and readings are shown in those of
another, whose full scale is a little above the rating: 0.1 A reads back as 9.989E-2. A limit that
the coil's resistance reaches shows in what is measured, not in the set point or the mode.
"""

from dataclasses import dataclass

from typing_extensions import override

from ...circuit.circuit import Circuit
from ...scpi.commands import event, query, setting
from ...scpi.instrument import Model, common_commands, setup_commands, system_commands
from ...scpi.parser import CommandSet
from ...scpi.values import Boolean, Integer, Real, choice

_STEPS = 2**15  # of a converter with 16 bits over both polarities


@dataclass(frozen=True, slots=True)
class Rating:
    """The largest voltage and current, and those at the full scale of what is shown."""

    voltage_V: float
    current_A: float
    shown_V: float
    shown_A: float


class KepcoBop:
    """A 400 W four-quadrant supply across the coil."""

    def __init__(self, circuit: Circuit, rated: Rating) -> None:
        self._circuit = circuit
        self._rated = rated
        self.output = False
        self.regulates_current = False
        self.voltage_V = 0.0
        self.current_A = self._rated.current_A

    def reset(self) -> None:
        """Return to voltage mode at 0 V with the output off."""
        self.output = False
        self.set_mode(False)

    def set_mode(self, regulates_current: bool) -> None:
        """Regulate the current or the voltage, from zero."""
        self.regulates_current = regulates_current
        self.voltage_V = self._rated.voltage_V if regulates_current else 0.0
        self.current_A = 0.0 if regulates_current else self._rated.current_A
        self._feed()

    def set_voltage(self, voltage_V: float) -> None:
        """Set the voltage, or its limit in current mode."""
        if not self.regulates_current:
            self._circuit.largest.see("supply_voltage_set_V", voltage_V)
        self.voltage_V = voltage_V
        self._feed()

    def set_current(self, current_A: float) -> None:
        """Set the current, or its limit in voltage mode."""
        if self.regulates_current:
            self._circuit.largest.see("supply_current_set_A", current_A)
        self.current_A = current_A
        self._feed()

    def switch(self, on: bool) -> None:
        """Switch the output."""
        self.output = on
        self._feed()

    def setup(self) -> tuple[bool, float, float, bool]:
        """Return all settings, for `recall`."""
        return self.regulates_current, self.voltage_V, self.current_A, self.output

    def recall(self, kept: tuple[bool, float, float, bool]) -> None:
        """Return to kept settings, the output's included."""
        regulates_current, voltage_V, current_A, output = kept
        self.set_mode(regulates_current)
        self.set_voltage(voltage_V)
        self.set_current(current_A)
        self.switch(output)

    def measured_voltage_V(self) -> float:
        """Return the voltage across the terminals as the card reads it."""
        return self._circuit.magnet.voltage_V(self._circuit.clock.now_s())

    def measured_current_A(self) -> float:
        """Return the current through the coil as the card reads it."""
        return self._circuit.magnet.current_A(self._circuit.clock.now_s())

    def _feed(self) -> None:
        rated_V, rated_A = self._rated.voltage_V, self._rated.current_A
        self._circuit.feed_magnet(
            current_A=_rounded(self.current_A, rated_A / _STEPS) if self.output else 0.0,
            voltage_V=_rounded(self.voltage_V, rated_V / _STEPS) if self.output else rated_V,
            regulates_current=self.regulates_current or not self.output,
        )


def _rounded(value: float, step: float) -> float:
    return round(value / step) * step


@dataclass(frozen=True, slots=True)
class _Number(Real):
    """A number shown in the converter's steps, without zeros at its end, as 9.989E-2."""

    shown_step: float = 1.0

    @override
    def format(self, value: float) -> str:
        mantissa, exponent = f"{round(_rounded(value, self.shown_step), 5) + 0.0:.9E}".split("E")
        return f"{mantissa.rstrip('0').rstrip('.')}E{int(exponent)}"


def _commands(rated: Rating) -> CommandSet:
    volts = _Number("V", -rated.voltage_V, rated.voltage_V, 0.0, shown_step=rated.shown_V / _STEPS)
    amps = _Number("A", -rated.current_A, rated.current_A, 0.0, shown_step=rated.shown_A / _STEPS)
    return CommandSet(
        (
            *common_commands(lambda _: None),
            *system_commands(),
            *setup_commands(1, 40),
            setting("OUTPut[:STATe]", Boolean(), lambda k: k.output, KepcoBop.switch),
            setting(
                "[:SOURce]:FUNCtion:MODE",
                choice("VOLTage", "CURRent"),
                lambda k: "1" if k.regulates_current else "0",
                lambda k, mode: k.set_mode(mode == "CURR"),
            ),
            setting(
                "[:SOURce]:VOLTage[:LEVel][:IMMediate][:AMPLitude]",
                volts,
                lambda k: k.voltage_V,
                KepcoBop.set_voltage,
            ),
            setting(
                "[:SOURce]:CURRent[:LEVel][:IMMediate][:AMPLitude]",
                amps,
                lambda k: k.current_A,
                KepcoBop.set_current,
            ),
            query("MEASure[:SCALar]:VOLTage[:DC]", volts, KepcoBop.measured_voltage_V),
            query("MEASure[:SCALar]:CURRent[:DC]", amps, KepcoBop.measured_current_A),
            query("DIAGnostic:TST", Integer(), lambda _: 0),
            event("SYSTem:BEEP", lambda _: None),
        )
    )


def _model(name: str, card: str, rated: Rating) -> Model:
    return Model(
        name=f"BOP {name}",
        identity=f"KEPCO,BIT 4886 {name} {card},4.04-1.82",
        commands=_commands(rated),
        build=lambda circuit: KepcoBop(circuit, rated),
    )


MODEL = _model("36-12", "03/08/2012,H176890", Rating(36.0, 12.0, 36.1, 12.034))
MODEL_20_20 = _model("20-20", "03/08/2012,H176891", Rating(20.0, 20.0, 20.056, 20.056))
