"""Keithley 2000 multimeter as a DC voltmeter: across the junction of a source, or at a Hall sensor.

The core is that of the 2182A with the ranges of the 2000 and 300 nV rms of noise for one power line
cycle in those up to 1 V, 10 times that in each above, assumed. The filter is kept but not acted on.
The Hall sensor, beside the device, gives 10 V/T.
"""

from ..circuit.circuit import Circuit
from ..scpi.commands import query, setting
from ..scpi.instrument import Model, common_commands, system_commands
from ..scpi.parser import CommandSet
from ..scpi.values import Boolean, Raw, Real
from .keithley_2182a import Voltmeter, kept

COMMANDS = CommandSet(
    (
        *common_commands(),
        *system_commands(),
        setting("SENSe:FUNCtion", Raw(), lambda _: '"VOLT:DC"', lambda _meter, _name: None),
        kept("SENSe:VOLTage[:DC]:RANGe:AUTO", Boolean(), "auto"),
        kept("SENSe:VOLTage[:DC]:NPLCycles", Real("", 0.01, 10.0, 1.0), "nplc"),
        kept("SENSe:VOLTage[:DC]:AVERage:STATe", Boolean(), "filter"),
        kept("SENSe:VOLTage[:DC]:REFerence:STATe", Boolean(), "relative"),
        query("READ", Real("V", style="+.8E"), Voltmeter.read),
    )
)

IDENTITY = "KEITHLEY INSTRUMENTS INC.,MODEL 2000,1234567,A20  /A02"
RANGES_V, NOISE_V = (0.1, 1.0, 10.0, 100.0, 1000.0), 300e-9
SENSOR_V_PER_T = 10.0


def _at_the_sensor(circuit: Circuit) -> Voltmeter:
    return Voltmeter(
        circuit,
        "2000 at a Hall sensor",
        RANGES_V,
        NOISE_V,
        lambda _integration_s: SENSOR_V_PER_T * circuit.field_T(),
    )


MODEL = Model(
    name="2000",
    identity=IDENTITY,
    commands=COMMANDS,
    build=lambda circuit: Voltmeter(circuit, "2000", RANGES_V, NOISE_V),
)
AT_A_SENSOR = Model(
    name="2000 at a Hall sensor", identity=IDENTITY, commands=COMMANDS, build=_at_the_sensor
)
