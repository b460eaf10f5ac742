"""The Keithley 2700, 2701 or 2750 as an array's switch: one relay for a row, one for a column.

Relays are closed as multiple channels, so that the mainframe's multimeter stays disconnected, and
read back. The driver's own `closed_channels` fails where none is.
"""

from collections.abc import Sequence
from typing import Literal

from pymeasure.instruments.keithley import Keithley2750

from ...channel_list import channels_of
from ...connection import Connection
from ...dialogue import Dialogue
from ...guard.plan import Confirm, Query, Send, Step
from ...limits import Limits
from ...sections import SwitchSection
from .relays import RelaySwitch

NAME = "The switch (2750)"


class Keithley2750Section(SwitchSection):
    """A `[switch]` with a Keithley 2750, or a 2700 or 2701 with their two slots."""

    driver: Literal["Keithley2750"]


class Keithley2750Switch(RelaySwitch):
    """Channels are numbers of slot and relay."""

    _closed_query = ":ROUT:MULT:CLOS?"

    def __init__(
        self, driver: Keithley2750, row_channels: Sequence[str], column_channels: Sequence[str]
    ) -> None:
        super().__init__(Dialogue(NAME, driver), row_channels, column_channels)
        self._driver = driver

    def _open_all(self) -> None:
        self._driver.open_all()

    def _close(self, channels: Sequence[str]) -> None:
        self._driver.close(",".join(channels))

    def _closed(self, reply: str) -> list[str] | None:
        """Return the channels of a list such as `(@101,502)`."""
        reply = reply.strip()
        if not (reply.startswith("(@") and reply.endswith(")")):
            return None
        names = [name.strip() for name in reply[2:-1].split(",") if name.strip()]
        return names if all(name.isdecimal() for name in names) else None


def open_switch(section: Keithley2750Section, bench: Connection) -> Keithley2750Switch:
    """Open the switch of a bench file."""
    rows, columns = channels_of(section.row_channels), channels_of(section.column_channels)
    assert rows is not None and columns is not None, "the bench file has been validated"
    return Keithley2750Switch(bench.open(Keithley2750, section.address), rows, columns)


def safe_steps(_section: Keithley2750Section, _limits: Limits) -> tuple[Step, ...]:
    """Return the messages that open all relays."""
    return Send(":ROUT:OPEN:ALL"), Confirm(Query(":ROUT:MULT:CLOS?", "(@)"))
