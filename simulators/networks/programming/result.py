"""Results of writing a whole network: pulses, time, energy, and the accuracy as written."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..documents import document

PUBLISHED_J = 0.124e-12
"""The energy of an update in the synapse paper's Table 1, for 50 ns."""


@dataclass(frozen=True, slots=True)
class PulseTimes:
    """Durations of a pulse and a reading, and the track's resistance where it is known.

    `heating_s` is the effective duration of V²/R: the full width at half maximum less a sixth of
    the edges.
    """

    pulse_s: float
    heating_s: float
    read_s: float
    track_ohm: float | None = None


@dataclass(frozen=True, slots=True)
class Programming:
    """One programming of a network, all devices from saturation.

    `devices[n]` is the number of devices that took n pulses, `at_level` of those on their target.
    """

    devices: tuple[int, ...]
    at_level: int
    squares_V2: float
    accuracy: float


@dataclass(frozen=True, slots=True)
class Writing:
    """All programmings of one way of writing; single shots are not read."""

    name: str
    is_read: bool
    times: PulseTimes
    programmings: tuple[Programming, ...]

    @property
    def devices(self) -> int:
        return sum(self.programmings[0].devices)

    @property
    def histogram(self) -> np.ndarray:
        """Return the number of devices that took n pulses, the mean over programmings, (n + 1,)."""
        longest = max(len(one.devices) for one in self.programmings)
        counts = [np.pad(one.devices, (0, longest - len(one.devices))) for one in self.programmings]
        return np.asarray(np.mean(counts, axis=0))

    @property
    def share_at_level(self) -> float:
        return float(np.mean([one.at_level for one in self.programmings])) / self.devices

    @property
    def pulses(self) -> float:
        """All pulses of one programming."""
        return float(self.histogram @ np.arange(len(self.histogram)))

    @property
    def max_pulses(self) -> int:
        """The maximum for one device."""
        return max(len(one.devices) for one in self.programmings) - 1

    def quantile(self, share: float) -> int:
        """Return the number of pulses that suffices for this share of the devices."""
        reached = np.cumsum(self.histogram) / self.histogram.sum()
        return int(np.searchsorted(reached, share - 1e-12))

    @property
    def serial_s(self) -> float:
        """The time that writing one device after the other takes."""
        return self.pulses * self._each_s

    @property
    def parallel_s(self) -> float:
        """The time if all devices are written at once, each round as long as one pulse."""
        return float(np.mean([len(one.devices) - 1 for one in self.programmings])) * self._each_s

    @property
    def joule_energy_J(self) -> float | None:
        """The Joule energy of all pulses, ΣV² T/R; None where R is unknown."""
        if self.times.track_ohm is None:
            return None
        squares = float(np.mean([one.squares_V2 for one in self.programmings]))
        return squares * self.times.heating_s / self.times.track_ohm

    @property
    def published_energy_J(self) -> float:
        """The energy of all pulses at the synapse paper's value for one."""
        return self.pulses * PUBLISHED_J

    @property
    def accuracies(self) -> tuple[float, ...]:
        return tuple(one.accuracy for one in self.programmings)

    @property
    def _each_s(self) -> float:
        return self.times.pulse_s + (self.times.read_s if self.is_read else 0.0)

    def document(self) -> dict[str, Any]:
        """Return it as plain data, for the store."""
        return {
            **document(self),
            "share_at_level": self.share_at_level,
            "pulses": self.pulses,
            "most_pulses": self.max_pulses,
            "serial_s": self.serial_s,
            "parallel_s": self.parallel_s,
            "heat_J": self.joule_energy_J,
            "printed_J": self.published_energy_J,
        }


@dataclass(frozen=True, slots=True)
class Programmed:
    """Accuracies of the trained weights, on the device's levels, and with every device at its level
    but for its spread; and the ways of writing."""

    levels: int
    images: int
    accuracy_trained: float
    accuracy_on_levels: float
    accuracies_at_level: tuple[float, ...]
    writings: tuple[Writing, ...]

    def document(self) -> dict[str, Any]:
        """Return it as plain data, for the store."""
        return {**document(self), "writings": [writing.document() for writing in self.writings]}
