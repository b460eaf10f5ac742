"""Devices in rows and columns on common lines, selected by row and column lines.

Every cell has its device behind transistors that a row line and a column line open. All cells share
IN, CLK, 4P and OUT, so that with one row and one column selected exactly one device is connected,
with none the lines end open, and with more all selected ones lie side by side: each has the whole
pulse on its track, and their junctions are in parallel. Relays carry the direct voltage of the
select lines alone; transistors and lines are ideal. Devices that are not selected rest in the same
field.
"""

from collections.abc import Collection, Sequence
from itertools import pairwise

import numpy as np

from ....arrays import Floats
from ...device import Device, Twin

_ITERATIONS = 60


class DeviceArray:
    """Device r · columns + c sits where row r and column c cross.

    To the circuit it is one device: the parallel connection of those selected.
    """

    def __init__(
        self,
        devices: Device | Twin,
        row_channels: Sequence[int],
        column_channels: Sequence[int],
        stuck: Collection[int] = (),
    ) -> None:
        """Wire devices to lines; those at the places `stuck` keep their walls where they are."""
        self._devices = devices
        self._rows = {channel: row for row, channel in enumerate(row_channels)}
        self._columns = {channel: column for column, channel in enumerate(column_channels)}
        self._stuck = frozenset(stuck)
        self._places: list[int] = []
        self._connected: list[Device | Twin] = []
        self._rested: list[tuple[float, float]] = []

    @property
    def rows(self) -> int:
        return len(self._rows)

    @property
    def columns(self) -> int:
        return len(self._columns)

    @property
    def devices(self) -> Device | Twin:
        """All devices as they are now, row by row."""
        self._advance_resting()
        return self._devices

    def switch(self, closed: Collection[int]) -> bool:
        """Select devices by closed relays; return True if open lines are now connected."""
        rows = sorted(self._rows[channel] for channel in closed if channel in self._rows)
        columns = sorted(self._columns[channel] for channel in closed if channel in self._columns)
        places = [row * self.columns + column for row in rows for column in columns]
        if places == self._places:
            return False
        self._advance_resting()
        were_open = not self._places
        self._places = places
        self._connected = [self._devices.part(place, place + 1) for place in places]
        return were_open and bool(places)

    def drive(
        self,
        track_voltage_V: float,
        duration_s: float,
        field_T: float = 0.0,
        rise_s: float = 0.0,
        fall_s: float = 0.0,
    ) -> None:
        """Apply a voltage between IN and CLK of the selected devices; the others rest meanwhile."""
        for place, device in zip(self._places, self._connected, strict=True):
            if place not in self._stuck:
                device.drive(track_voltage_V, duration_s, field_T, rise_s, fall_s)
        if self._rested and self._rested[-1][1] == field_T:
            duration_s += self._rested.pop()[0]
        self._rested.append((duration_s, field_T))

    def junction_voltage_V(self, current_A: float, integration_s: float) -> Floats:
        """Source a current into the selected devices; return the voltage, (1,), 0 if none is."""
        if len(self._connected) == 1:
            return self._connected[0].junction_voltage_V(current_A, integration_s)
        if not self._connected or current_A == 0.0:
            return np.zeros(1)
        voltage_V = 0.0
        for _ in range(_ITERATIONS):
            previous_V, voltage_V = voltage_V, current_A * float(self.resistance_ohm(voltage_V)[0])
            if abs(voltage_V - previous_V) <= 1e-12 * abs(voltage_V):
                break
        return voltage_V * current_A / self.junction_current_A(voltage_V, integration_s)

    def junction_current_A(self, voltage_V: float, integration_s: float) -> Floats:
        """Source a voltage across the selected devices and return the current, (1,)."""
        currents = [
            device.junction_current_A(voltage_V, integration_s) for device in self._connected
        ]
        return np.sum(currents, axis=0) if currents else np.zeros(1)

    def resistance_ohm(self, bias_V: float = 0.0) -> Floats:
        """Return the noiseless resistance of the selected devices at a bias, (1,), inf if none."""
        if not self._connected:
            return np.full(1, np.inf)
        each_S = [1.0 / device.resistance_ohm(bias_V) for device in self._connected]
        return np.asarray(1.0 / np.sum(each_S, axis=0))

    def _advance_resting(self) -> None:
        """Integrate the state of all devices that are not selected up to now."""
        rested, self._rested = self._rested, []
        edges = [-1, *sorted(self._stuck.union(self._places)), self._devices.count]
        for before, after in pairwise(edges):
            if rested and after - before > 1:
                resting = self._devices.part(before + 1, after)
                for duration_s, field_T in rested:
                    resting.drive(0.0, duration_s, field_T)
