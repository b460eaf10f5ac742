"""The Lake Shore 455 or 475 as the gaussmeter of a magnet: steady field, five digits, autorange.

Its commands are those of the 425 with more parameters, and a status register tells whether the
probe is connected and the field within the range. PyMeasure has no driver of it.
"""

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from pymeasure.instruments import Instrument
from pyvisa.constants import Parity, StopBits

from ..connection import Connection
from ..faults import shown
from ..sections import GaussmeterSection
from .lakeshore425 import LakeShore425Gaussmeter

NO_PROBE, OVERLOAD = 1 << 0, 1 << 1  # of the operation status


class LakeShore475Section(GaussmeterSection):
    """A `[magnet.gaussmeter]` that is a Lake Shore 455 or 475."""

    driver: Literal["LakeShore475"]


class LakeShore475(Instrument):
    """The connection to a 455 or 475; on a serial port 9600 baud, unless the bench file differs."""

    def __init__(self, adapter: Any, name: str = "Lake Shore 475", **kwargs: Any) -> None:
        serial = {
            "baud_rate": 9600,
            "data_bits": 7,
            "parity": Parity.odd,
            "stop_bits": StopBits.one,
            "read_termination": "\r\n",
            "write_termination": "\r\n",
        }
        super().__init__(adapter, name, includeSCPI=False, asrl=serial, **kwargs)


class LakeShore475Gaussmeter(LakeShore425Gaussmeter):
    """Reads the field; a reading without a probe, or beyond the range, is an error."""

    _name = "The gaussmeter (475)"
    _largest_field_T = 35.0  # of the highest range that a probe has
    _read_back: ClassVar[Mapping[str, str]] = {"RDGMODE?": "1,3,", "UNIT?": "2", "AUTO?": "1"}

    def _set_up(self) -> None:
        for message in ("RDGMODE 1,3,1,1,1", "UNIT 2", "AUTO 1"):
            self._driver.write(message)

    def _problem_with_reading(self) -> str:
        reply = self._dialogue.ask("OPST?")
        if not reply.isdecimal():
            return f"{self._name} replied {shown(reply)} as its operation status."
        if int(reply) & NO_PROBE:
            return f"{self._name} reports that no probe is connected; connect it."
        if int(reply) & OVERLOAD:
            return f"{self._name} reports a field beyond the range of its probe."
        return ""


def open_gaussmeter(section: LakeShore475Section, bench: Connection) -> LakeShore475Gaussmeter:
    """Open the gaussmeter of a bench file."""
    return LakeShore475Gaussmeter(bench.open(LakeShore475, section.address))
