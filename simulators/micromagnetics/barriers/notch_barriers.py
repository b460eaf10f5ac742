"""The barriers of all notches of a track, and how long a wall at rest stays in one.

Between two neighbouring notches one path gives the barrier of either; from the outer notches a path
leads towards the end of the track. Alone in the middle of a track that is its own mirror image a
notch needs one path for both sides. By Arrhenius' law a wall leaves at the rate

    Γ = f0 [exp(-E_+/(k_B T)) + exp(-E_-/(k_B T))]

and stays 1/Γ in the mean. The attempt frequency f0 is not computed: it has to be stated, and its
usual 1 GHz is uncertain by a factor of ten or more, as much as 2.3 k_B T of barrier. Valid for
barriers of several k_B T.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from itertools import pairwise
from math import exp, inf

import numpy as np

from ..constants import BOLTZMANN_J_per_K
from ..errors import MicromagneticsError
from ..film import Film
from ..geometry.track import Track
from ..thresholds.search import Memory, Progress
from .escape import Escape, Place, end_of_track, escape

ATTEMPT_RATE_Hz = 1e9
_ALIKE = 1e-9


@dataclass(frozen=True, slots=True)
class Barrier:
    """A barrier against leaving a notch to one side."""

    barrier_J: float
    error_J: float
    """From the number of images."""
    top_m: float
    """Mean position of the wall at the top."""


@dataclass(frozen=True, slots=True)
class NotchBarriers:
    """The barriers of one notch, numbered from 1 in the order of the track's list."""

    notch: int
    rest_m: float
    """Mean position of the wall at rest."""
    forward: Barrier
    """Towards larger x."""
    backward: Barrier
    """Towards smaller x."""

    @property
    def lowest_J(self) -> float:
        """The lower of both barriers."""
        return min(self.forward.barrier_J, self.backward.barrier_J)

    def dwell_time_s(self, temperature_K: float, attempt_rate_Hz: float) -> float:
        """Return the mean time in the notch; infinite where it exceeds what a float holds."""
        thermal_J = BOLTZMANN_J_per_K * temperature_K
        barriers_J = (self.forward.barrier_J, self.backward.barrier_J)
        rate_Hz = sum(attempt_rate_Hz * exp(-barrier_J / thermal_J) for barrier_J in barriers_J)
        return 1 / rate_Hz if rate_Hz > 0 else inf


def notch_barriers(
    film: Film, track: Track, memory: Memory, progress: Progress, *, only: int | None = None
) -> list[NotchBarriers]:
    """Return the barriers of all notches, in the order of the track's list, or of one of them.

    Raises MicromagneticsError for a track without notches, a notch that holds no wall at rest, and
    a path that does not converge.
    """
    if not track.notches:
        raise MicromagneticsError("The track has no notch that could hold a wall: add one.")
    places = [
        (Place(position_m), number)
        for position_m, number in sorted(
            (notch.position_m, number) for number, notch in enumerate(track.notches, start=1)
        )
    ]
    ends = [end_of_track(track, places[k][0].position_m, side) for k, side in ((0, -1), (-1, 1))]
    # each path starts in a notch: the first one leads to the left
    chain = [(places[0][0], ends[0])]
    chain += [(left, right) for (left, _), (right, _) in pairwise(places)]
    chain.append((places[-1][0], ends[1]))
    wanted = [k for k, (_, number) in enumerate(places) if only in (None, number)]
    if len(places) == 1 and is_its_mirror_image(film):
        return [_of_both_sides(film, places[0][1], *chain[1], memory, progress)]
    needed = sorted({k + side for k in wanted for side in (0, 1)})
    paths = {k: _once(film, *chain[k], memory, progress) for k in needed}
    found = [
        NotchBarriers(
            places[k][1],
            paths[k + 1].start_m,
            _barrier(paths[k + 1], paths[k + 1].barrier_J),
            _barrier(paths[k], paths[k].barrier_J if k == 0 else paths[k].barrier_back_J),
        )
        for k in wanted
    ]
    return sorted(found, key=lambda one: one.notch)


def expected_paths(tracks: Sequence[Track]) -> int:
    """Return how many paths `notch_barriers` takes for these tracks, at most."""
    return sum(len(track.notches) + 1 for track in tracks)


def is_its_mirror_image(film: Film) -> bool:
    """Return whether x → L - x with a turn of all moments by π about x leaves the film as it is."""
    volume, (_, y, z) = film.cells.volume, film.flux_density_T
    return y == z == 0 and bool(np.allclose(volume, volume[::-1], rtol=0, atol=_ALIKE))


def _of_both_sides(
    film: Film, number: int, start: Place, end: Place, memory: Memory, progress: Progress
) -> NotchBarriers:
    """Return the barriers of the one notch of a film that is its own mirror image."""
    path = _once(film, start, end, memory, progress)
    forward = _barrier(path, path.barrier_J)
    backward = replace(forward, top_m=film.length_m - path.top_m)
    return NotchBarriers(number, path.start_m, forward, backward)


def _barrier(path: Escape, barrier_J: float) -> Barrier:
    return Barrier(barrier_J, path.error_J, path.top_m)


def _once(film: Film, start: Place, end: Place, memory: Memory, progress: Progress) -> Escape:
    part = f"path, {start.position_m:.6e} to {end.position_m:.6e}"
    kept = memory.find(part)
    if kept is not None:
        return Escape(**kept)

    def watch(step: int, force_A_per_m: float) -> None:
        progress(
            f"path {start.position_m * 1e9:.0f} to {end.position_m * 1e9:.0f} nm, step {step}: "
            f"force {force_A_per_m:.0f} A/m",
            0,
        )

    found = escape(film, start, end, watch)
    memory.keep(part, asdict(found))
    progress(part, 1)
    return found
