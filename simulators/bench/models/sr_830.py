"""Stanford Research SR830: its sine output drives the junction through the lab's resistor.

The junction is taken at the amplitude of the current, its harmonics and the filter's transient are
not simulated: a reading is the settled one, with 5 nV/√Hz in the filter's bandwidth 1/(8τ).
"""

from collections.abc import Mapping, Sequence
from math import inf, sqrt
from typing import Any, ClassVar

from ..circuit.circuit import Circuit
from ..errors import ScpiError
from ..scpi.commands import Command, event, query, setting
from ..scpi.instrument import Model, common_commands
from ..scpi.parser import CommandSet
from ..scpi.values import Integer, Kind, Raw, Real

SOURCE_OHM = 50.0
SMALLEST_V = 0.004
SENSITIVITIES_V = tuple(m * 10.0**e for e in range(-9, 0) for m in (2, 5, 10))
TIME_CONSTANTS_S = tuple(m * 10.0**e for e in range(-5, 4) for m in (1, 3))
_NOISE_V_PER_SQRTHZ = 5e-9
_DEFAULTS = {
    "FMOD": 1,
    "FREQ": 1000.0,
    "HARM": 1,
    "PHAS": 0.0,
    "ISRC": 0,
    "ICPL": 0,
    "OFLT": 10,
    "OFSL": 1,
    "SENS": 26,
    "SLVL": 1.0,
}
OUTPUT_OVERLOAD = 4


class SR830:
    """The oscillator and the settled in-phase voltage."""

    name: ClassVar[str] = "SR830"
    defaults: ClassVar[Mapping[str, float]] = _DEFAULTS
    time_constants_s: ClassVar[Sequence[float]] = TIME_CONSTANTS_S
    parameters: ClassVar[tuple[int, int]] = (1, 2)  # the numbers of X and Y

    def __init__(self, circuit: Circuit) -> None:
        self._circuit = circuit
        self._random = circuit.random_for(self.name)
        self.reset()

    def reset(self) -> None:
        """Return to the oscillator's settings after `*RST`."""
        self.settings: dict[str, float] = dict(self.defaults)
        self.status = 0
        self._circuit.open_lines_V = lambda: sqrt(2) * self.settings["SLVL"]

    @property
    def time_constant_s(self) -> float:
        return self.time_constants_s[int(self.settings["OFLT"])]

    def in_phase_V(self) -> float:
        """Return the voltage across the junction, rms."""
        level_V = self.settings["SLVL"]
        differential, terminals = bool(self.settings["ISRC"]), self._circuit.meter_terminals
        seen_ohm = self._circuit.seen_resistance_ohm(four_wire=differential, terminals=terminals)
        if seen_ohm == inf:
            return level_V
        total_ohm = SOURCE_OHM + self._circuit.series_resistance_ohm
        amplitude_A = sqrt(2) * level_V / (total_ohm + seen_ohm)
        found_V, _, _ = self._circuit.junction(
            current_A=amplitude_A,
            limit=sqrt(2) * level_V,
            integration_s=8 * self.time_constant_s,
            four_wire=differential,
            terminals=terminals,
        )
        return found_V / sqrt(2)

    def overload(self, x_V: float) -> int:
        """Return the bits of the status that a voltage sets."""
        beyond = abs(x_V) > 1.1 * SENSITIVITIES_V[int(self.settings["SENS"])]
        return OUTPUT_OVERLOAD if beyond else 0

    def snap(self, *channels: int) -> str:
        """Return X and Y of one moment."""
        x_V = self.in_phase_V()
        self.status |= self.overload(x_V)
        noise_V = _NOISE_V_PER_SQRTHZ / sqrt(8 * self.time_constant_s)
        values = dict(zip(self.parameters, (x_V, 0.0), strict=True))
        if not set(channels) <= set(values):
            raise ScpiError(-222, "Data out of range")
        return ",".join(
            f"{values[k] + noise_V * self._random.standard_normal():.6g}" for k in channels
        )

    def take_status(self) -> int:
        """Return the status of overloads and clear it."""
        status, self.status = self.status, 0
        return status


def kept(name: str, kind: Kind[Any]) -> Command:
    """Declare a setting that is kept by its name."""

    def put(lock_in: SR830, value: float) -> None:
        lock_in.settings[name] = value

    return setting(name, kind, lambda lock_in: lock_in.settings[name], put)


COMMANDS = CommandSet(
    (
        *common_commands(),
        kept("SLVL", Real("", SMALLEST_V, 5.0, style=".3f")),
        kept("FREQ", Real("", 0.001, 102_000.0, style="g")),
        kept("PHAS", Real("", -360.0, 729.99, style="g")),
        kept("FMOD", Integer(0, 1)),
        kept("HARM", Integer(1, 19_999)),
        kept("ISRC", Integer(0, 3)),
        kept("ICPL", Integer(0, 1)),
        kept("OFLT", Integer(0, 19)),
        kept("OFSL", Integer(0, 3)),
        kept("SENS", Integer(0, 26)),
        event("OUTX", lambda _lock_in, _interface: None, Integer(0, 1)),
        query("SNAP", Raw(), SR830.snap, Integer(1, 9), Integer(1, 9)),
        query("LIAS", Integer(), SR830.take_status),
        query("ERRS", Integer(), lambda _: 0),
    )
)

MODEL = Model(
    name="SR830",
    identity="Stanford_Research_Systems,SR830,s/n48613,ver1.07",
    commands=COMMANDS,
    build=SR830,
)
