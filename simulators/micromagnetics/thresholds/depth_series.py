"""Thresholds and barriers of a notch against its depth: what to draw, how exactly to etch it.

All notches but the first are left out, so that only the depth differs. Between neighbouring depths
the threshold is taken as linear; its slope dJ/dd tells the spread of thresholds that a spread of
depths causes, σ_J = |dJ/dd| σ_d, and how far apart in depth two levels must be drawn.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from ..barriers.notch_barriers import NotchBarriers, notch_barriers
from ..errors import MicromagneticsError
from ..film import Film
from ..geometry.cells import MaskRule, cells_of
from ..geometry.track import Track
from .bracket import Bracket, bisect, bisections
from .notch import NotchStudy
from .search import Memory, PrefixedMemory, Progress, Search

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class DepthPoint:
    """The thresholds of a notch of one depth, and the barriers of a wall at rest in it."""

    depth_m: float
    run_up: Bracket
    pulse: Bracket
    barriers: NotchBarriers


def tracks_of_depths(track: Track, depths_m: Sequence[float]) -> list[Track]:
    """Return the track with its first notch alone, in each depth, by rising depth.

    Raises MicromagneticsError for fewer than two depths, a track without notches, and a depth that
    cuts the track through.
    """
    if len(set(depths_m)) < 2:
        raise MicromagneticsError("A slope needs at least two different depths: give more.")
    if not track.notches:
        raise MicromagneticsError("The track has no notch whose depth could be changed: add one.")
    return [
        replace(track, notches=(replace(track.notches[0], depth_m=depth_m),))
        for depth_m in sorted(set(depths_m))
    ]


def depth_series(
    film: Film,
    tracks: Sequence[Track],
    mask: MaskRule,
    search: Search,
    memory: Memory,
    progress: Progress,
) -> list[DepthPoint]:
    """Return the thresholds of the notch of each track; `film` gives material and cell.

    Raises MicromagneticsError where a threshold lies outside the currents to search between.
    """
    films = [replace(film, cells=cells_of(track, film.cells.cell_m, mask)) for track in tracks]
    return [
        _point(one, track, search, memory, progress)
        for one, track in zip(films, tracks, strict=True)
    ]


def expected_runs_of_series(search: Search, depths: int) -> int:
    """Return how many runs `depth_series` takes, about."""
    return depths * (3 * bisections(search.between_A_per_m2, search.tolerance) + 3)


def slopes_A_per_m3(
    depths_m: Floats, thresholds_A_per_m2: Floats, half_widths_A_per_m2: Floats
) -> tuple[Floats, Floats]:
    """Return dJ/dd at each depth, of the neighbouring interval or the mean of both, and its error.

    The error is the largest that the brackets' half widths allow.
    """
    steps_m = np.diff(depths_m)
    slopes = np.diff(thresholds_A_per_m2) / steps_m
    errors = (half_widths_A_per_m2[1:] + half_widths_A_per_m2[:-1]) / steps_m
    return _at_depths(slopes), _at_depths(errors)


def _at_depths(of_intervals: Floats) -> Floats:
    middle = (of_intervals[1:] + of_intervals[:-1]) / 2
    return np.concatenate([of_intervals[:1], middle, of_intervals[-1:]])


def _point(
    film: Film, track: Track, search: Search, memory: Memory, progress: Progress
) -> DepthPoint:
    depth_m = track.notches[0].depth_m
    memory = PrefixedMemory(memory, f"{depth_m:.6e} m deep, ")
    study = NotchStudy(film, track, 1, search, memory, progress)
    study.at_rest()
    run_up = bisect(study.run_up, search.between_A_per_m2, search.tolerance)
    pulse = bisect(study.pulse, search.between_A_per_m2, search.tolerance)
    (barriers,) = notch_barriers(film, track, memory, progress)
    return DepthPoint(depth_m, run_up, pulse, barriers)
