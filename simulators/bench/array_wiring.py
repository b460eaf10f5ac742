"""The relays of a lab's switch that select the rows and the columns of its array."""

from typing import Annotated, Any, Self

from pydantic import BeforeValidator, model_validator
from pydantic_core import PydanticCustomError

from ...validation import Section
from .models.keithley_707b import crosspoints_of
from .models.keithley_2750 import CHANNELS, is_measuring
from .scpi.channel_list import channels_of


def _channels(text: Any) -> tuple[int, ...]:
    if isinstance(text, str) and (crosspoints := crosspoints_of(text)) is not None:
        return _each_once(crosspoints)
    channels = channels_of(text) if isinstance(text, str) else None
    if channels is None:
        raise PydanticCustomError(
            "channels",
            'Input should be a list of channels such as "101:140,201:208", or of crosspoints '
            '"1A01:1A12,2B01"',
        )
    for channel in channels:
        if channel not in CHANNELS or not is_measuring(channel):
            raise PydanticCustomError(
                "channels",
                "Input should have channels of the switch, 101 to 540, not {channel}",
                {"channel": channel},
            )
    return _each_once(channels)


def _each_once(channels: tuple[int, ...]) -> tuple[int, ...]:
    if len(set(channels)) < len(channels):
        raise PydanticCustomError("channels", "Input should name each channel once")
    return channels


Channels = Annotated[tuple[int, ...], BeforeValidator(_channels)]


class ArrayWiring(Section):
    """`[array]`: the channels of the rows and of the columns, in order."""

    row_channels: Channels
    column_channels: Channels

    @property
    def count(self) -> int:
        """The number of devices."""
        return len(self.row_channels) * len(self.column_channels)

    @model_validator(mode="after")
    def _check_channels_differ(self) -> Self:
        for channel in self.row_channels:
            if channel in self.column_channels:
                raise PydanticCustomError(
                    "channels",
                    "has channel {channel} for a row and for a column: use another one",
                    {"channel": channel},
                )
        return self
