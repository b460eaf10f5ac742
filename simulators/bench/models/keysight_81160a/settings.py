"""The settings of a pulse-generator channel, and the waveform they make.

Levels are kept as they stand on the bench's real 50 Ω line. What is set and shown is for the
configured load: 2 · load/(load + 50 Ω) of it. Another load changes what is shown, not the output.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ...circuit.circuit import Piece
from .waveforms import NOISE, STANDARD

LARGEST_LEVEL_V = 5.0
SMALLEST_EDGE_S = 1e-9
SMALLEST_WIDTH_S = 1.5e-9
_EDGE_SHARE = 0.8  # edges are set as 10-90 % times
_TOLERANCE, _ROUNDING_V = 1.0 + 1e-9, 1e-9
_PEAK_TO_PEAK_PER_RMS = {"SIN": 2.0 * math.sqrt(2.0), "RAMP": 2.0 * math.sqrt(3.0), "NOIS": 6.6}


@dataclass(frozen=True, slots=True)
class ChannelSettings:
    """The settings of one channel; the defaults are those after `*RST`.

    `adjusted` names what the instrument has changed by itself to make room for what was set. The
    smallest and the largest amplitude are the instrument's own, into 50 Ω.
    """

    shape: str = "SIN"
    high_V: float = 0.5
    low_V: float = -0.5
    unit: str = "VPP"
    period_s: float = 1e-6
    width_s: float = 100e-9
    lead_s: float = 2.5e-9
    trail_s: float = 2.5e-9
    hold: str = "WIDT"
    square_duty_percent: float = 50.0
    ramp_symmetry_percent: float = 100.0
    waveform_name: str = "EXP_RISE"
    waveform: tuple[float, ...] = STANDARD["EXP_RISE"]
    phase_deg: float = 0.0
    delay_s: float = 0.0
    output: bool = False
    polarity: str = "NORM"
    load_ohm: float = 50.0
    limits: bool = False
    limit_high_V: float = 5.0
    limit_low_V: float = -5.0
    arm_source: str = "IMM"
    burst: bool = False
    burst_mode: str = "TRIG"
    burst_period_s: float = 1e-3
    cycles: int = 1
    trigger_source: str = "IMM"
    smallest_amplitude_V: float = 0.05
    largest_amplitude_V: float = 5.0
    amplifier: str = "HIB"
    adjusted: frozenset[str] = frozenset()

    @property
    def offset_V(self) -> float:
        return (self.high_V + self.low_V) / 2.0

    @property
    def amplitude_V(self) -> float:
        return self.high_V - self.low_V

    @property
    def edges_s(self) -> float:
        """Half the time of both edges, which a pulse takes beyond its width at half maximum."""
        return (self.lead_s + self.trail_s) / _EDGE_SHARE / 2.0

    @property
    def shown(self) -> float:
        """Volts shown for a volt on the line."""
        if math.isinf(self.load_ohm):
            return 2.0
        return 2.0 * self.load_ohm / (self.load_ohm + 50.0)

    @property
    def rms_share(self) -> float:
        """Volts rms for a volt peak to peak."""
        return 1.0 / _PEAK_TO_PEAK_PER_RMS.get(self.shape, 2.0)

    def with_high(self, high_V: float) -> "ChannelSettings":
        """Return the settings with another high level, which pushes the low one where it must."""
        low_V = _between(
            high_V - self.largest_amplitude_V, self.low_V, high_V - self.smallest_amplitude_V
        )
        moved = self.adjusting(low_V != self.low_V, "low level", "high level")
        return replace(moved, high_V=high_V, low_V=low_V)

    def with_low(self, low_V: float) -> "ChannelSettings":
        """Return the settings with another low level, which pushes the high one where it must."""
        high_V = _between(
            low_V + self.smallest_amplitude_V, self.high_V, low_V + self.largest_amplitude_V
        )
        moved = self.adjusting(high_V != self.high_V, "high level", "low level")
        return replace(moved, high_V=high_V, low_V=low_V)

    def with_amplitude(self, amplitude_V: float) -> "ChannelSettings":
        """Return the settings with another amplitude, at an offset that leaves room for it."""
        room_V = max(0.0, LARGEST_LEVEL_V - amplitude_V / 2.0)
        offset_V = _between(-room_V, self.offset_V, room_V)
        moved = self.adjusting(offset_V != self.offset_V, "offset", "amplitude")
        return moved.around(offset_V, amplitude_V)

    def with_offset(self, offset_V: float) -> "ChannelSettings":
        """Return the settings with another offset, and the amplitude that it leaves room for."""
        if self.shape == "DC":
            return self.around(offset_V, self.amplitude_V)
        largest_V = LARGEST_LEVEL_V - self.smallest_amplitude_V / 2.0
        if abs(offset_V) <= LARGEST_LEVEL_V:
            offset_V = _between(-largest_V, offset_V, largest_V)
        amplitude_V = min(self.amplitude_V, 2.0 * max(0.0, LARGEST_LEVEL_V - abs(offset_V)))
        if amplitude_V > self.amplitude_V - _ROUNDING_V:
            amplitude_V = self.amplitude_V
        moved = self.adjusting(amplitude_V != self.amplitude_V, "amplitude", "offset")
        return moved.around(offset_V, amplitude_V)

    def around(self, offset_V: float, amplitude_V: float) -> "ChannelSettings":
        half_V = amplitude_V / 2.0
        return replace(self, high_V=offset_V + half_V, low_V=offset_V - half_V)

    def with_period(self, period_s: float) -> "ChannelSettings":
        """Return the settings at another period, with the width or the duty cycle held."""
        if self.hold == "DCYC":
            return replace(self, period_s=period_s, width_s=self.width_s * period_s / self.period_s)
        return replace(self, period_s=period_s)

    def fitted(self) -> "ChannelSettings":
        """Return the settings with the edges, then the width, that the period leaves room for."""
        room_s = min(self.period_s - self.width_s, self.width_s)
        if self.shape != "PULS" or self.edges_s <= room_s * _TOLERANCE:
            return self
        smaller = room_s / self.edges_s
        lead_s, trail_s = (
            max(SMALLEST_EDGE_S, edge_s * smaller) for edge_s in (self.lead_s, self.trail_s)
        )
        fitted = replace(self, lead_s=lead_s, trail_s=trail_s)
        fitted = fitted.adjusting(True, "edges")
        edges_s = fitted.edges_s
        least_s = max(SMALLEST_WIDTH_S, edges_s)
        width_s = max(least_s, min(self.width_s, self.period_s - edges_s))
        return replace(fitted.adjusting(width_s != self.width_s, "pulse width"), width_s=width_s)

    def adjusting(self, changed: bool, other: str, *given: str) -> "ChannelSettings":
        """Return the settings with a note that `other` has changed, and none on what was given."""
        names = self.adjusted - set(given)
        return replace(self, adjusted=names | {other} if changed else names)

    def conflict(self) -> str:
        """Return the conflict between settings as text, empty if they agree."""
        if max(map(abs, self._levels_V())) > LARGEST_LEVEL_V * _TOLERANCE:
            return "level outside -5 V to 5 V into 50 Ohm"
        if self.shape != "DC" and self.amplitude_V < self.smallest_amplitude_V / _TOLERANCE:
            return f"high level must be {self.smallest_amplitude_V * 1e3:g} mV above low level"
        if self.shape != "DC" and self.amplitude_V > self.largest_amplitude_V * _TOLERANCE:
            return f"amplitude above {self.largest_amplitude_V:g} Vpp into 50 Ohm"
        if self.limits and not self._within_limits():
            return "level outside the voltage limits"
        if self.shape == "PULS" and self.width_s + self.edges_s > self.period_s * _TOLERANCE:
            return "pulse width and edges do not fit the period"
        return ""

    def on_line(self, level_V: float) -> float:
        """Return a level as it stands on the line in the set polarity."""
        return self.high_V + self.low_V - level_V if self.polarity == "INV" else level_V

    def idle_V(self) -> float:
        """Return the line's level between pulses."""
        if not self.output:
            return 0.0
        return self.on_line(self.low_V if self.shape in ("PULS", "SQU") else self.offset_V)

    def cycle(self) -> tuple[Piece, ...]:
        """Return one cycle without its rest: a pulse, points, or two half-waves as trapezoids."""
        high_V, low_V = self.on_line(self.high_V), self.on_line(self.low_V)
        if self.shape == "PULS":
            rise_s, fall_s = self.lead_s / _EDGE_SHARE, self.trail_s / _EDGE_SHARE
            return (Piece(high_V, self.width_s, rise_s, fall_s),)
        if self.shape == "SQU":
            return (Piece(high_V, self.period_s * self.square_duty_percent / 100),)
        if self.shape in ("NOIS", "USER"):
            return self._points(NOISE if self.shape == "NOIS" else self.waveform)
        half_s, edge_s = self.period_s / 2.0, self.period_s / 4.0
        return (Piece(high_V, half_s, edge_s, edge_s), Piece(low_V, half_s, edge_s, edge_s))

    def burst_pieces(self) -> tuple[tuple[Piece, ...], int]:
        """Return one cycle with the rest that follows it, and how many of them make a burst."""
        cycle = self.cycle()
        count = self.cycles if self.burst and self.arm_source != "IMM" else 1
        rest_s = self.period_s - sum(piece.duration_s for piece in cycle)
        if count > 1 and rest_s > 0.0:
            cycle = (*cycle, Piece(self.idle_V(), rest_s))
        return cycle, count

    def _points(self, points: Sequence[float]) -> tuple[Piece, ...]:
        half_V, each_s = self.amplitude_V / 2.0, self.period_s / len(points)
        return tuple(Piece(self.on_line(self.offset_V + half_V * p), each_s) for p in points)

    def _levels_V(self) -> tuple[float, ...]:
        return (self.offset_V,) if self.shape == "DC" else (self.low_V, self.high_V)

    def _within_limits(self) -> bool:
        return all(
            self.limit_low_V - 1e-9 <= level_V <= self.limit_high_V + 1e-9
            for level_V in self._levels_V()
        )


def _between(least: float, value: float, most: float) -> float:
    """Return a value within limits; one that only rounding takes beyond them stays as it is."""
    if least - _ROUNDING_V <= value <= most + _ROUNDING_V:
        return value
    return max(least, min(most, value))
