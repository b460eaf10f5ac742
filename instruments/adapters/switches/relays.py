"""Switch systems as an array's switch: one relay for a row, one for a column, read back."""

from abc import ABC, abstractmethod
from collections.abc import Collection, Sequence

from ...dialogue import Dialogue
from ...errors import BenchError
from ...faults import shown, translate_errors


class RelaySwitch(ABC):
    """Row r is selected by channel row_channels[r], column c by column_channels[c]."""

    _closed_query: str

    def __init__(
        self, dialogue: Dialogue, row_channels: Sequence[str], column_channels: Sequence[str]
    ) -> None:
        self._dialogue = dialogue
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
        with translate_errors(self._dialogue.name):
            self._open_all()
            self._close(wanted)
        self._confirm(wanted)

    def open(self) -> None:
        with translate_errors(self._dialogue.name):
            self._open_all()
        self._confirm(())

    def check(self) -> None:
        self._dialogue.check_errors()

    def make_safe(self) -> None:
        self._dialogue.resync()
        self.open()

    @abstractmethod
    def _open_all(self) -> None:
        """Open all relays."""

    @abstractmethod
    def _close(self, channels: Sequence[str]) -> None:
        """Close relays beside those that are closed."""

    @abstractmethod
    def _closed(self, reply: str) -> Collection[str] | None:
        """Return the closed channels in a reply to `_closed_query`; None if it is no list."""

    def _confirm(self, wanted: Sequence[str]) -> None:
        self.check()

        def problem(reply: str) -> str:
            closed = self._closed(reply)
            if closed is not None and sorted(closed) == sorted(wanted):
                return ""
            return (
                f"{self._dialogue.name} replied {shown(reply)} as its closed channels where "
                f"[{', '.join(wanted)}] should be; check its cards and the channels in the bench "
                "file."
            )

        self._dialogue.confirmed(lambda: self._dialogue.ask(self._closed_query), problem)
