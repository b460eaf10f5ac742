"""The search for a threshold: between a current that holds the wall and one that does not."""

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil, exp, log, log2

from ..errors import MicromagneticsError
from .outcome import Outcome

LARGEST_STEP = 0.2

Run = Callable[[float], Outcome]


@dataclass(frozen=True, slots=True)
class Bracket:
    """A threshold: the largest current that holds the wall and the smallest that does not."""

    held: Outcome
    lost: Outcome

    @property
    def middle_A_per_m2(self) -> float:
        """The threshold."""
        return (self.held.current_A_per_m2 + self.lost.current_A_per_m2) / 2

    @property
    def half_width_A_per_m2(self) -> float:
        """Half of the bracket; what cells, materials and edges add to the error is not in it."""
        return (self.lost.current_A_per_m2 - self.held.current_A_per_m2) / 2


def bisect(run: Run, within_A_per_m2: tuple[float, float], tolerance: float) -> Bracket:
    """Halve the ratio of two currents until their bracket is ± `tolerance` of the threshold.

    A run that ends creeping counts as not held. Raises MicromagneticsError if the threshold does
    not lie between the two.
    """
    low, high = within_A_per_m2
    held: Outcome | None = None
    lost: Outcome | None = None
    for _ in range(bisections(within_A_per_m2, tolerance)):
        outcome = run(exp((log(low) + log(high)) / 2))
        if outcome.ending == "held":
            held, low = outcome, outcome.current_A_per_m2
        else:
            lost, high = outcome, outcome.current_A_per_m2
    held = held or run(low)
    lost = lost or run(high)
    if held.ending != "held":
        raise MicromagneticsError(
            f"Already {held.current_A_per_m2:g} A/m² does not hold the wall ({held.ending} after "
            f"{held.duration_s * 1e9:.1f} ns): search from a lower current density."
        )
    if lost.ending == "held":
        raise MicromagneticsError(
            f"{lost.current_A_per_m2:g} A/m² still holds the wall: search up to a higher current "
            "density."
        )
    return Bracket(held, lost)


def bisections(within_A_per_m2: tuple[float, float], tolerance: float) -> int:
    """Return how many runs `bisect` takes, unless the threshold is at an end."""
    low, high = within_A_per_m2
    return max(1, ceil(log2(log(high / low) / (2 * tolerance))))


def climb(
    run: Callable[[Outcome, float], Outcome], start: Outcome, step: float, tolerance: float
) -> Bracket:
    """Raise the current under a wall at rest, each time from the last state that was held.

    A step that loses the wall is halved and taken again from that state, since a large step kicks
    the wall; one that does not is followed by a larger one. The threshold is where a step of 2
    `tolerance` loses it. Steps are relative.
    """
    held = start
    while True:
        outcome = run(held, held.current_A_per_m2 * (1 + step))
        if outcome.ending == "held":
            held, step = outcome, min(1.5 * step, LARGEST_STEP)
        elif step <= 2 * tolerance:
            return Bracket(held, outcome)
        else:
            step = max(step / 2, 2 * tolerance)
