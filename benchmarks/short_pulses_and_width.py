"""Pulses of 1 ns in the film and in the reduced model, and where both ends of the wall are.

python benchmarks/short_pulses_and_width.py
One notch, 10 nm deep, in tracks of 50, 100 and 150 nm, α = 0.1: thresholds of pulses of 1 and 3 ns
in both models, and the ends of the wall at the end of the last pulse that is held and of the first
that is not. Then, in the widest, ends, q and φ of both in time, 4 % below the film's threshold of
1 ns. Takes 3 minutes of CPU.
"""

from dataclasses import replace
from math import degrees

from dwmtj.simulators.micromagnetics import (
    Accuracy,
    Film,
    Material,
    Notch,
    Simulation,
    SpinOrbitTorque,
    Track,
    film_of,
)
from dwmtj.simulators.micromagnetics.reduced.depinning import Start, pulse_threshold_A_per_m2
from dwmtj.simulators.micromagnetics.reduced.drag import swept_position_m
from dwmtj.simulators.micromagnetics.reduced.model import ReducedModel
from dwmtj.simulators.micromagnetics.reduced.study import model_of_notch
from dwmtj.simulators.micromagnetics.reduced.walls import Pulse, Walls
from dwmtj.simulators.micromagnetics.thresholds.bracket import bisect
from dwmtj.simulators.micromagnetics.thresholds.notch import NotchStudy
from dwmtj.simulators.micromagnetics.thresholds.search import ProcessMemory, Search

WIDTHS_nm, PULSES_ns = (50, 100, 150), (1, 3)
MATERIAL = Material(1.1e6, 2e-11, 1e6, 1e-3, 0.1)
ACCURACY = Accuracy(stray_interval_s=2e-12, window_m=560e-9)
LENGTH_m, DEPTH_m, CELL_m = 1000e-9, 10e-9, 5e-9
STEP_s, LOOKS = 0.1e-9, 24


def quiet(_what: str, _runs: int) -> None: ...


def thresholds(width_nm: int) -> None:
    """Print a line for each pulse, and the walls in time in the widest track."""
    width_m = width_nm * 1e-9
    track = Track(LENGTH_m, width_m, 2e-9, (Notch(LENGTH_m / 2, DEPTH_m, DEPTH_m),))
    film = film_of(track, MATERIAL, CELL_m, SpinOrbitTorque(0.08))
    between = 0.8e12 * 150 / width_nm, 3e12 * 150 / width_nm
    search = Search(between, tolerance=0.0075, accuracy=ACCURACY)
    memory = ProcessMemory()
    model, start = model_of_notch(film, track, "area", 1, search, memory, quiet)
    for pulse_ns in PULSES_ns:
        of_pulse = replace(search, pulse_s=pulse_ns * 1e-9)
        study = NotchStudy(film, track, 1, of_pulse, ProcessMemory(), quiet)
        bracket = bisect(study.pulse, between, search.tolerance)
        reduced = pulse_threshold_A_per_m2(model, start, Pulse(of_pulse.pulse_s), between)
        ends = [
            study.full_pulse(one.current_A_per_m2, stops_when_left=True).at_end
            for one in (bracket.held, bracket.lost)
        ]
        film_threshold = bracket.middle_A_per_m2
        print(
            f"{width_nm} nm, {pulse_ns} ns: film {film_threshold / 1e12:.3f} ± "
            f"{bracket.half_width_A_per_m2 / 1e12:.3f}, reduced {reduced / 1e12:.3f} "
            f"({reduced / film_threshold - 1:+.1%}); ends held, lost (nm): "
            + ", ".join(f"{1e9 * one.lower_m:.0f} and {1e9 * one.upper_m:.0f}" for one in ends),
            flush=True,
        )
        if width_nm == WIDTHS_nm[-1] and pulse_ns == PULSES_ns[0]:
            in_time(film, study, model, start, memory, 0.96 * film_threshold)


def in_time(
    film: Film,
    study: NotchStudy,
    model: ReducedModel,
    start: Start,
    memory: ProcessMemory,
    current: float,
) -> None:
    """Print the wall of the film and that of the reduced model during and after a pulse of 1 ns."""
    origin_m = memory["notch 1, origin of the drag"]
    simulation = Simulation(film, study.at_rest().m, ACCURACY)
    walls = Walls(model, 1, start.position_m, 0.0, 0)
    print("t (ns), lower, upper end (nm), tilt (°), q film, reduced (nm), φ film, reduced (°)")
    for look in range(LOOKS):
        wall, q_m = simulation.wall, swept_position_m(simulation.m, film) - origin_m
        print(
            f"{look * STEP_s * 1e9:.1f} {wall.lower_m * 1e9:.0f} {wall.upper_m * 1e9:.0f} "
            f"{degrees(wall.tilt_rad):.0f} {q_m * 1e9:.0f} {walls.position_m[0] * 1e9:.0f} "
            f"{-degrees(wall.angle_rad):.0f} {degrees(walls.angle_rad[0]):.0f}"
        )
        now = current if (look + 0.5) * STEP_s < PULSES_ns[0] * 1e-9 else 0.0
        simulation.run(STEP_s, now)
        walls.run(STEP_s, now)


if __name__ == "__main__":
    for width_nm in WIDTHS_nm:
        thresholds(width_nm)
