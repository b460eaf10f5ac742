"""The bench file's sections by role; each driver's adapter narrows the one of its role."""

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal, Self

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    SerializeAsAny,
    ValidationInfo,
    model_validator,
)
from pydantic_core import InitErrorDetails, PydanticCustomError, ValidationError
from pyvisa.constants import ControlFlow, Parity

from ..validation import Section
from .channel_list import are_numbers, channels_of

Positive = Annotated[float, Field(gt=0)]


def _check_coil_constant(value: float) -> float:
    if not abs(value) > 1e-6:
        raise PydanticCustomError("too_small", "Input should be more than 1e-6 T/A, of either sign")
    return value


def _check_channels(text: str) -> str:
    channels = channels_of(text)
    if channels is None or not are_numbers(channels):
        raise PydanticCustomError(
            "channels", 'Input should be a list of channels such as "101:140,201:208", each once'
        )
    return text


def _check_stop_bits(value: float) -> float:
    if value not in (1, 1.5, 2):
        raise PydanticCustomError("stop_bits", "Input should be 1, 1.5 or 2")
    return value


StopBits = Annotated[float, AfterValidator(_check_stop_bits)]
CoilConstant = Annotated[float, AfterValidator(_check_coil_constant)]
ChannelList = Annotated[str, AfterValidator(_check_channels)]


_SERIAL_KEYS = ("baud_rate", "data_bits", "parity", "stop_bits", "flow_control")


class InstrumentSection(Section):
    """The section of one instrument: its driver, VISA resource name and connection.

    What is left out stays as the driver or PyVISA has it; a socket's lines end with a line feed.
    `prologix` is the VISA resource name of a Prologix GPIB adapter in front of the instrument.
    VISA's exclusive lock is taken where the VISA library has locks, unless `exclusive_lock` is
    false; if it is true, a library without locks is an error.
    """

    driver: str
    address: Annotated[str, Field(min_length=1)]
    read_termination: str | None = None
    write_termination: str | None = None
    timeout_s: Annotated[float, Field(ge=0.01, le=600)] | None = None
    baud_rate: Annotated[int, Field(gt=0)] | None = None
    data_bits: Literal[5, 6, 7, 8] | None = None
    parity: Literal["none", "odd", "even", "mark", "space"] | None = None
    stop_bits: StopBits | None = None
    flow_control: Literal["none", "xon_xoff", "rts_cts", "dtr_dsr"] | None = None
    prologix: str | None = None
    exclusive_lock: bool | None = None

    session_defaults: ClassVar[Mapping[str, str | int]] = {}  # of the driver, on every interface

    @property
    def session_settings(self) -> dict[str, str | int]:
        """The arguments of PyVISA's `open_resource` that the section asks for."""
        settings: dict[str, str | int] = {}
        if self.address.upper().endswith("::SOCKET"):
            settings |= {"read_termination": "\n", "write_termination": "\n"}
        settings |= self.session_defaults
        for key in ("read_termination", "write_termination", "baud_rate", "data_bits"):
            if (value := getattr(self, key)) is not None:
                settings[key] = value
        if self.timeout_s is not None:
            settings["timeout"] = round(1000 * self.timeout_s)
        if self.parity is not None:
            settings["parity"] = int(Parity[self.parity])
        if self.stop_bits is not None:
            settings["stop_bits"] = int(10 * self.stop_bits)  # as VISA counts them
        if self.flow_control is not None:
            settings["flow_control"] = int(ControlFlow[self.flow_control])
        if self.prologix is not None:
            settings.pop("read_termination", None)  # the adapter ends replies, with a line feed
        return settings

    @model_validator(mode="after")
    def _check_connection(self) -> Self:
        address = self.address.upper()
        given = [key for key in _SERIAL_KEYS if getattr(self, key) is not None]
        if given and not address.startswith("ASRL"):
            raise PydanticCustomError(
                "connection",
                "has {key}, but {address} is no serial port; take it out",
                {"key": given[0], "address": repr(self.address)},
            )
        if self.prologix is not None and not address.startswith("GPIB"):
            raise PydanticCustomError(
                "connection",
                "has prologix, but {address} is no GPIB address; write one, such as "
                "GPIB0::10::INSTR",
                {"address": repr(self.address)},
            )
        return self


def _section_of_driver(table: object, field: ValidationInfo) -> object:
    """Validate a table as the section of its driver; an unknown driver is an error that lists all.

    A missing driver, or something other than a table, is left to the section of the role.
    """
    from .registry import DRIVERS  # imports PyMeasure, which takes long

    if not isinstance(table, dict) or not isinstance(table.get("driver"), str):
        return table
    drivers = DRIVERS[field.field_name or ""]
    if table["driver"] not in drivers:
        details: InitErrorDetails = {
            "type": "literal_error",
            "loc": ("driver",),
            "input": table["driver"],
            "ctx": {"expected": " or ".join(map(repr, drivers))},
        }
        raise ValidationError.from_exception_data("driver", [details])
    return drivers[table["driver"]].section.model_validate(table)


ByDriver = BeforeValidator(_section_of_driver)


class PulseGeneratorSection(InstrumentSection):
    """`[pulse_generator]`: gain = volts at the device / volts the generator shows into 50 Ω."""

    amplifier_gain: Positive = 1.0


class GaussmeterSection(InstrumentSection):
    """`[magnet.gaussmeter]`: reads the field back."""


class MagnetSection(InstrumentSection):
    """`[magnet]`: the coil's supply; a negative coil constant is a coil wired the other way.

    Without a gaussmeter the field is that of the coil's current.
    """

    coil_T_per_A: CoilConstant
    tolerance_T: Positive = 1e-4
    largest_trim_T: Positive = 5e-3
    gaussmeter: Annotated[SerializeAsAny[GaussmeterSection] | None, ByDriver] = None


class ResistanceMeterSection(InstrumentSection):
    """`[resistance_meter]`: nplc = integration time in power line cycles."""

    nplc: Positive = 1.0
    four_wire: bool = True


class TemperatureControllerSection(InstrumentSection):
    """`[temperature_controller]`: a temperature is steady once it has stayed within `tolerance_K`
    for `steady_s`; a wait longer than `longest_wait_s` is an error.
    """

    tolerance_K: Positive = 0.1
    steady_s: Positive = 30.0
    longest_wait_s: Positive = 3600.0


class ProberSection(InstrumentSection):
    """`[prober]`: `touchdowns` = how often a device without contact is touched before it is given
    up; heights are confirmed within `tolerance_m`.
    """

    touchdowns: Annotated[int, Field(ge=1, le=5)] = 2
    tolerance_m: Annotated[float, Field(gt=0, le=20e-6)] = 5e-6


class SwitchSection(InstrumentSection):
    """`[switch]`: the channels that select rows and columns of an array, in order."""

    row_channels: ChannelList
    column_channels: ChannelList

    @model_validator(mode="after")
    def _check_channels_differ(self) -> Self:
        rows, columns = channels_of(self.row_channels), channels_of(self.column_channels)
        if both := set(rows or ()) & set(columns or ()):
            raise PydanticCustomError(
                "channels",
                "has channel {channel} for a row and for a column; correct row_channels or "
                "column_channels",
                {"channel": min(both)},
            )
        return self
