"""The physics of a two-channel pulse generator: levels, polarity, bursts, trains, limits.

Levels are voltages on the line with the configured load; into the bench's real 50 Ω the line
carries (load + 50 Ω)/(2 · load) of them. A channel that waits for a trigger rests at its LOW level,
or at its HIGH level when its polarity is inverted: an inverted pulse is a complement.
"""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from ..circuit.circuit import Circuit, Piece
from ..errors import ScpiError

LARGEST_LEVEL_V = 5.0
SMALLEST_AMPLITUDE_V = 0.05
LARGEST_AMPLITUDE_V = 5.0
_MOST_CYCLES_AT_ONCE = 1024


@dataclass(frozen=True, slots=True)
class ChannelSettings:
    """The settings of one channel; the defaults are those after `*RST`."""

    shape: str = "SIN"
    high_V: float = 0.5
    low_V: float = -0.5
    period_s: float = 1e-6
    width_s: float = 100e-9
    lead_s: float = 2.5e-9
    trail_s: float = 2.5e-9
    hold: str = "WIDT"
    square_duty_percent: float = 50.0
    ramp_symmetry_percent: float = 100.0
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

    @property
    def offset_V(self) -> float:
        return (self.high_V + self.low_V) / 2.0

    @property
    def amplitude_V(self) -> float:
        return self.high_V - self.low_V

    @property
    def _rise_s(self) -> float:
        return self.lead_s / 0.8  # edges are set as 10–90 % times

    @property
    def _fall_s(self) -> float:
        return self.trail_s / 0.8

    def with_amplitude(self, amplitude_V: float) -> "ChannelSettings":
        return self.around(self.offset_V, amplitude_V)

    def with_offset(self, offset_V: float) -> "ChannelSettings":
        return self.around(offset_V, self.amplitude_V)

    def around(self, offset_V: float, amplitude_V: float) -> "ChannelSettings":
        half_V = amplitude_V / 2.0
        return replace(self, high_V=offset_V + half_V, low_V=offset_V - half_V)

    def with_period(self, period_s: float) -> "ChannelSettings":
        """Return the settings at another period, with the width or the duty cycle held."""
        if self.hold == "DCYC":
            return replace(self, period_s=period_s, width_s=self.width_s * period_s / self.period_s)
        return replace(self, period_s=period_s)

    def conflict(self) -> str:
        """Return the conflict between settings as text, empty if they agree."""
        scale = 2.0 if math.isinf(self.load_ohm) else 2.0 * self.load_ohm / (self.load_ohm + 50.0)
        tolerance = 1.0 + 1e-9
        if max(map(abs, self._levels_V())) > LARGEST_LEVEL_V * scale * tolerance:
            return "level outside -5 V to 5 V into 50 Ohm"
        if self.shape != "DC" and self.amplitude_V < SMALLEST_AMPLITUDE_V * scale / tolerance:
            return "high level must be above low level by 50 mV or more"
        if self.shape != "DC" and self.amplitude_V > LARGEST_AMPLITUDE_V * scale * tolerance:
            return "amplitude above 5 Vpp into 50 Ohm"
        if self.limits and not self._within_limits():
            return "level outside the voltage limits"
        if self.shape == "PULS":
            edges_s = (self._rise_s + self._fall_s) / 2
            if self.width_s - edges_s < 0:
                return "edges do not fit the pulse width"
            if self.width_s + edges_s > self.period_s * tolerance:
                return "pulse width and edges do not fit the period"
        return ""

    def _levels_V(self) -> tuple[float, ...]:
        return (self.offset_V,) if self.shape == "DC" else (self.low_V, self.high_V)

    def _within_limits(self) -> bool:
        return all(
            self.limit_low_V - 1e-9 <= level_V <= self.limit_high_V + 1e-9
            for level_V in self._levels_V()
        )

    def on_line(self, level_V: float) -> float:
        """Return a level as it stands on the real 50 Ω line, in the set polarity."""
        if self.polarity == "INV":
            level_V = self.high_V + self.low_V - level_V
        if math.isinf(self.load_ohm):
            return level_V / 2.0
        return level_V * (self.load_ohm + 50.0) / (2.0 * self.load_ohm)

    def idle_V(self) -> float:
        """Return the line's level between pulses."""
        if not self.output:
            return 0.0
        return self.on_line(self.low_V if self.shape in ("PULS", "SQU") else self.offset_V)

    def cycle(self) -> tuple[Piece, ...]:
        """Return one cycle without its rest: a pulse, or two half-waves as trapezoids."""
        if self.shape == "PULS":
            return (Piece(self.on_line(self.high_V), self.width_s, self._rise_s, self._fall_s),)
        if self.shape == "SQU":
            return (
                Piece(self.on_line(self.high_V), self.period_s * self.square_duty_percent / 100),
            )
        half_s, edge_s = self.period_s / 2.0, self.period_s / 4.0
        return (
            Piece(self.on_line(self.high_V), half_s, edge_s, edge_s),
            Piece(self.on_line(self.low_V), half_s, edge_s, edge_s),
        )

    def burst_pieces(self) -> tuple[tuple[Piece, ...], int]:
        """Return one cycle with the rest that follows it, and how many of them make a burst."""
        cycle = self.cycle()
        count = self.cycles if self.burst and self.arm_source != "IMM" else 1
        rest_s = self.period_s - sum(piece.duration_s for piece in cycle)
        if count > 1 and rest_s > 0.0:
            cycle = (*cycle, Piece(self.idle_V(), rest_s))
        return cycle, count


