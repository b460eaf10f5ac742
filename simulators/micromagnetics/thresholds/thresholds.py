"""The three thresholds of a notch.

A wall can rest at two places: in the notch, and bowed beyond it with its ends still in the notch.
The second is reached only at speed. Which threshold applies depends on how the wall arrived:

- run-up: the current is switched on while the wall rests well before the notch; the threshold is
  the current at which it runs through;
- static: the current is raised in small steps under the wall that the largest run-up current left
  at rest, until it goes;
- pulse: a square pulse on a wall that relaxed in the notch without current, judged after a rest.
"""

from dataclasses import dataclass

from ..film import Film
from ..geometry.track import Track
from .bracket import Bracket, bisect, bisections, climb
from .ends_field import ends_field_A_per_m
from .notch import NotchStudy, Pulse
from .search import Memory, Progress, Search

_STATIC_RUNS = 14  # of a staircase, about


@dataclass(frozen=True, slots=True)
class NotchThresholds:
    """The thresholds of one notch of a track."""

    notch: int
    position_m: float
    run_up: Bracket
    static: Bracket
    pulse: Bracket
    held_pulse: Pulse
    """The largest pulse that left the wall in the notch."""
    lost_pulse: Pulse
    """The smallest pulse that did not, followed to the end of the rest."""
    ends_field_A_per_m: float
    """Field of the track's ends on the wall where it is held before the static threshold; positive
    pushes the wall to +x."""


def expected_runs(search: Search) -> int:
    """Return how many runs `notch_thresholds` takes, about."""
    return 2 * bisections(search.between_A_per_m2, search.tolerance) + _STATIC_RUNS + 6


def notch_thresholds(
    film: Film, track: Track, notch: int, search: Search, memory: Memory, progress: Progress
) -> NotchThresholds:
    """Return the thresholds of a notch, numbered from 1 in the order of the track's list.

    Raises MicromagneticsError for a notch that holds no wall, or whose thresholds lie outside the
    currents to search between.
    """
    study = NotchStudy(film, track, notch, search, memory, progress)
    study.at_rest()
    run_up = bisect(study.run_up, search.between_A_per_m2, search.tolerance)
    static = climb(study.step_up, run_up.held, search.static_step, search.tolerance)
    pulse = bisect(study.pulse, search.between_A_per_m2, search.tolerance)
    return NotchThresholds(
        notch,
        track.notches[notch - 1].position_m,
        run_up,
        static,
        pulse,
        study.full_pulse(pulse.held.current_A_per_m2),
        study.full_pulse(pulse.lost.current_A_per_m2),
        ends_field_A_per_m(track, film.material, film.cells.cell_m, static.held.position_m),
    )
