"""The physics of a pulse-generator channel: polarity, bursts, trains.

A channel that waits for a trigger rests at its LOW level, or at its HIGH level when its polarity is
inverted: an inverted pulse is a complement.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from ...circuit.circuit import Circuit, Piece
from ...errors import ScpiError
from .settings import ChannelSettings
from .waveforms import VOLATILE, WaveformMemory

_MOST_CYCLES_AT_ONCE, _MOST_PIECES_AT_ONCE = 1024, 2048


class Channel:
    """One output. Settings are checked when a message ends, so that levels may cross inside it."""

    def __init__(self, circuit: Circuit | None, defaults: ChannelSettings | None = None) -> None:
        self._circuit = circuit
        self._defaults = defaults or ChannelSettings()
        self._staged = self._active = self._defaults
        self._train_from_s = 0.0
        self.memory = WaveformMemory()

    @property
    def settings(self) -> ChannelSettings:
        """The programmed settings, including those of the message being executed."""
        return self._staged

    def reset(self) -> None:
        """Stage the settings after `*RST` until `settle`."""
        self.program(self._defaults)

    def program(self, settings: ChannelSettings) -> None:
        """Stage new settings until `settle`."""
        self._staged = settings

    def select(self, waveform: str) -> None:
        """Choose the waveform of the shape USER by its name."""
        points = self.memory.points(waveform.upper())
        self.program(replace(self._staged, waveform_name=waveform.upper(), waveform=points))

    def load(self, points: list[float]) -> None:
        """Replace the volatile waveform, on the output too if it is the chosen one."""
        if not points:
            raise ScpiError(-109, "Missing parameter")
        self.memory.load(points)
        if self._staged.waveform_name == VOLATILE:
            self.select(VOLATILE)

    def delete(self, waveform: str) -> None:
        """Delete a kept waveform; raises -221 if it is the chosen one."""
        if waveform.upper() == self._staged.waveform_name:
            raise ScpiError(-221, "Settings conflict", "the waveform is in use")
        self.memory.delete(waveform.upper())

    def settle(self) -> None:
        """Make the staged settings the line's.

        Raises -221 if they contradict each other and the old ones stay, or if something had to be
        adjusted to them.
        """
        if self._staged is self._active:
            return
        staged = self._staged.fitted()
        conflict = staged.conflict()
        if conflict:
            self._staged = self._active
            raise ScpiError(-221, "Settings conflict", conflict)
        if self._circuit is not None:
            self._circuit.advance_to_now()
            self._train_from_s = self._circuit.clock.now_s()
            self._circuit.waveform = self.waveform
        self._staged = self._active = replace(staged, adjusted=frozenset())
        if staged.adjusted:
            raise ScpiError(
                -221, "Settings conflict", f"{', '.join(sorted(staged.adjusted))} adjusted"
            )

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
            for _ in range(min(bursts, _most_at_once(burst))):
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
    most = _most_at_once(pieces)
    for _ in range(min(count, most)):
        yield from pieces
    more = count - most
    if more > 0:
        yield Piece(idle_V, more * sum(piece.duration_s for piece in pieces))


def _most_at_once(pieces: Sequence[Piece]) -> int:
    """Return how many repetitions of pieces act, of all those between two looks at the device."""
    return max(1, min(_MOST_CYCLES_AT_ONCE, _MOST_PIECES_AT_ONCE // len(pieces)))
