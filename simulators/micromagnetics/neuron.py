"""The transfer curve of a domain-wall neuron: where a pulse leaves the wall under a detector.

The wall starts at rest in time, not in force: straight, at `start_m`, before the detector. At the
end of the pulse the conductance is read: the share of the detector's area on the left of the wall.
Both axes are normalised to the range of the currents as in the neuron paper's Eq. 3,

    J_norm = (J - J_1)/(J_n - J_1),  G_norm = (G - G_1)/(G_n - G_1) = c1 J_norm + … + c4 J_norm⁴,

fitted by least squares without a constant. Valid for the pulse length, start and film given; a wall
that moves on after the pulse is read before that.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf, isfinite

import numpy as np
import numpy.typing as npt

from .dynamics.simulation import Accuracy, Simulation
from .errors import MicromagneticsError
from .film import Film
from .geometry.cells import Cells
from .thresholds.search import Memory, Progress
from .wall import straight_wall

Floats = npt.NDArray[np.float64]

_DEGREE = 4


@dataclass(frozen=True, slots=True)
class NeuronPulse:
    """A neuron and its pulse."""

    start_m: float
    """Position of the wall before the pulse."""
    duration_s: float
    detector_m: tuple[float, float]
    """Where the detector starts and ends along the track."""

    def __post_init__(self) -> None:
        start_m, end_m = self.detector_m
        if not 0 <= start_m < end_m:
            raise MicromagneticsError("The detector must start on the track and end after that.")
        if not 0 < self.duration_s < inf:
            raise MicromagneticsError("The duration of the pulse must be above 0.")
        if not isfinite(self.start_m + end_m):
            raise MicromagneticsError("Positions of wall and detector must be finite.")

    def check_on(self, film: Film) -> None:
        """Raise MicromagneticsError unless wall and detector lie on the track of a film."""
        straight_wall(film, self.start_m)
        length_m, end_m = film.cells.shape[0] * film.cells.cell_m, self.detector_m[1]
        if end_m > length_m * (1 + 1e-9):
            raise MicromagneticsError(
                f"The detector ends at {end_m * 1e9:g} nm, beyond the track of "
                f"{length_m * 1e9:g} nm: give it an end on the track."
            )


@dataclass(frozen=True, slots=True)
class TransferCurve:
    """What pulses of rising current do."""

    current_A_per_m2: Floats
    position_m: Floats
    """Position of the wall at the end of each pulse."""
    conductance: Floats
    """Share of the detector's area on the left of the wall, 0 to 1."""
    coefficients: tuple[float, ...]
    """c1 to c4."""

    @property
    def normalised(self) -> tuple[Floats, Floats]:
        """J_norm and G_norm of each pulse."""
        first, last = self.conductance[[0, -1]]
        low, high = self.current_A_per_m2[[0, -1]]
        return (self.current_A_per_m2 - low) / (high - low), (self.conductance - first) / (
            last - first
        )

    def fitted(self, current_norm: Floats) -> Floats:
        """Return G_norm by the polynomial."""
        conductance_norm: Floats = _powers(current_norm) @ np.array(self.coefficients)
        return conductance_norm


def transfer_curve(
    film: Film,
    pulse: NeuronPulse,
    currents_A_per_m2: Sequence[float],
    accuracy: Accuracy,
    memory: Memory,
    progress: Progress,
) -> TransferCurve:
    """Return where each pulse leaves the wall, and the fit.

    Raises MicromagneticsError for fewer than five currents, and where a wall ends outside of the
    detector or is no longer a single one.
    """
    currents = distinct_currents(currents_A_per_m2)
    pulse.check_on(film)  # refused before anything is computed
    positions = np.array(
        [_position_m(film, pulse, current, accuracy, memory, progress) for current in currents]
    )
    conductance = covered_share(film.cells, pulse.detector_m, positions)
    if not conductance[-1] > conductance[0]:
        raise MicromagneticsError(
            "The largest current leaves the wall no further than the smallest one: give currents "
            "below those that drive it out of the detector."
        )
    curve = TransferCurve(np.array(currents), positions, conductance, ())
    current_norm, conductance_norm = curve.normalised
    solution = np.linalg.lstsq(_powers(current_norm), conductance_norm)[0]
    coefficients = tuple(float(coefficient) for coefficient in solution)
    return TransferCurve(curve.current_A_per_m2, positions, conductance, coefficients)


def distinct_currents(currents_A_per_m2: Sequence[float]) -> list[float]:
    """Return the currents once each, rising; raises MicromagneticsError for fewer than five."""
    currents = sorted(set(currents_A_per_m2))
    if len(currents) <= _DEGREE:
        raise MicromagneticsError(
            f"A polynomial of degree {_DEGREE} needs at least {_DEGREE + 1} currents: give more."
        )
    return currents


def covered_share(cells: Cells, detector_m: tuple[float, float], x_m: Floats) -> Floats:
    """Return the share of the detector's area on the left of each x."""
    edges_m = np.arange(cells.shape[0] + 1, dtype=np.float64) * cells.cell_m
    area_m2 = np.concatenate([[0.0], np.cumsum(cells.column_width_m * cells.cell_m)])
    start, end = np.interp(detector_m, edges_m, area_m2)
    share: Floats = (np.interp(x_m, edges_m, area_m2) - start) / (end - start)
    return np.clip(share, 0.0, 1.0)


def _powers(current_norm: Floats) -> Floats:
    return np.stack([current_norm**power for power in range(1, _DEGREE + 1)], axis=-1)


def _position_m(
    film: Film,
    pulse: NeuronPulse,
    current: float,
    accuracy: Accuracy,
    memory: Memory,
    progress: Progress,
) -> float:
    part = f"{pulse}, {current:.9e}"
    kept = memory.find(part)
    if kept is None:
        progress(f"pulse of {current / 1e12:g}e12 A/m²", 0)
        simulation = Simulation(film, straight_wall(film, pulse.start_m), accuracy)
        simulation.run(pulse.duration_s, current)
        wall = simulation.wall
        kept = (wall.position_m, wall.is_single)
        memory.keep(part, kept)
        progress("", 1)
    position_m, is_single = kept
    start_m, end_m = pulse.detector_m
    if not (is_single and start_m <= position_m <= end_m):
        what = f"at {position_m * 1e9:.0f} nm, outside the detector" if is_single else "in pieces"
        raise MicromagneticsError(
            f"A pulse of {current:g} A/m² leaves the wall {what}: give other currents, or move the "
            "start or the detector."
        )
    return float(position_m)
