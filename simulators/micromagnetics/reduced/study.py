"""What the reduced model of a notch takes from the film, and the film's thresholds beside it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ..film import Film
from ..geometry.cells import MaskRule
from ..geometry.track import Track
from ..thresholds.bracket import Bracket, bisect, bisections
from ..thresholds.notch import NotchStudy, left_beyond_m
from ..thresholds.search import Memory, PrefixedMemory, Progress, Search
from ..track_file import TrackFile
from .depinning import Start
from .drag import Drag, drag_targets_m, tabulate_pinning, thiele_width_m
from .model import ReducedModel, reduced_model


@dataclass(frozen=True, slots=True)
class NotchOfFilm:
    """A notch in the reduced model and in the film."""

    model: ReducedModel
    start: Start
    film_thresholds: tuple[Bracket, ...]
    """Of a pulse on a wall at rest at T = 0, one for each width."""


def expected_runs_of_notch(file: TrackFile, notch: int, widths: int) -> int:
    """Return about how many positions and runs `study_notch` computes."""
    search = file.search
    runs = bisections(search.between_A_per_m2, search.tolerance)
    return len(drag_targets_m(file.film, file.track, notch, Drag())) + widths * (2 * runs + 1)


def study_notch(
    file: TrackFile, notch: int, widths_s: Sequence[float], memory: Memory, progress: Progress
) -> NotchOfFilm:
    """Tabulate the pinning of a notch, and find the film's threshold at each width of a pulse.

    Finished parts are kept in the memory. Raises MicromagneticsError for what the reduced model
    does not have, and for thresholds outside the currents to search between.
    """
    search = file.search
    model, start = model_of_notch(file.film, file.track, file.mask, notch, search, memory, progress)
    brackets = []
    for width_s in widths_s:
        named = PrefixedMemory(memory, f"{width_s:.6e} s, ")
        of_width = replace(search, pulse_s=width_s)
        runs = NotchStudy(file.film, file.track, notch, of_width, named, progress)
        brackets.append(bisect(runs.pulse, search.between_A_per_m2, search.tolerance))
    return NotchOfFilm(model, start, tuple(brackets))


def model_of_notch(
    film: Film,
    track: Track,
    mask: MaskRule,
    notch: int,
    search: Search,
    memory: Memory,
    progress: Progress,
) -> tuple[ReducedModel, Start]:
    """Return the reduced model of a notch, and the start of a wall that rests in it.

    Raises MicromagneticsError for what the reduced model does not have.
    """
    pinning = tabulate_pinning(film, track, notch, Drag(accuracy=search.accuracy), memory, progress)
    width_m = memory.find("Thiele's width")
    if width_m is None:
        width_m = thiele_width_m(film, track, mask, search.accuracy)
        memory.keep("Thiele's width", width_m)
    rest_m = pinning.rest_m(track.notches[notch - 1].position_m)
    start = Start(rest_m, left_beyond_m(track, notch), search.rest_s)
    return reduced_model(film, pinning, float(width_m)), start
