"""The slow drag of a film's wall past a notch, from which its pinning is tabulated.

The wall is held at a position by a current that is controlled for it, proportionally and by the
integral of the deviation, with α = 1 so that it settles soon and so fast that it is held where the
pinning falls, too; then the target moves on. The
current that holds the wall is the pinning in units of the drive: at rest φ is that of a free wall,
and H_p = (π/2) H_DL(J). The position is that of a straight wall in the film with the same

    q = ∫ j (1 - m_z)/2 dV/(w t) + constant,    j = J(x)/J0,

whose conjugate force the drive is, so that ∫ H_p dq is an energy. Where J ∝ 1/w that is the place
along the track, in a notch as well. The constant makes q the mean position of the wall that rests
in the notch: canted moments at the edges, and under a uniform current what notches cut out of the
track, would put it elsewhere. The drag goes to +x: where the film has two states at one q, the
table has the one that a wall comes to from behind, and jumps where that one ends.
"""

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from ..constants import GYROMAGNETIC_RATIO_m_per_A_s
from ..dynamics.simulation import Accuracy, Simulation
from ..errors import MicromagneticsError
from ..film import Film, film_of
from ..geometry.cells import MaskRule
from ..geometry.track import Track
from ..thresholds.notch import left_beyond_m
from ..thresholds.search import Memory, Progress
from ..wall import straight_wall
from .model import check_reducible, reduced_model
from .pinning import Pinning, pinning_of

Floats = npt.NDArray[np.float64]

_DAMPING = 1.0
_RATE_per_s = 6e10  # of the control, above that of a wall on the steepest flank
_INTEGRAL_RATE_per_s = 6e9
_MOVE_s, _LOOK_s, _LONGEST_s = 0.1e-9, 25e-12, 4e-9
_SETTLED_m, _SETTLED = 0.05e-9, 4
_FAR_m = 4e-9
_RELAXATION_s = 0.3e-9


@dataclass(frozen=True, slots=True)
class Drag:
    """How the pinning is tabulated."""

    step_m: float = 1.25e-9
    before_m: float = 40e-9
    """Distance before the notch at which the drag starts."""
    after_m: float = 0.0
    """Distance beyond the place where a wall has left the notch at which it ends."""
    settled: float = 0.005
    """Largest change of the holding current in 0.1 ns, relative to the largest one so far."""
    points_per_part: int = 10
    """Positions between two entries of the checkpoint."""
    accuracy: Accuracy = field(default_factory=lambda: Accuracy(stray_interval_s=2e-12))


def swept_position_m(m: npt.NDArray[np.floating], film: Film) -> float:
    """Return q without its constant, of a magnetisation of shape (3, nx, ny)."""
    down = (1 - m[2].astype(np.float64)) / 2 * film.cells.volume
    return float(film.relative_current @ down.sum(axis=1)) * film.cells.cell_m**2 / film.width_m


def thiele_width_m(film: Film, track: Track, rule: MaskRule, accuracy: Accuracy) -> float:
    """Return Δ of the wall at rest in the middle of the track without its notches."""
    plain = film_of(replace(track, notches=()), film.material, film.cells.cell_m, rule=rule)
    middle_m = track.length_m / 2
    simulation = Simulation(plain, straight_wall(plain, middle_m), accuracy)
    simulation.relax(_RELAXATION_s)
    m = simulation.m.astype(np.float64)
    near = np.abs(plain.cells.x_m - middle_m) < 10 * film.material.wall_width_m
    m, volume = m[:, near], plain.cells.volume[near]
    cosine = np.clip(np.sum(m[:, 1:] * m[:, :-1], axis=0), -1, 1)
    gradient = np.sum(np.arccos(cosine) ** 2 * np.minimum(volume[1:], volume[:-1]))
    return 2 * film.width_m / float(gradient)


def tabulate_pinning(
    film: Film, track: Track, notch: int, drag: Drag, memory: Memory, progress: Progress
) -> Pinning:
    """Return the pinning of a notch, numbered from 1, by a drag of the film's wall past it.

    It is without the ripple of the film's cells (`pinning.py`), if a step is not near half of one.
    Finished parts of the drag are kept in the memory. Raises MicromagneticsError for a taper, and
    for a wall that cannot be held.
    """
    targets_m = drag_targets_m(film, track, notch, drag)
    film = replace(film, flux_density_T=(film.flux_density_T[0], 0.0, 0.0))
    origin_m = _origin_m(film, track.notches[notch - 1].position_m, notch, drag, memory)
    rows: list[tuple[float, ...]] = []
    m = None
    for first in range(0, len(targets_m), drag.points_per_part):
        part = f"notch {notch}, drag from {targets_m[first]:.6e}"
        kept = memory.find(part)
        if kept is None:
            if m is None:
                m = straight_wall(film, targets_m[0])
            current = rows[-1][1] if rows else 0.0
            held = _HeldWall(film, m, drag, current, origin_m)
            found = []
            for target_m in targets_m[first : first + drag.points_per_part]:
                progress(f"notch {notch}, wall held at {target_m * 1e9:.0f} nm", 0)
                found.append(held.hold(float(target_m)))
                progress("", 1)
            kept = {"rows": found, "m": held.simulation.m}
            memory.keep(part, kept)
        rows += [tuple(row) for row in kept["rows"]]
        m = kept["m"]
    near = [  # not where the wall jumped over a place, or was thrown back as it jumped
        row
        for row, target_m in zip(rows, targets_m, strict=True)
        if abs(row[0] - target_m) < _FAR_m
    ]
    held_m, currents = np.array(sorted(near)).reshape(-1, 2).T
    apart = np.append(True, np.diff(held_m) > 1e-12)[: len(held_m)]
    model = reduced_model(film, Pinning(0.0, np.zeros(1)), film.material.wall_width_m)
    field = model.push_per_current_m * currents
    return pinning_of(held_m[apart], field[apart], film.cells.cell_m)


