"""Cold switching: relays move only while no source drives the lines that they connect.

Closing onto a current source that floats at its voltage limit, or breaking a current, puts spikes
on a junction that it may not survive, and wears out relays.
"""

from ..errors import BenchError
from ..roles import Switch
from .sources import Sources, check_cold


class ColdSwitch:
    """Refuses to close or open while the pulse generator or the resistance meter is armed."""

    def __init__(self, inner: Switch, sources: Sources) -> None:
        self.inner = inner
        self._sources = sources

    @property
    def identity(self) -> str:
        return self.inner.identity

    @property
    def rows(self) -> int:
        return self.inner.rows

    @property
    def columns(self) -> int:
        return self.inner.columns

    def close(self, row: int, column: int) -> None:
        self._check_cold()
        self.inner.close(row, column)

    def open(self) -> None:
        self._check_cold()
        self.inner.open()

    def check(self) -> None:
        self.inner.check()

    def make_safe(self) -> None:
        """Open, whatever is on: the bench switches its sources off before."""
        self.inner.make_safe()

    def _check_cold(self) -> None:
        check_cold(self._sources, "The switch")


class OneDeviceSwitch(ColdSwitch):
    """The switch of an array as one device sees it: row 0, column 0 is the device at `site`."""

    def __init__(self, whole: ColdSwitch, row: int, column: int) -> None:
        super().__init__(whole.inner, whole._sources)
        self._site = row, column

    @property
    def rows(self) -> int:
        return 1

    @property
    def columns(self) -> int:
        return 1

    def close(self, row: int, column: int) -> None:
        if (row, column) != (0, 0):
            raise BenchError(f"One device is measured, and row {row}, column {column} is another.")
        super().close(*self._site)
