"""Arbitrary waveforms: the standard ones, and a channel's memory for a user's own.

Points lie between -1 and 1 and are spread over a period; the track sees 64 of them at most. Noise
is a sequence of 64 normal deviates, the same in every period.
"""

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from ...errors import ScpiError

LARGEST_DAC_VALUE = 8191
VOLATILE = "VOLATILE"
SLOTS = 4
_POINTS = 64
_LONGEST_NAME = 12


def _thinned(points: Iterable[float]) -> tuple[float, ...]:
    """Return points as the track sees them, each mean of its share of the period."""
    values = np.clip(np.asarray(list(points), dtype=float), -1.0, 1.0)
    parts = np.array_split(values, min(len(values), _POINTS))
    return tuple(float(part.mean()) for part in parts)


def _standard() -> dict[str, tuple[float, ...]]:
    phase: NDArray[np.float64] = (np.arange(_POINTS) + 0.5) / _POINTS
    return {
        "SINC": _thinned(np.sinc(8.0 * (phase - 0.5))),
        "NEG_RAMP": _thinned(1.0 - 2.0 * phase),
        "EXP_RISE": _thinned(1.0 - 2.0 * np.exp(-5.0 * phase)),
        "EXP_FALL": _thinned(2.0 * np.exp(-5.0 * phase) - 1.0),
    }


STANDARD = _standard()
NOISE = _thinned(np.random.default_rng(81160).standard_normal(_POINTS) / 3.3)


class WaveformMemory:
    """The waveforms of a channel: the standard ones, the volatile one, four kept ones."""

    def __init__(self) -> None:
        self._volatile: tuple[float, ...] | None = None
        self._kept: dict[str, tuple[float, ...]] = {}

    def points(self, name: str) -> tuple[float, ...]:
        """Return a waveform by its name in capitals; raises -224 if it does not exist."""
        found = {VOLATILE: self._volatile, **STANDARD, **self._kept}.get(name)
        if found is None:
            raise ScpiError(-224, "Illegal parameter value", name)
        return found

    def load(self, points: Sequence[float]) -> None:
        """Replace the volatile waveform."""
        self._volatile = _thinned(points)

    def keep(self, name: str) -> None:
        """Copy the volatile waveform to a name; raises ScpiError if it cannot."""
        if not name.isidentifier() or len(name) > _LONGEST_NAME or name in (VOLATILE, *STANDARD):
            raise ScpiError(-224, "Illegal parameter value", name)
        if not self.free and name not in self._kept:
            raise ScpiError(-225, "Out of memory")
        self._kept[name] = self.points(VOLATILE)

    def delete(self, name: str) -> None:
        """Delete a kept waveform; raises -224 if there is none of the name."""
        if self._kept.pop(name, None) is None:
            raise ScpiError(-224, "Illegal parameter value", name)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the kept waveforms."""
        return tuple(self._kept)

    @property
    def free(self) -> int:
        """How many more can be kept."""
        return SLOTS - len(self._kept)


def dac_points(values: Sequence[str]) -> list[float]:
    """Return the points of DAC values: numbers, or one block of 16-bit integers, big-endian."""
    if len(values) == 1 and values[0].startswith("#"):
        block = values[0].encode("latin-1")
        data = block[2 + int(block[1:2]) :]
        return [value / LARGEST_DAC_VALUE for (value,) in np.frombuffer(data, ">i2").reshape(-1, 1)]
    return [float(value) / LARGEST_DAC_VALUE for value in values]
