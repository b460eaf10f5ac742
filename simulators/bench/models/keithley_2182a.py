"""Keithley 2182A nanovoltmeter, and the core of a voltmeter across the junction of a source.

It reads what the lab's current sources force through the junction: for one power line cycle with
20 nV rms of noise in its ranges up to 100 mV and 10 times that in each range above, rounded to a
ten millionth of the range; thermal voltages are missing. Channel 1 alone; the channel and the
filters are kept but not acted on.
"""

from collections.abc import Callable
from math import copysign, sqrt

from ..circuit.circuit import Circuit
from ..scpi.commands import Command, query, setting
from ..scpi.instrument import Model, common_commands, system_commands
from ..scpi.parser import CommandSet
from ..scpi.values import Boolean, Integer, Kind, Raw, Real

OVERFLOW = 9.9e37
_LINE_S = 1 / 50
_AUTOZERO = 2  # conversions for one reading


class Voltmeter:
    """A DC voltmeter with ranges, of which each reaches 20 % beyond its name.

    `true_V` is the voltage that it is at, of the integration time in s; by default the junction's.
    """

    def __init__(
        self,
        circuit: Circuit,
        name: str,
        ranges_V: tuple[float, ...],
        noise_V: float,
        true_V: Callable[[float], float] | None = None,
    ) -> None:
        self._circuit = circuit
        self._true_V = true_V or circuit.sourced_voltage_V
        self._random = circuit.random_for(name)
        self._ranges_V = ranges_V
        self._noise_V = noise_V
        self.reset()

    def reset(self) -> None:
        """Return to the defaults."""
        self.kept: dict[str, float] = {
            "nplc": 5.0,
            "auto": 1,
            "range_V": self._ranges_V[-1],
            "channel": 1,
            "filter": 1,
            "analogue": 0,
            "relative": 0,
        }

    def read(self) -> float:
        """Take one reading; 9.9E37 beyond the range."""
        integration_s = self.kept["nplc"] * _LINE_S
        self._circuit.clock.sleep(_AUTOZERO * integration_s)
        true_V = self._true_V(integration_s)
        range_V = self.kept["range_V"]
        if self.kept["auto"]:
            fits = (v for v in self._ranges_V if abs(true_V) <= 1.2 * v)
            range_V = self.kept["range_V"] = next(fits, self._ranges_V[-1])
        if abs(true_V) > 1.2 * range_V:
            return copysign(OVERFLOW, true_V)
        noise_V = self._noise_V * max(1.0, range_V / self._ranges_V[1]) / sqrt(self.kept["nplc"])
        step_V = 1e-7 * range_V
        return round((true_V + noise_V * self._random.standard_normal()) / step_V) * step_V


def kept(header: str, kind: Kind[float] | Kind[int] | Kind[bool], name: str) -> Command:
    """Declare a setting that the core keeps under a name."""

    def put(voltmeter: Voltmeter, value: float) -> None:
        voltmeter.kept[name] = value

    return setting(header, kind, lambda voltmeter: voltmeter.kept[name], put)


COMMANDS = CommandSet(
    (
        *common_commands(),
        *system_commands(),
        setting("SENSe:FUNCtion", Raw(), lambda _: '"VOLT:DC"', lambda _meter, _name: None),
        kept("SENSe:CHANnel", Integer(1, 1), "channel"),
        kept("SENSe:VOLTage[:DC][:CHANnel1]:RANGe:AUTO", Boolean(), "auto"),
        kept("SENSe:VOLTage[:DC]:NPLCycles", Real("", 0.01, 50.0, 5.0), "nplc"),
        kept("SENSe:VOLTage[:DC][:CHANnel1]:LPASs:STATe", Boolean(), "analogue"),
        kept("SENSe:VOLTage[:DC][:CHANnel1]:DFILter:STATe", Boolean(), "filter"),
        kept("SENSe:VOLTage[:DC][:CHANnel1]:REFerence:STATe", Boolean(), "relative"),
        query("READ", Real("V", style="+.8E"), Voltmeter.read),
    )
)

MODEL = Model(
    name="2182A",
    identity="KEITHLEY INSTRUMENTS INC.,MODEL 2182A,1234567,C02  /A02",
    commands=COMMANDS,
    build=lambda circuit: Voltmeter(circuit, "2182A", (0.01, 0.1, 1.0, 10.0, 100.0), 20e-9),
)
