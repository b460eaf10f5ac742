"""Runs on the neuron paper's notched tracks: thresholds of single notches, and staircases.

A staircase is what the paper shows: the wall starts at rest at `start_m`, a current is switched on,
and the question is at which notch the wall stops. Currents are refined between neighbours that end
at different notches. Each run is read three ways: at the end of a 10 ns pulse, after a rest that
follows that pulse, and where the wall stops while the current stays on.
"""

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from itertools import pairwise
from math import log, sqrt
from typing import Any

from dwmtj.simulators.micromagnetics import (
    Accuracy,
    Film,
    Material,
    MicromagneticsError,
    Notch,
    Search,
    Simulation,
    SpinOrbitTorque,
    Track,
    film_of,
    straight_wall,
)
from dwmtj.simulators.micromagnetics.geometry.cells import MaskRule
from dwmtj.simulators.micromagnetics.terms.current import CurrentProfile
from dwmtj.simulators.micromagnetics.thresholds.bracket import Bracket, bisect, climb
from dwmtj.simulators.micromagnetics.thresholds.notch import NotchStudy
from dwmtj.simulators.micromagnetics.thresholds.outcome import Outcome, REST_m, REST_s, SAMPLE_s
from dwmtj.simulators.micromagnetics.thresholds.search import ProcessMemory

SPIN_HALL_ANGLE = 0.08
LENGTH_m = 1500e-9
TOLERANCE = 0.002
PULSE_s, REST_AFTER_s, LONGEST_s = 10e-9, 5e-9, 30e-9
_FIRST_STEP = 0.06
_WIDEST_SEARCH = 14

Report = Callable[[dict[str, Any]], None]


@dataclass(frozen=True, slots=True)
class Setting:
    """A track of the paper with what the paper leaves open."""

    notches: int = 5
    cell_nm: float = 5.0
    damping: float = 0.1
    asymmetry: float = 1.0
    dmi_mJ_per_m2: float = 1.0
    mask: MaskRule = "centre"
    """Whole cells and a uniform current, as programs have it that the paper used, or "area" with
    J ∝ 1/w."""

    @property
    def track(self) -> Track:
        """The track, its last notch at its end."""
        pitch_m = LENGTH_m / self.notches
        notches = tuple(Notch(pitch_m * k, 10e-9, 10e-9) for k in range(1, self.notches + 1))
        return Track(LENGTH_m, 150e-9, 2e-9, notches)

    @property
    def film(self) -> Film:
        """The film with θ = 0.08; currents for another θ follow as 1/θ."""
        material = Material(1.1e6, 2e-11, 1e6, 1e-3 * self.dmi_mJ_per_m2, self.damping)
        torque = SpinOrbitTorque(SPIN_HALL_ANGLE, self.asymmetry)
        profile: CurrentProfile = "uniform" if self.mask == "centre" else "inverse-width"
        return film_of(
            self.track,
            material,
            self.cell_nm * 1e-9,
            torque,
            rule=self.mask,
            current_profile=profile,
        )


@dataclass(frozen=True, slots=True)
class NotchItem:
    """The thresholds of one notch: run-up and then static, or the pulse on a wall at rest."""

    setting: Setting
    notch: int
    is_pulse: bool
    guess_A_per_m2: float

    @property
    def name(self) -> str:
        """The name by which a finished item is known."""
        kind = "pulse" if self.is_pulse else "run-up and static"
        return f"{self.setting}, notch {self.notch}, {kind}"

    def compute(self, report: Report) -> None:
        """Find the thresholds and report them."""
        pitch_m = LENGTH_m / self.setting.notches
        search = Search(run_up_m=min(240e-9, 0.6 * pitch_m), longest_s=LONGEST_s)
        memory = ProcessMemory()
        film, track = self.setting.film, self.setting.track
        study = NotchStudy(film, track, self.notch, search, memory, lambda _what, _runs: None)
        labels = {"setting": asdict(self.setting), "notch": self.notch}
        if self.is_pulse:
            pulse = threshold_near(study.pulse, self.guess_A_per_m2)
            report({**labels, "kind": "pulse", **_bracket(pulse)})
            return
        run_up = threshold_near(study.run_up, self.guess_A_per_m2)
        report({**labels, "kind": "run-up", **_bracket(run_up)})
        static = climb(study.step_up, run_up.held, search.static_step, search.tolerance)
        report({**labels, "kind": "static", **_bracket(static)})


