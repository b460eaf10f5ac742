"""Stanford Research SR860 lock-in: the core of the SR830 with its own commands and ranges.

A DC level at the sine output is kept, but does not reach the junction.
"""

from math import sqrt

from ..circuit.circuit import Circuit
from ..scpi.commands import query
from ..scpi.instrument import Model, common_commands
from ..scpi.parser import CommandSet
from ..scpi.values import Integer, Raw, Real
from .sr_830 import SR830, kept

SMALLEST_V = 1e-9
SENSITIVITIES_V = (1.0, *(m * 10.0**e for e in range(-1, -10, -1) for m in (5, 2, 1)))
INPUT_RANGES_V = (1.0, 0.3, 0.1, 0.03, 0.01)  # peak
OUTPUT_SCALE, INPUT_RANGE = 1 << 0, 1 << 4  # of the status

_DEFAULTS = {
    "RSRC": 0,
    "FREQ": 100_000.0,
    "HARM": 1,
    "PHAS": 0.0,
    "SLVL": 0.0,
    "SOFF": 0.0,
    "IVMD": 0,
    "ISRC": 0,
    "ICPL": 0,
    "IRNG": 0,
    "OFLT": 10,
    "OFSL": 3,
    "ADVFILT": 1,
    "SYNC": 0,
    "SCAL": 0,
}


class SR860(SR830):
    """The oscillator and the settled in-phase voltage, with ranges of input and outputs."""

    name = "SR860"
    defaults = _DEFAULTS
    time_constants_s = tuple(m * 10.0**e for e in range(-6, 5) for m in (1, 3))
    parameters = (0, 1)

    def overload(self, x_V: float) -> int:
        """Return the bits of the status that a voltage sets."""
        beyond_scale = abs(x_V) > 1.1 * SENSITIVITIES_V[int(self.settings["SCAL"])]
        beyond_range = sqrt(2) * abs(x_V) > INPUT_RANGES_V[int(self.settings["IRNG"])]
        return OUTPUT_SCALE * beyond_scale + INPUT_RANGE * beyond_range


def _build(circuit: Circuit) -> SR860:
    return SR860(circuit)


COMMANDS = CommandSet(
    (
        *common_commands(),
        kept("SLVL", Real("", SMALLEST_V, 2.0, style=".9E")),
        kept("SOFF", Real("", -5.0, 5.0, style="g")),
        kept("FREQ", Real("", 0.001, 500_000.0, style="g")),
        kept("PHAS", Real("", -360_000.0, 360_000.0, style="g")),
        kept("RSRC", Integer(0, 3)),
        kept("HARM", Integer(1, 99)),
        kept("IVMD", Integer(0, 1)),
        kept("ISRC", Integer(0, 1)),
        kept("ICPL", Integer(0, 1)),
        kept("IRNG", Integer(0, 4)),
        kept("OFLT", Integer(0, 21)),
        kept("OFSL", Integer(0, 3)),
        kept("ADVFILT", Integer(0, 1)),
        kept("SYNC", Integer(0, 1)),
        kept("SCAL", Integer(0, 27)),
        query("SNAP", Raw(), SR860.snap, Integer(0, 16), Integer(0, 16)),
        query("OUTP", Raw(), SR860.snap, Integer(0, 3)),
        query("LIAS", Integer(), SR860.take_status),
        query("ERRS", Integer(), lambda _: 0),
    )
)

MODEL = Model(
    name="SR860",
    identity="Stanford_Research_Systems,SR860,003178,v1.51",
    commands=COMMANDS,
    build=_build,
)
