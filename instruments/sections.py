"""The bench file's sections by role; each driver's adapter narrows the one of its role."""

from typing import Annotated, Self

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    SerializeAsAny,
    ValidationInfo,
    model_validator,
)
from pydantic_core import InitErrorDetails, PydanticCustomError, ValidationError

from ..validation import Section
from .channel_list import channels_of

Positive = Annotated[float, Field(gt=0)]


def _check_coil_constant(value: float) -> float:
    if not abs(value) > 1e-6:
        raise PydanticCustomError("too_small", "Input should be more than 1e-6 T/A, of either sign")
    return value


def _check_channels(text: str) -> str:
    if channels_of(text) is None:
        raise PydanticCustomError(
            "channels", 'Input should be a list of channels such as "101:140,201:208", each once'
        )
    return text


CoilConstant = Annotated[float, AfterValidator(_check_coil_constant)]
ChannelList = Annotated[str, AfterValidator(_check_channels)]


class InstrumentSection(Section):
    """The section of one instrument: its driver and VISA resource name."""

    driver: str
    address: str


def _section_of_driver(table: object, field: ValidationInfo) -> object:
    """Validate a table as the section of its driver; an unknown driver is an error that lists all.

    A missing driver, or something other than a table, is left to the section of the role.
    """
    from .registry import DRIVERS  # imports PyMeasure, which takes long

    if not isinstance(table, dict) or "driver" not in table:
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
    """`[magnet]`: the coil's supply; a negative coil constant is a coil wired the other way."""

    coil_T_per_A: CoilConstant
    tolerance_T: Positive = 1e-4
    largest_trim_T: Positive = 5e-3
    gaussmeter: Annotated[SerializeAsAny[GaussmeterSection], ByDriver]


class ResistanceMeterSection(InstrumentSection):
    """`[resistance_meter]`: nplc = integration time in power line cycles."""

    nplc: Positive = 1.0
    four_wire: bool = True


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
