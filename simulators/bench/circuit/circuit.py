"""The circuit of a lab: how instruments drive and read its device.

    pulse generator → 50 Ω → amplifier (gain) → IN/CLK (track)
    source-meter → 4P/OUT (junction), with leads when two wires are used, at its front or rear
    bipolar supply → coil → field at the device and at the gaussmeter's probe
    switch → select lines of an array, if there is one instead of a device
    prober → needles on one device of a wafer, if there is one instead

The device has no clock: before anything changes or is read, the circuit integrates the device state
up to now, with the voltage on its track and the field during that time.
"""

import math
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

import numpy as np

from ...device import Device, Twin
from .clock import SimulatedClock
from .device_array import DeviceArray
from .electromagnet import Electromagnet
from .largest import LargestValues
from .wafer import Place, WaferDevices

_SETTLING_S = 1e-3


@dataclass(frozen=True, slots=True)
class Piece:
    """A section of a waveform on the generator's output, into 50 Ω; edges are 0–100 % times."""

    voltage_V: float
    duration_s: float
    rise_s: float = 0.0
    fall_s: float = 0.0


class Circuit:
    """One device among its instruments; every method is called under the lab's lock."""

    def __init__(
        self,
        device: Device | Twin | DeviceArray | WaferDevices,
        clock: SimulatedClock,
        magnet: Electromagnet,
        *,
        amplifier_gain: float,
        lead_resistance_ohm: float,
        meter_terminals: str = "FRON",
        series_resistance_ohm: float = 4e3,
        seed: int = 1,
    ) -> None:
        self.device = device
        self.clock = clock
        self.magnet = magnet
        self.amplifier_gain = amplifier_gain
        self.lead_resistance_ohm = lead_resistance_ohm
        self.meter_terminals = meter_terminals
        self.series_resistance_ohm = series_resistance_ohm
        self.largest = LargestValues()
        self.seed = seed
        self.waveform: Callable[[float, float], Iterable[Piece]] = _silence
        self.open_lines_V: Callable[[], float] = lambda: 0.0
        self.current_sources: list[Callable[[], tuple[float, float]]] = []
        self._advanced_to_s = clock.now_s()

    def random_for(self, model: str) -> np.random.Generator:
        """Return the random stream of an instrument's own noise."""
        return np.random.default_rng([self.seed, *model.encode()])

    def advance_to_now(self) -> None:
        """Integrate the device state up to now."""
        now_s = self.clock.now_s()
        start_s = self._advanced_to_s
        if now_s <= start_s:
            return
        self._advanced_to_s = now_s
        self.largest.see("coil_current_A", self.magnet.current_A(now_s))
        for duration_s, field_T in self.magnet.steps(start_s, now_s):
            self.largest.see("field_T", field_T)
            for piece in self.waveform(start_s, start_s + duration_s):
                self._drive(piece, field_T)
            start_s += duration_s

    def play(self, pieces: Iterable[Piece]) -> None:
        """Put a triggered waveform on the track for its duration, in a constant field."""
        self.advance_to_now()
        field_T = self.magnet.field_T(self.clock.now_s())
        for piece in pieces:
            self._drive(piece, field_T)
            self._advanced_to_s += piece.duration_s  # others may look at the device meanwhile
            self.clock.sleep(piece.duration_s)

    def switch(self, closed: Collection[int]) -> None:
        """Select devices of an array by closed relays.

        A device connected to open lines that a source drives takes the voltage to which they have
        floated: hot switching may destroy its junction.
        """
        self.advance_to_now()
        if isinstance(self.device, DeviceArray) and self.device.switch(closed):
            self._settle_open_lines()

    def touch(self, place: Place | None) -> None:
        """Connect the device of a wafer that the needles touch, or none; as hot as `switch` is."""
        self.advance_to_now()
        if isinstance(self.device, WaferDevices) and self.device.touch(place):
            self._settle_open_lines()

    def _settle_open_lines(self) -> None:
        floated_V = self.open_lines_V()
        if floated_V:
            self.device.junction_current_A(floated_V, _SETTLING_S)

    def field_T(self) -> float:
        """Return the field at the device and the probe now."""
        self.advance_to_now()
        return self.magnet.field_T(self.clock.now_s())

    def feed_magnet(self, *, current_A: float, voltage_V: float, regulates_current: bool) -> None:
        """Set the coil's regulated current or voltage, with the other quantity as the limit."""
        self.advance_to_now()
        now_s = self.clock.now_s()
        if regulates_current:
            self.magnet.feed_current(now_s, current_A, abs(voltage_V))
        else:
            self.magnet.feed_voltage(now_s, voltage_V, abs(current_A))

    def ramp_magnet(self, target_A: float, rate_A_per_s: float) -> None:
        """Change the coil's current at a rate, as a supply does that ramps by itself."""
        self.advance_to_now()
        self.magnet.feed_ramp(self.clock.now_s(), target_A, rate_A_per_s)

    def junction(
        self,
        *,
        current_A: float | None = None,
        voltage_V: float | None = None,
        limit: float,
        integration_s: float = _SETTLING_S,
        four_wire: bool,
        terminals: str,
    ) -> tuple[float, float, bool]:
        """Source a current (or a voltage) with a voltage (or current) limit into 4P/OUT.

        Returns the voltage at the sense terminals in V, the current in A, and whether the source
        is in compliance. Lead resistance adds to the voltage unless `four_wire`; nothing is at the
        terminals (`FRON` or `REAR`) that the device is not at.
        """
        self.advance_to_now()
        limit, leads_ohm = abs(limit), 0.0 if four_wire else self.lead_resistance_ohm
        if current_A is None and voltage_V is None:
            raise ValueError("A source forces a current or a voltage; neither was given.")
        if terminals != self.meter_terminals:
            return _source_nothing(current_A, voltage_V, limit)
        if current_A is not None:
            forced = self._source_current(current_A, limit, integration_s, leads_ohm)
        else:
            forced = self._source_voltage(voltage_V or 0.0, limit, integration_s, leads_ohm)
        self.largest.see("junction_voltage_V", forced[0])
        self.largest.see("junction_current_A", forced[1])
        return forced

    def sourced_voltage_V(self, integration_s: float) -> float:
        """Return the voltage across the junction of what `current_sources` force, 0 V if nothing.

        Each returns its current in A, 0 if it is off, and its limit in V; the currents add up.
        """
        self.advance_to_now()
        sources = [source() for source in self.current_sources]
        if not (current_A := sum(current_A for current_A, _ in sources)):
            return 0.0
        voltage_V, _, _ = self.junction(
            current_A=current_A,
            limit=max(limit_V for source_A, limit_V in sources if source_A),
            integration_s=integration_s,
            four_wire=True,
            terminals=self.meter_terminals,
        )
        return voltage_V

    def seen_resistance_ohm(self, *, four_wire: bool, terminals: str) -> float:
        """Return the noiseless resistance between a source-meter's terminals, inf if open."""
        if terminals != self.meter_terminals:
            return math.inf
        leads_ohm = 0.0 if four_wire else self.lead_resistance_ohm
        return float(self.device.resistance_ohm()[0]) + leads_ohm

    def _source_current(
        self, current_A: float, limit_V: float, integration_s: float, leads_ohm: float
    ) -> tuple[float, float, bool]:
        if abs(current_A) * (self._resistance_ohm(limit_V) + leads_ohm) > limit_V:
            voltage_V = limit_V if current_A >= 0.0 else -limit_V
            return voltage_V, self._current_A(voltage_V, integration_s, leads_ohm), True
        voltage_V = float(self.device.junction_voltage_V(current_A, integration_s)[0])
        return voltage_V + current_A * leads_ohm, current_A, False

    def _source_voltage(
        self, voltage_V: float, limit_A: float, integration_s: float, leads_ohm: float
    ) -> tuple[float, float, bool]:
        expected_A = abs(voltage_V) / (self._resistance_ohm(voltage_V) + leads_ohm)
        if expected_A > limit_A:
            current_A = limit_A if voltage_V >= 0.0 else -limit_A
            junction_V = float(self.device.junction_voltage_V(current_A, integration_s)[0])
            return junction_V + current_A * leads_ohm, current_A, True
        return voltage_V, self._current_A(voltage_V, integration_s, leads_ohm), False

    def _current_A(self, voltage_V: float, integration_s: float, leads_ohm: float) -> float:
        junction_ohm = self._resistance_ohm(voltage_V)
        across_V = voltage_V / (1.0 + leads_ohm / junction_ohm)
        return float(self.device.junction_current_A(across_V, integration_s)[0])

    def _resistance_ohm(self, bias_V: float) -> float:
        return float(self.device.resistance_ohm(bias_V=bias_V)[0])

    def _drive(self, piece: Piece, field_T: float) -> None:
        level_V = self.amplifier_gain * piece.voltage_V
        if level_V:
            self.largest.see("pulse_level_V", level_V)
        self.device.drive(
            level_V,
            piece.duration_s,
            field_T=field_T,
            rise_s=piece.rise_s,
            fall_s=piece.fall_s,
        )


def _source_nothing(
    current_A: float | None, voltage_V: float | None, limit: float
) -> tuple[float, float, bool]:
    """Return what a source finds at open terminals: a current source goes to its limit."""
    if current_A:
        return math.copysign(limit, current_A), 0.0, True
    return voltage_V or 0.0, 0.0, False


def _silence(start_s: float, stop_s: float) -> Iterable[Piece]:
    return (Piece(0.0, stop_s - start_s),)