class Channel:
    """One output. Settings are checked when a message ends, so that levels may cross inside it."""

    def __init__(self, circuit: Circuit | None) -> None:
        self._circuit = circuit
        self._staged = self._active = ChannelSettings()
        self._train_from_s = 0.0

    @property
    def settings(self) -> ChannelSettings:
        """The programmed settings, including those of the message being executed."""
        return self._staged

    def program(self, settings: ChannelSettings) -> None:
        """Stage new settings until `settle`."""
        self._staged = settings

    def settle(self) -> None:
        """Make the staged settings the line's, or restore the old ones and raise -221."""
        if self._staged is self._active:
            return
        conflict = self._staged.conflict()
        if conflict:
            self._staged = self._active
            raise ScpiError(-221, "Settings conflict", conflict)
        if self._circuit is not None:
            self._circuit.advance_to_now()
            self._train_from_s = self._circuit.clock.now_s()
            self._circuit.waveform = self.waveform
        self._active = self._staged

    def trigger(self) -> None:
        """Output the burst of one trigger; raises -211 if no trigger is awaited."""
        self.settle()
        settings = self._active
        if settings.arm_source in ("IMM", "INT2"):
            raise ScpiError(-211, "Trigger ignored", "the channel does not wait for one")
        if settings.output and settings.shape != "DC" and self._circuit is not None:
            self._circuit.play(_repeated(*settings.burst_pieces(), settings.idle_V()))

    def waveform(self, start_s: float, stop_s: float) -> Iterable[Piece]:
        """Yield the waveform between two times: the idle level, or a continuous train."""
        settings = self._active
        left_s = stop_s - start_s
        trains = settings.arm_source in ("IMM", "INT2") and settings.shape != "DC"
        if settings.output and trains:
            every_s = settings.period_s if settings.arm_source == "IMM" else settings.burst_period_s
            burst = list(_repeated(*settings.burst_pieces(), settings.idle_V()))
            gap_s = max(0.0, every_s - sum(piece.duration_s for piece in burst))
            begun = _events_before(start_s - self._train_from_s, every_s)
            bursts = _events_before(stop_s - self._train_from_s, every_s) - begun
            for _ in range(min(bursts, _MOST_CYCLES_AT_ONCE)):
                yield from burst
                left_s -= every_s
                yield Piece(settings.idle_V(), max(0.0, min(gap_s, gap_s + left_s)))
        if left_s > 0.0:
            yield Piece(settings.idle_V(), left_s)


def _events_before(elapsed_s: float, every_s: float) -> int:
    """Return how many periodic events, the first at zero, came before a time."""
    return math.ceil(elapsed_s / every_s - 1e-9)


def _repeated(pieces: tuple[Piece, ...], count: int, idle_V: float) -> Iterator[Piece]:
    """Yield pieces `count` times; cycles beyond 1024 become rest, as the wall has stopped."""
    for _ in range(min(count, _MOST_CYCLES_AT_ONCE)):
        yield from pieces
    more = count - _MOST_CYCLES_AT_ONCE
    if more > 0:
        yield Piece(idle_V, more * sum(piece.duration_s for piece in pieces))
