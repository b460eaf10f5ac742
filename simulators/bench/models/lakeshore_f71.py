"""Lake Shore F71 teslameter with a probe of three axes, z along the field: SCPI.

Readings are averages of samples of 10 ms, each with a noise of 2 µT rms; a range is 35 mT, 350 mT
or 3.5 T. The field along x and y is its noise. Other modes than DC are kept, and read the same.
"""

from collections.abc import Sequence
from math import sqrt
from typing import Any

import numpy as np

from ..circuit.circuit import Circuit
from ..errors import ScpiError
from ..scpi.commands import Command, on_instrument, query, setting
from ..scpi.instrument import Instrument, Model, common_commands
from ..scpi.parser import CommandSet
from ..scpi.values import Boolean, Integer, Kind, Raw, Real, choice

RANGES_T = (35e-3, 350e-3, 3.5)
PER_TESLA = {"TESLA": 1.0, "GAUSS": 1e4}
OVERLOAD = 2  # of the operation status
_SAMPLE_NOISE_T = 2e-6


class LakeShoreF71:
    """The teslameter with its probe beside the device."""

    def __init__(self, circuit: Circuit) -> None:
        self._circuit = circuit
        self._random = circuit.random_for("F71")
        self.reset()

    def reset(self) -> None:
        """Return to tesla, autorange, DC and averages of 20 samples."""
        self.mode, self.auto, self.unit, self.averaged = "DC", True, "TESLA", 20
        self.range_T = RANGES_T[-1]

    def field(self, axis: str = "") -> str:
        """Return the field along an axis, the magnitude without one, or both and all axes."""
        values: dict[str, Sequence[float]]
        noise_T = _SAMPLE_NOISE_T / sqrt(self.averaged)
        axes_T = noise_T * self._random.standard_normal(3)
        axes_T[2] += self._circuit.field_T()
        magnitude_T = float(np.linalg.norm(axes_T))
        values = {
            "": (magnitude_T,),
            "X": (float(axes_T[0]),),
            "Y": (float(axes_T[1]),),
            "Z": (float(axes_T[2]),),
            "ALL": (magnitude_T, *axes_T.tolist()),
        }
        if axis.upper() not in values:
            raise ScpiError(-224, "Illegal parameter value", axis)
        per_T = PER_TESLA[self.unit]
        return ",".join(f"{value_T * per_T:.6e}" for value_T in values[axis.upper()])

    def status(self) -> int:
        """Return the operation status: bit 1 for a field beyond the range."""
        largest_T = RANGES_T[-1] if self.auto else self.range_T
        return OVERLOAD if abs(self._circuit.field_T()) > largest_T else 0

    def set_range(self, largest_T: float) -> None:
        """Fix the smallest range that has a field."""
        self.range_T = next(full_T for full_T in RANGES_T if largest_T <= full_T)
        self.auto = False


def _kept(header: str, kind: Kind[Any], name: str) -> Command:
    def put(meter: LakeShoreF71, value: Any) -> None:
        setattr(meter, name, value)

    return setting(header, kind, lambda meter: getattr(meter, name), put)


COMMANDS = CommandSet(
    (
        *common_commands(),
        *on_instrument(
            [
                query("SYSTem:ERRor[:NEXT]", Raw(), Instrument.next_error),
                query("SYSTem:ERRor:ALL", Raw(), Instrument.all_errors),
            ]
        ),
        Command("FETCh:DC", LakeShoreF71.field, query_parameters=(Raw(),), query_optional=1),
        query("PROBe:AXES", Integer(), lambda _: 3),
        query("STATus:OPERation:CONDition", Integer(), LakeShoreF71.status),
        query("STATus:QUEStionable:CONDition", Integer(), lambda _: 0),
        _kept("SENSe:MODE", choice("DC", "AC", "HIFR"), "mode"),
        _kept("SENSe:RANGe:AUTO", Boolean(), "auto"),
        setting(
            "SENSe:RANGe",
            Real("", 0.0, RANGES_T[-1]),
            lambda meter: meter.range_T,
            LakeShoreF71.set_range,
        ),
        _kept("SENSe:AVERage:COUNt", Integer(1, 1000), "averaged"),
        _kept("UNIT:FIELd", choice("TESLA", "GAUSS"), "unit"),
    )
)

MODEL = Model(
    name="F71",
    identity="LSCI,F71,LSA56EF,1.6.2019",
    commands=COMMANDS,
    build=LakeShoreF71,
)
