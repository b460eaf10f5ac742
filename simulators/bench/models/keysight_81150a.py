"""Keysight 81150A pulse function generator: the 81160A with a choice of two output amplifiers.

Levels, widths and edges are those of the 81160A, with either amplifier; pulses of the real one are
longer than 4 ns, and its high-voltage amplifier reaches twice as far.
"""

from ..circuit.circuit import Circuit
from ..scpi.commands import on_part
from ..scpi.instrument import Model
from ..scpi.parser import CommandSet
from ..scpi.values import choice
from .keysight_81160a.declarations import field
from .keysight_81160a.generator import COMMAND_TABLE, Keysight81160A
from .keysight_81160a.settings import ChannelSettings

DEFAULTS = ChannelSettings(amplifier="HIV")
ROUTE = field("OUTPut#:ROUTe", choice("HIVoltage", "HIBandwidth"), "amplifier")


def _build(circuit: Circuit) -> Keysight81160A:
    return Keysight81160A(circuit, DEFAULTS)


MODEL = Model(
    name="81150A",
    identity="Agilent Technologies,81150A,VB00000002,3.0.0.0-4.6",
    commands=CommandSet((*COMMAND_TABLE, *on_part(Keysight81160A.channel, (ROUTE,)))),
    build=_build,
    no_error='+0,"No error"',
    settle=Keysight81160A.settle,
)
