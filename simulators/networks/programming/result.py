"""What it takes to write a whole network: pulses, time and energy, and what is then there."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

PRINTED_J = 0.124e-12
"""The energy of an update as the synapse paper's Table 1 prints it, for 50 ns."""


@dataclass(frozen=True, slots=True)
class PulseTimes:
    """How long a pulse and a reading take, and what the track's resistance is where it is known.

    `heating_s` is what V²/R counts for: the full width at half maximum less a sixth of the edges.
    """

    pulse_s: float
    heating_s: float
    read_s: float
    track_ohm: float | None = None


@dataclass(frozen=True, slots=True)
class Programming:
    """One programming of a network, all devices from saturation.

    `devices[n]` is how many were given n pulses, `at_level` how many ended where they should.
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
        """Return how many devices were given n pulses, the mean over programmings, (n + 1,)."""
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
    def most_pulses(self) -> int:
        """The most that any device was given."""
        return max(len(one.devices) for one in self.programmings) - 1

    def quantile(self, share: float) -> int:
        """Return how many pulses suffice for this share of the devices."""
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
    def heat_J(self) -> float | None:
        """The heat of all pulses in the tracks, ΣV² T/R; None where R is not known."""
        if self.times.track_ohm is None:
            return None
        squares = float(np.mean([one.squares_V2 for one in self.programmings]))
        return squares * self.times.heating_s / self.times.track_ohm

    @property
    def printed_J(self) -> float:
        """The energy of all pulses at what the synapse paper prints for one."""
        return self.pulses * PRINTED_J

    @property
    def accuracies(self) -> tuple[float, ...]:
        return tuple(one.accuracy for one in self.programmings)

    @property
    def _each_s(self) -> float:
        return self.times.pulse_s + (self.times.read_s if self.is_read else 0.0)

    def document(self) -> dict[str, Any]:
        """Return it as plain data, for the store."""
        return {
            **asdict(self),
            "share_at_level": self.share_at_level,
            "pulses": self.pulses,
            "most_pulses": self.most_pulses,
            "serial_s": self.serial_s,
            "parallel_s": self.parallel_s,
            "heat_J": self.heat_J,
            "printed_J": self.printed_J,
        }


@dataclass(frozen=True, slots=True)
class Programmed:
    """What came out: accuracies of the trained weights, of them on the device's levels, of those
    with every device at its level but for its spread; and the ways of writing."""

    levels: int
    images: int
    accuracy_trained: float
    accuracy_on_levels: float
    accuracies_at_level: tuple[float, ...]
    writings: tuple[Writing, ...]

    def document(self) -> dict[str, Any]:
        """Return it as plain data, for the store."""
        told = asdict(self)
        return {**told, "writings": [writing.document() for writing in self.writings]}
