"""Yokogawa GS200: the voltage at the analogue input of a BOP 36-12 that feeds the electromagnet.

The BOP regulates 1.2 A for each volt, within 36 V, as set at its panel; with the source's output
off, or as a current source, its input is at 0 V here. Limits, programs and ranges are kept but not
acted on.
"""

from ...circuit.circuit import Circuit
from ...scpi.commands import Command, setting
from ...scpi.instrument import Model, common_commands, system_commands
from ...scpi.parser import CommandSet
from ...scpi.values import Boolean, Kind, Real, choice

A_PER_V, COMPLIANCE_V = 1.2, 36.0


class YokogawaGS200:
    """The source, and the BOP that it programs."""

    def __init__(self, circuit: Circuit) -> None:
        self._circuit = circuit
        self.settings: dict[str, float | str | bool] = {}
        self.reset()

    def reset(self) -> None:
        """Return to the defaults: 0 V, output off."""
        self.settings |= {
            "function": "VOLT",
            "level": 0.0,
            "range": 1.0,
            "limit_A": 0.2,
            "output": False,
        }
        self._feed()

    def put(self, name: str, value: float | str | bool) -> None:
        """Keep a setting and act on it."""
        self.settings[name] = value
        self._feed()

    def _feed(self) -> None:
        drives = self.settings["output"] and self.settings["function"] == "VOLT"
        current_A = A_PER_V * float(self.settings["level"]) if drives else 0.0
        self._circuit.largest.see("supply_current_set_A", current_A)
        self._circuit.feed_magnet(
            current_A=current_A, voltage_V=COMPLIANCE_V, regulates_current=True
        )


def _kept(header: str, kind: Kind[float] | Kind[str] | Kind[bool], name: str) -> Command:
    def put(source: YokogawaGS200, value: float | str | bool) -> None:
        source.put(name, value)

    return setting(header, kind, lambda source: source.settings[name], put)


COMMANDS = CommandSet(
    (
        *common_commands(),
        *system_commands(),
        _kept("OUTPut[:STATe]", Boolean(), "output"),
        _kept("SOURce:FUNCtion", choice("VOLTage", "CURRent"), "function"),
        _kept("SOURce:RANGe", Real("", 0.0, 30.0, style=".4E"), "range"),
        _kept("SOURce:PROTection:CURRent", Real("", 1e-3, 0.2, style=".4E"), "limit_A"),
        _kept("SOURce:LEVel[:FIXed]", Real("", -32.0, 32.0, style="+.5E"), "level"),
    )
)

MODEL = Model(
    name="GS200",
    identity="YOKOGAWA,GS210,91T810991,1.05",
    commands=COMMANDS,
    build=YokogawaGS200,
)
