"""The runs of a wall at one notch, each computed once and kept by its name."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from ..dynamics.simulation import Simulation
from ..errors import MicromagneticsError
from ..film import Film
from ..geometry.track import Track
from ..wall import straight_wall
from .outcome import Outcome, follow
from .search import Memory, Progress, Search

_RELAXATION_s = 3e-9
_RELAXED_A_per_m = 50.0


@dataclass(frozen=True, slots=True)
class Pulse:
    """A square pulse on a wall at rest in the notch."""

    at_end: Outcome
    after_rest: Outcome


class NotchStudy:
    """The runs at one notch, each computed once."""

    def __init__(
        self, film: Film, track: Track, notch: int, search: Search, memory: Memory,
        progress: Progress,
    ) -> None:  # fmt: skip
        if not 1 <= notch <= len(track.notches):
            raise MicromagneticsError(
                f"There is no notch {notch}: the track has {len(track.notches)}."
            )
        self.film, self.search, self.number = film, search, notch
        self._memory, self._progress = memory, progress
        self._notch_m = track.notches[notch - 1].position_m
        self._beyond_m = left_beyond_m(track, notch)
        half_width_m = track.notches[notch - 1].half_width_m
        self._arrives_m = self._notch_m - half_width_m - 3 * film.material.wall_width_m

    def run_up(self, current_A_per_m2: float) -> Outcome:
        """Run the wall up to the notch."""
        start_m = max(self._notch_m - self.search.run_up_m, self.search.run_up_m / 4)
        if start_m >= self._notch_m:
            raise MicromagneticsError(
                f"Notch {self.number} is too near the end of the track for a run-up: shorten "
                "run_up_m."
            )

        def compute() -> Outcome:
            simulation = self._simulation(straight_wall(self.film, start_m))
            simulation.relax(self.search.relaxation_s)
            return self._follow(simulation, current_A_per_m2, "run-up")

        outcome = self._once("run-up", current_A_per_m2, compute)
        if outcome.ending in ("held", "creeping") and outcome.position_m < self._arrives_m:
            raise MicromagneticsError(
                f"Under {current_A_per_m2:g} A/m² the wall was {outcome.ending} at "
                f"{outcome.position_m * 1e9:.0f} nm, before notch {self.number}: search from a "
                "higher current density, or check the signs of the spin-Hall angle, of D and of "
                "the polarization."
            )
        return outcome

    def step_up(self, held: Outcome, current_A_per_m2: float) -> Outcome:
        """Raise the current under a wall at rest."""

        def compute() -> Outcome:
            return self._follow(self._simulation(held.m), current_A_per_m2, "static")

        return self._once(f"static from {held.current_A_per_m2:.6e}", current_A_per_m2, compute)

    def pulse(self, current_A_per_m2: float) -> Outcome:
        """Apply a pulse to the wall in the notch and return what it is afterwards."""
        return self.full_pulse(current_A_per_m2, stops_when_left=True).after_rest

    def full_pulse(self, current_A_per_m2: float, *, stops_when_left: bool = False) -> Pulse:
        """Apply a pulse; a wall that is gone is followed to the end of the rest unless told not."""
        beyond_m = self._beyond_m if stops_when_left else float("inf")
        name = "pulse" if stops_when_left else "full pulse"

        def under_current() -> Outcome:
            simulation = self._simulation(self.at_rest().m)
            return self._follow(
                simulation, current_A_per_m2, name, beyond_m=beyond_m, longest_s=self.search.pulse_s
            )

        at_end = self._once(f"{name}, end", current_A_per_m2, under_current)
        if at_end.ending in ("left", "broken"):
            return Pulse(at_end, at_end)

        def without_current() -> Outcome:
            simulation = self._simulation(at_end.m)
            outcome = self._follow(
                simulation, 0.0, f"{name}, rest", beyond_m=beyond_m, longest_s=self.search.rest_s
            )
            reach_m = self._beyond_m - self._notch_m
            is_back = abs(outcome.position_m - self._notch_m) <= reach_m
            ending = outcome.ending if outcome.ending == "broken" else "held" if is_back else "left"
            return replace(outcome, current_A_per_m2=current_A_per_m2, ending=ending)

        return Pulse(at_end, self._once(f"{name}, rest", current_A_per_m2, without_current))

    def at_rest(self) -> Outcome:
        """Return the wall relaxed in the notch without current."""

        def compute() -> Outcome:
            simulation = self._simulation(straight_wall(self.film, self._notch_m))
            simulation.relax(_RELAXATION_s, _RELAXED_A_per_m)
            outcome = self._follow(simulation, 0.0, "rest")
            if outcome.ending != "held":
                raise MicromagneticsError(
                    f"Notch {self.number} does not hold a wall at rest ({outcome.ending} at "
                    f"{outcome.position_m * 1e9:.0f} nm): make it deeper."
                )
            return outcome

        return self._once("rest", 0.0, compute)

    def _simulation(self, m: Any) -> Simulation:
        return Simulation(self.film, m, self.search.accuracy)

    def _follow(
        self,
        simulation: Simulation,
        current: float,
        what: str,
        beyond_m: float | None = None,
        longest_s: float | None = None,
    ) -> Outcome:
        def watch(elapsed_s: float, position_m: float) -> None:
            self._progress(
                f"notch {self.number}, {what} at {current / 1e12:.4f}e12 A/m²: "
                f"{elapsed_s * 1e9:.1f} ns, {position_m * 1e9:.0f} nm",
                0,
            )

        return follow(
            simulation,
            current,
            self._beyond_m if beyond_m is None else beyond_m,
            self.search.longest_s if longest_s is None else longest_s,
            watch,
        )

    def _once(self, name: str, current: float, compute: Callable[[], Outcome]) -> Outcome:
        part = f"notch {self.number}, {name}, {current:.9e}"
        kept = self._memory.find(part)
        if kept is not None:
            return Outcome(**kept)
        outcome = compute()
        content = {name: getattr(outcome, name) for name in Outcome.__dataclass_fields__}
        self._memory.keep(part, content)
        self._progress(part, 1)
        return outcome


def left_beyond_m(track: Track, notch: int) -> float:
    """Return the position from which on a wall has left a notch for good.

    Halfway to the next notch or to the end of the track, and at most one width away, as the track
    is wide there, which is beyond the place where a wall bows out of the notch.
    """
    position_m = track.notches[notch - 1].position_m
    part = position_m / track.length_m
    width_m = track.width_m + (track.width_at_end_m - track.width_m) * part
    later_m = [other.position_m for other in track.notches if other.position_m > position_m]
    next_m = min([*later_m, track.length_m])
    half_way_m = position_m + min((next_m - position_m) / 2, width_m)
    return half_way_m if next_m > position_m else track.length_m * (1 - 1e-3)
