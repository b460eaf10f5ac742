"""The Keithley 707B or 708B switching matrix as an array's switch, in TSP.

A channel is a crosspoint of a card: slot, row of the matrix, column, such as `1A03`. All are opened
before two are closed, one that selects a row of the array and one for a column, and those that are
closed in any slot are read back. PyMeasure has no driver of it.
"""

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from pydantic import AfterValidator
from pydantic_core import PydanticCustomError

from ...channel_list import are_numbers, channels_of
from ...connection import Connection
from ...guard.plan import Confirm, Query, Send, Step
from ...limits import Limits
from ...sections import SwitchSection
from ..tsp import TspDialogue, TspInstrument
from .relays import RelaySwitch

NAME = "The switch (707B)"
OPEN_ALL = 'channel.open("allslots")'
CLOSED = 'print(channel.getclose("allslots"))'
NONE_CLOSED = "nil"


def _check_crosspoints(text: str) -> str:
    channels = channels_of(text)
    if channels is None or are_numbers(channels):
        raise PydanticCustomError(
            "channels", 'Input should be a list of crosspoints such as "1A01:1A12,2B01", each once'
        )
    return text


Crosspoints = Annotated[str, AfterValidator(_check_crosspoints)]


class Keithley707BSection(SwitchSection):
    """A `[switch]` with a Keithley 707B, or a 708B with its one slot."""

    driver: Literal["Keithley707B"]
    row_channels: Crosspoints
    column_channels: Crosspoints


class Keithley707BSwitch(RelaySwitch):
    """Channels are crosspoints."""

    _closed_query = CLOSED

    def __init__(
        self, driver: Any, row_channels: Sequence[str], column_channels: Sequence[str]
    ) -> None:
        super().__init__(TspDialogue(NAME, driver), row_channels, column_channels)
        self._driver = driver

    def _open_all(self) -> None:
        self._driver.write(OPEN_ALL)

    def _close(self, channels: Sequence[str]) -> None:
        self._driver.write(f'channel.close("{",".join(channels)}")')

    def _closed(self, reply: str) -> list[str] | None:
        """Return the channels of a list such as `1A03;2B01`; without any the reply is nil."""
        if reply.strip() == NONE_CLOSED:
            return []
        names = [name.strip().upper() for name in reply.replace(";", ",").split(",")]
        return names if all(names) else None


def open_switch(section: Keithley707BSection, bench: Connection) -> Keithley707BSwitch:
    """Open the switch of a bench file."""
    rows, columns = channels_of(section.row_channels), channels_of(section.column_channels)
    assert rows is not None and columns is not None, "the bench file has been validated"
    return Keithley707BSwitch(bench.open(TspInstrument, section.address), rows, columns)


def safe_steps(_section: Keithley707BSection, _limits: Limits) -> tuple[Step, ...]:
    """Return the messages that open all relays."""
    return Send(OPEN_ALL), Confirm(Query(CLOSED, NONE_CLOSED))
