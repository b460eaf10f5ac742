"""The reduced model of a wall: time of a step, and thresholds of the neuron paper's notch 1.

python benchmarks/reduced_model.py [FILE]
The drag of the film takes half a minute of CPU. FILE gets its positions and currents, which are the
tests' tests/simulators/micromagnetics/notch_1_drag.csv.
"""

import sys
import time
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from dwmtj.simulators.micromagnetics import (
    Accuracy,
    Material,
    Notch,
    SpinOrbitTorque,
    Track,
    film_of,
)
from dwmtj.simulators.micromagnetics.reduced.depinning import Start, pulse_threshold_A_per_m2
from dwmtj.simulators.micromagnetics.reduced.drag import Drag, tabulate_pinning, thiele_width_m
from dwmtj.simulators.micromagnetics.reduced.model import ReducedModel, reduced_model
from dwmtj.simulators.micromagnetics.reduced.walls import Pulse, Walls
from dwmtj.simulators.micromagnetics.thresholds.search import ProcessMemory

WALLS, STEPS = 102_400, 100
TRACK = Track(1500e-9, 150e-9, 2e-9, tuple(Notch(300e-9 * k, 10e-9, 10e-9) for k in range(1, 6)))
RUN_UP = {0.1: 0.901e12, 0.15: 1.120e12, 0.2: 1.343e12, 0.3: 1.658e12, 0.5: 1.701e12}
"""Of the film, for each damping."""


def notch_1() -> tuple[ReducedModel, npt.NDArray[np.float64]]:
    """Return the model of notch 1, from the film, and rows of its drag: position and current."""
    material = Material(1.1e6, 2e-11, 1e6, 1e-3, 0.1)
    film = film_of(TRACK, material, 5e-9, SpinOrbitTorque(0.08))
    accuracy = Accuracy(stray_interval_s=2e-12, window_m=560e-9)
    drag = Drag(accuracy=accuracy)
    memory = ProcessMemory()
    pinning = tabulate_pinning(film, TRACK, 1, drag, memory, lambda _what, _steps: None)
    rows = [row for part in memory.values() if isinstance(part, dict) for row in part["rows"]]
    model = reduced_model(film, pinning, thiele_width_m(film, TRACK, "area", accuracy))
    return model, np.array(rows)


def step_ns(model: ReducedModel) -> float:
    """Return the CPU time of a step of one wall, the fastest of ten runs."""
    walls = Walls(model, WALLS, 300e-9, 300.0, 1)
    walls.run(walls.step_s, 1e12)
    times = []
    for _ in range(10):
        start_s = time.process_time()
        walls.run(STEPS * walls.step_s, 1e12)
        times.append(time.process_time() - start_s)
    return 1e9 * min(times) / (WALLS * STEPS)


def main() -> None:
    """Print all."""
    model, rows = notch_1()
    if len(sys.argv) > 1:
        header = "position_m,holding_current_A_per_m2"
        np.savetxt(sys.argv[1], rows, "%.5e", ",", header=header, comments="")
    print(f"step of a wall on one core: {step_ns(model):.2f} ns of CPU (target 2)")
    for damping, film in RUN_UP.items():
        damped = replace(model, damping=damping)
        run_up = pulse_threshold_A_per_m2(
            damped, Start(150e-9, 450e-9, 0.0), Pulse(15e-9), (0.6e12, 2.2e12)
        )
        rest = Start(damped.pinning.rest_m(300e-9), 450e-9)
        pulse = pulse_threshold_A_per_m2(damped, rest, Pulse(10e-9), (0.6e12, 2.2e12))
        print(
            f"damping {damping}: run-up {run_up / 1e12:.3f}e12 A/m² (film {film / 1e12:.3f}, "
            f"{100 * (run_up / film - 1):+.1f} %), pulse of 10 ns from rest {pulse / 1e12:.3f}"
        )
    velocities = [model.velocity_m_per_s(current) for current in np.array([0.5, 0.8, 1.1]) * 1e12]
    print("velocity at 0.5, 0.8, 1.1e12 A/m²:", ", ".join(f"{v:.0f} m/s" for v in velocities))


if __name__ == "__main__":
    main()
