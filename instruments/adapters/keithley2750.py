"""The Keithley 2700, 2701 or 2750 as an array's switch: one relay for a row, one for a column.

Relays are closed as multiple channels, so that the mainframe's multimeter stays disconnected, and
read back. The driver's own `closed_channels` fails where none is.
"""

from collections.abc import Sequence
from typing import Literal

from pymeasure.instruments.keithley import Keithley2750

from ..channel_list import channels_of
from ..connection import Connection
from ..dialogue import Dialogue
from ..errors import BenchError
from ..faults import shown, translate_errors
from ..guard.plan import Confirm, Query, Send, Step
from ..limits import Limits
from ..sections import SwitchSection

NAME = "The switch (2750)"


class Keithley2750Section(SwitchSection):
    """A `[switch]` with a Keithley 2750, or a 2700 or 2701 with their two slots."""

    driver: Literal["Keithley2750"]


class Keithley2750Switch:
    """Row r is selected by channel row_channels[r], column c by column_channels[c]."""

    def __init__(
        self, driver: Keithley2750, row_channels: Sequence[int], column_channels: Sequence[int]
    ) -> None:
        self._driver = driver
        self._dialogue = Dialogue(NAME, driver)
        self._row_channels = row_channels
        self._column_channels = column_channels

    @property
    def identity(self) -> str:
        return self._dialogue.ask("*IDN?")

    @property
    def rows(self) -> int:
        return len(self._row_channels)

    @property
    def columns(self) -> int:
        return len(self._column_channels)

    def close(self, row: int, column: int) -> None:
        if not (0 <= row < self.rows and 0 <= column < self.columns):
            raise BenchError(
                f"There is no device at row {row}, column {column}: the switch of the bench file "
                f"has rows 0 to {self.rows - 1} and columns 0 to {self.columns - 1}."
            )
        wanted = (self._row_channels[row], self._column_channels[column])
        self._open_all()
        with translate_errors(NAME):
            self._driver.close(",".join(map(str, wanted)))
        self._confirm(wanted)

    def open(self) -> None:
        self._open_all()
        self._confirm(())

    def check(self) -> None:
        self._dialogue.check_errors()

    def make_safe(self) -> None:
        self._dialogue.resync()
        self.open()

    def _open_all(self) -> None:
        with translate_errors(NAME):
            self._driver.open_all()

    def _confirm(self, wanted: Sequence[int]) -> None:
        self.check()

        def problem(reply: str) -> str:
            if _channels(reply) == sorted(wanted):
                return ""
            return (
                f"{NAME} replied {shown(reply)} as its closed channels where {list(wanted)} should "
                "be; check its cards and the channels in the bench file."
            )

        self._dialogue.confirmed(lambda: self._dialogue.ask(":ROUT:MULT:CLOS?"), problem)


def _channels(reply: str) -> list[int] | None:
    """Return the channels of a list such as `(@101,502)` in order; None if it is no list."""
    reply = reply.strip()
    if not (reply.startswith("(@") and reply.endswith(")")):
        return None
    names = [name.strip() for name in reply[2:-1].split(",") if name.strip()]
    return sorted(map(int, names)) if all(name.isdecimal() for name in names) else None


def open_switch(section: Keithley2750Section, bench: Connection) -> Keithley2750Switch:
    """Open the switch of a bench file."""
    rows, columns = channels_of(section.row_channels), channels_of(section.column_channels)
    assert rows is not None and columns is not None, "the bench file has been validated"
    return Keithley2750Switch(bench.open(Keithley2750, section.address), rows, columns)


def safe_steps(_section: Keithley2750Section, _limits: Limits) -> tuple[Step, ...]:
    """Return the messages that open all relays."""
    return Send(":ROUT:OPEN:ALL"), Confirm(Query(":ROUT:MULT:CLOS?", "(@)"))