def drag_targets_m(film: Film, track: Track, notch: int, drag: Drag) -> Floats:
    """Return the positions of a drag; raises MicromagneticsError for what the model lacks."""
    check_reducible(film)
    if track.width_at_end_m != track.width_m:
        raise MicromagneticsError("The reduced model is that of a track of one width, not a taper.")
    if not 1 <= notch <= len(track.notches):
        raise MicromagneticsError(f"There is no notch {notch}: the track has {len(track.notches)}.")
    margin_m = 3 * film.material.wall_width_m
    start_m = max(margin_m, track.notches[notch - 1].position_m - drag.before_m)
    end_m = min(left_beyond_m(track, notch) + drag.after_m, track.length_m - margin_m)
    return np.arange(start_m, end_m, drag.step_m)


def _origin_m(film: Film, notch_m: float, notch: int, drag: Drag, memory: Memory) -> float:
    """Return the swept position at which q is 0."""
    part = f"notch {notch}, origin of the drag"
    kept = memory.find(part)
    if kept is None:
        simulation = Simulation(film, straight_wall(film, notch_m), drag.accuracy)
        simulation.relax(_RELAXATION_s)
        kept = swept_position_m(simulation.m, film) - simulation.wall.position_m
        memory.keep(part, kept)
    return float(kept)


class _HeldWall:
    """A wall whose position is controlled by the current."""

    def __init__(
        self, film: Film, m: Any, drag: Drag, current_A_per_m2: float, origin_m: float
    ) -> None:
        self.film, self._drag, self._origin_m = film, drag, origin_m
        self.simulation = Simulation(film, m, drag.accuracy)
        self.simulation.frame.set_damping(_DAMPING)
        model = reduced_model(film, Pinning(0.0, np.zeros(1)), film.material.wall_width_m)
        mobility = GYROMAGNETIC_RATIO_m_per_A_s * film.material.wall_width_m / _DAMPING
        self._gain = _RATE_per_s / (mobility * model.push_per_current_m)  # A/m² per m
        self._largest = abs(self._gain) * 1e-9
        self._integral = self._current = current_A_per_m2
        self._target_m = self._from_m = self._position_m()
        self._time_s = 0.0
        self._begin_s = 0.0

    def hold(self, target_m: float) -> tuple[float, float]:
        """Move the wall to a position until it rests; return where, and the current."""
        simulation = self.simulation
        self._begin_s, self._from_m, self._aim_m = simulation.time_s, self._target_m, target_m
        currents: list[float] = []
        while simulation.time_s - self._begin_s < _LONGEST_s:
            simulation.run(_LOOK_s, self._control)
            currents.append(self._current)
            change = np.ptp(currents[-_SETTLED:])
            if (
                simulation.time_s - self._begin_s > _MOVE_s + _SETTLED * _LOOK_s
                and change < self._drag.settled * self._largest
                and abs(self._deviation_m()) < _SETTLED_m
            ):
                break
        if not simulation.wall.is_single:
            raise MicromagneticsError(
                f"The wall broke up while it was held at {target_m * 1e9:.0f} nm: its pinning "
                "cannot be tabulated."
            )
        self._largest = max(self._largest, abs(self._integral))
        return self._position_m(), float(np.mean(currents[-_SETTLED:]))

    def _control(self, time_s: float) -> float:
        moved = min(1.0, (time_s - self._begin_s) / _MOVE_s)
        self._target_m = self._from_m + moved * (self._aim_m - self._from_m)
        deviation_m = self._deviation_m()
        elapsed_s, self._time_s = max(0.0, time_s - self._time_s), time_s
        self._integral += _INTEGRAL_RATE_per_s * elapsed_s * self._gain * deviation_m
        self._current = self._integral + self._gain * deviation_m
        return self._current

    def _deviation_m(self) -> float:
        return self._target_m - self._position_m()

    def _position_m(self) -> float:
        return swept_position_m(self.simulation.m, self.film) - self._origin_m
