"""The Lake Shore F71 or F41 teslameter as the gaussmeter of a magnet: steady field, autorange.

A probe of several axes has one reading for each, and without an axis the magnitude, which has no
sign; `axis` names the one along the field. Readings are averages of 0.1 s. Two status registers
report a missing or faulty probe, a field beyond the range and a change of range, after which a
field is asked for again. PyMeasure has no driver of it; the commands are those of Lake Shore's own.
"""

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from pymeasure.instruments import Instrument
from pyvisa.constants import ControlFlow

from ..connection import Connection
from ..errors import BenchError
from ..faults import shown
from ..sections import GaussmeterSection
from .lakeshore425 import LakeShore425Gaussmeter

AVERAGED = 10  # samples of 10 ms
NO_ERROR = "No error"
UNUSABLE = {1 << 0: "no probe is connected", 1 << 1: "a field beyond the range of its probe"}
RANGING = 1 << 2
PROBE_FAULTS = (
    0b11_0011_1111  # of the questionable status: sensors, memory, temperature, calibration
)


class LakeShoreF71Section(GaussmeterSection):
    """A `[magnet.gaussmeter]` that is an F71 or F41; `axis` is the probe's along the field."""

    driver: Literal["LakeShoreF71"]
    axis: Literal["x", "y", "z"] | None = None


class LakeShoreF71(Instrument):
    """The connection to an F71 or F41, at 115200 baud over USB unless the bench file differs."""

    def __init__(self, adapter: Any, name: str = "Lake Shore F71", **kwargs: Any) -> None:
        serial = {"baud_rate": 115_200, "flow_control": ControlFlow.rts_cts}
        super().__init__(adapter, name, includeSCPI=False, asrl=serial, **kwargs)


class LakeShoreF71Gaussmeter(LakeShore425Gaussmeter):
    """Reads the field along an axis; what the status registers report makes it an error."""

    _name = "The gaussmeter (F71)"
    _largest_field_T = 35.0
    _read_back: ClassVar[Mapping[str, str]] = {
        "SENS:MODE?": "DC",
        "SENS:RANGE:AUTO?": "1",
        "SENS:AVERAGE:COUNT?": f"{AVERAGED}",
        "UNIT:FIELD?": "TESLA",
    }

    def __init__(self, driver: Any, axis: str | None) -> None:
        super().__init__(driver)
        self._axis = axis
        self._field_query = f"FETCH:DC? {axis.upper()}" if axis else "FETCH:DC?"

    def check(self) -> None:
        """Raise BenchError if the instrument reports an error."""
        if NO_ERROR not in (reply := self._dialogue.ask("SYST:ERR:ALL?")):
            raise BenchError(f"{self._name} reports an error: {shown(reply)}.")

    def _set_up(self) -> None:
        for message in (
            "SENS:MODE DC",
            "SENS:RANGE:AUTO 1",
            f"SENS:AVERAGE:COUNT {AVERAGED}",
            "UNIT:FIELD TESLA",
        ):
            self._driver.write(message)
        if self._axis is None and (axes := self._dialogue.ask("PROBE:AXES?")) != "1":
            raise BenchError(
                f"{self._name} replied {shown(axes)} as the axes of its probe: without [magnet."
                'gaussmeter] axis = "x", "y" or "z" it reads the magnitude, which has no sign.'
            )

    def _problem_with_reading(self) -> str:
        status = self._status("OPERATION")
        for bit, problem in UNUSABLE.items():
            if status & bit:
                return f"{self._name} reports {problem}."
        if status & RANGING:
            return f"{self._name} was changing its range."
        if faults := self._status("QUESTIONABLE") & PROBE_FAULTS:
            return f"{self._name} reports a fault of its probe or calibration (status {faults})."
        return ""

    def _status(self, register: str) -> int:
        reply = self._dialogue.ask(f"STATUS:{register}:CONDITION?")
        if not reply.isdecimal():
            raise BenchError(f"{self._name} replied {shown(reply)} as its status.")
        return int(reply)


def open_gaussmeter(section: LakeShoreF71Section, bench: Connection) -> LakeShoreF71Gaussmeter:
    """Open the gaussmeter of a bench file."""
    return LakeShoreF71Gaussmeter(bench.open(LakeShoreF71, section.address), section.axis)