@dataclass(frozen=True, slots=True)
class StaircaseItem:
    """Runs from rest at `start_nm`, refined between currents that stop at different notches."""

    setting: Setting
    start_nm: float
    currents_A_per_m2: tuple[float, ...]
    """Rising."""
    is_refined: bool = True

    @property
    def name(self) -> str:
        """The name by which a finished item is known."""
        first, last = self.currents_A_per_m2[0], self.currents_A_per_m2[-1]
        return f"{self.setting}, staircase from {self.start_nm} nm, {first:g} to {last:g}"

    def compute(self, report: Report) -> None:
        """Report each run."""
        film, track = self.setting.film, self.setting.track
        start = Simulation(film, straight_wall(film, self.start_nm * 1e-9), _ACCURACY)
        start.relax(0.3e-9)
        stops: dict[float, int] = {}

        def run(current: float) -> None:
            found = _staircase_run(film, track, start.m, current)
            stops[current] = found["stops_at"]
            report(
                {
                    "setting": asdict(self.setting),
                    "kind": "staircase",
                    "start_nm": self.start_nm,
                    **found,
                }
            )

        for current in self.currents_A_per_m2:
            run(current)
        while self.is_refined and (middle := _between(stops)) is not None:
            run(middle)


Item = NotchItem | StaircaseItem
_ACCURACY = Accuracy(stray_interval_s=2e-12, window_m=560e-9)


def threshold_near(
    run: Callable[[float], Outcome], guess: float, tolerance: float = TOLERANCE
) -> Bracket:
    """Return the threshold near a guess, wherever it is."""
    step = 1 + _FIRST_STEP
    low = high = guess
    for _ in range(_WIDEST_SEARCH):
        if run(low).ending != "held":
            low, high = low / step, low
        elif run(high).ending == "held":
            low, high = high, high * step
        else:
            return bisect(run, (low, high), tolerance)
    raise MicromagneticsError(f"No threshold between {low:g} and {high:g} A/m².")


def _bracket(bracket: Bracket) -> dict[str, Any]:
    return {"held": _outcome(bracket.held), "lost": _outcome(bracket.lost)}


def _outcome(outcome: Outcome) -> dict[str, Any]:
    return {
        "current_A_per_m2": outcome.current_A_per_m2,
        "ending": outcome.ending,
        "position_m": outcome.position_m,
        "duration_s": outcome.duration_s,
    }


def _between(stops: dict[float, int]) -> float | None:
    """Return a current between the widest pair of neighbours that stop at different notches."""
    currents = sorted(stops)
    gaps = [
        (log(high / low), sqrt(low * high))
        for low, high in pairwise(currents)
        if stops[low] != stops[high]
    ]
    widest, middle = max(gaps, default=(0.0, 0.0))
    return middle if widest > 2 * TOLERANCE else None


def _staircase_run(film: Film, track: Track, m: Any, current: float) -> dict[str, Any]:
    simulation = Simulation(film, m, _ACCURACY)
    positions_nm = [_position_nm(simulation)]
    reads: dict[str, Any] = {}
    samples = round(REST_s / SAMPLE_s)
    for position_nm in _followed(simulation, current, LONGEST_s):
        positions_nm.append(position_nm)
        if simulation.time_s > PULSE_s * (1 - 1e-9) and not reads:
            reads = _reads_of_pulse(film, track, simulation)
        recent = positions_nm[-samples - 1 :]
        is_at_rest = len(recent) > samples and max(recent) - min(recent) < REST_m * 1e9
        if is_at_rest or position_nm > (LENGTH_m * (1 - 1e-3)) * 1e9:
            break
    reads = reads or _reads_of_pulse(film, track, simulation)
    return {
        "current_A_per_m2": current,
        "stops_at": stop_of(track, positions_nm[-1]),
        "is_single": simulation.wall.is_single,
        "is_at_rest": is_at_rest,
        "duration_s": simulation.time_s,
        **reads,
        "every_quarter_ns_nm": [round(position_nm, 1) for position_nm in positions_nm],
    }


def _followed(simulation: Simulation, current: float, longest_s: float) -> Iterator[float]:
    while simulation.time_s < longest_s * (1 - 1e-9):
        simulation.run(SAMPLE_s, current)
        yield _position_nm(simulation)


def _reads_of_pulse(film: Film, track: Track, simulation: Simulation) -> dict[str, Any]:
    """Return where the wall is at the end of a pulse, and after a rest."""
    end_nm = _position_nm(simulation)
    after = Simulation(film, simulation.m, _ACCURACY)
    if end_nm < LENGTH_m * (1 - 1e-3) * 1e9:
        after.run(REST_AFTER_s)
    after_nm = _position_nm(after)
    return {
        "pulse_end_nm": end_nm,
        "pulse_end_at": stop_of(track, end_nm),
        "after_rest_nm": after_nm,
        "after_rest_at": stop_of(track, after_nm),
    }


def _position_nm(simulation: Simulation) -> float:
    return simulation.wall.position_m * 1e9


def stop_of(track: Track, position_nm: float) -> int:
    """Return the number of the last notch that the wall has reached and not left.

    0 is before the first notch, one more than there are notches is off the track. A wall rests in a
    notch or bowed up to 75 nm beyond it, and 40 to 60 nm before one at the end of the track.
    """
    if position_nm > LENGTH_m * (1 - 1e-3) * 1e9:
        return len(track.notches) + 1
    return sum(1 for notch in track.notches if notch.position_m * 1e9 - 70 <= position_nm)
