"""The terms on torch tensors against the compiled ones, and how fast both are.

python benchmarks/micromagnetics_tensors.py [cuda | cpu] [--quick]
By default where there is a CUDA device; the processor computes the quick part only.
"""

import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from dwmtj.simulators.micromagnetics import (
    Accuracy,
    Film,
    Material,
    Notch,
    Simulation,
    SpinOrbitTorque,
    Track,
    film_of,
    full_cells,
    straight_wall,
)
from dwmtj.simulators.micromagnetics.dynamics.frame import Frame
from dwmtj.simulators.micromagnetics.dynamics.tensor_simulation import TensorSimulation
from dwmtj.simulators.micromagnetics.precision import DOUBLE, SINGLE, Precision

MATERIAL = Material(1.1e6, 2e-11, 1e6, 1e-3, 0.1)
TORQUE = SpinOrbitTorque(0.08, 2.0, 0.03)
CURRENT_A_per_m2 = 1e12
SIZES = ((500, 50, 3e-9), (750, 75, 2e-9), (2000, 200, 0.75e-9))


def accuracy_of(precision: Precision) -> Accuracy:
    """Return the stray field at every stage, in this precision."""
    name: Any = "float32" if precision == SINGLE else "float64"
    return Accuracy(stray_interval_s=None, precision=name)


def compiled_side(film: Film, m: Any, precision: Precision) -> tuple[Callable[[], None], Any]:
    """Return a call that computes one right-hand side, and where it puts it."""
    frame = Frame(film, m, None, precision)
    rate = np.zeros_like(frame.m)

    def call() -> None:
        frame.stray.evaluate(frame.m)
        frame.fill_rate(frame.m, frame.stray.given, 0.0, CURRENT_A_per_m2, rate)

    return call, rate


def compare(film: Film, m: Any, precision: Precision, device: str) -> None:
    """Print the largest deviation of a right-hand side, and the time that it takes."""
    tensors = TensorSimulation(film, m, accuracy_of(precision), device)
    tensors.run(0.0, CURRENT_A_per_m2)
    call, rate = compiled_side(film, m, precision)
    call()
    found = tensors.rate_per_s(tensors._m)
    deviation = np.abs(found.cpu().numpy() - rate).max() / np.abs(rate).max()
    nx, ny = film.cells.shape
    eager_ms = _milliseconds(lambda: tensors.rate_per_s(tensors._m), device)
    step_ms = _milliseconds(tensors._try_step, device)
    print(
        f"{nx} × {ny}, {precision}: deviation {deviation:.1e} of the largest rate; right-hand side "
        f"{eager_ms:.3f} ms on {device}, a step of four {step_ms:.3f} ms ({step_ms / 4:.3f} each); "
        f"compiled on one core {_milliseconds(call, 'cpu'):.3f} ms",
        flush=True,
    )


def trajectory(device: str, duration_s: float) -> None:
    """Print where both leave a wall, and how long they take."""
    notch = Notch(200e-9, 8e-9, 8e-9)
    film = film_of(Track(512e-9, 64e-9, 2e-9, (notch,)), MATERIAL, 4e-9, SpinOrbitTorque(0.2))
    m = straight_wall(film, 100e-9)
    for simulation in (
        Simulation(film, m, accuracy_of(DOUBLE)),
        TensorSimulation(film, m, accuracy_of(DOUBLE), device),
    ):
        start_s = time.perf_counter()
        simulation.run(duration_s, 0.3e12)
        took_s = time.perf_counter() - start_s
        m_z = float(simulation.m[2].mean())
        print(
            f"{type(simulation).__name__}: <m_z> = {m_z:+.6f} after {duration_s * 1e9:g} ns, "
            f"{simulation.steps} steps in {took_s:.2f} s",
            flush=True,
        )


def _milliseconds(call: Callable[[], Any], device: str) -> float:
    """Return the time of the fastest of five series of calls."""
    times = []
    for _ in range(6):
        start_s = time.perf_counter()
        for _ in range(10):
            call()
        if device != "cpu":
            torch.cuda.synchronize()
        times.append((time.perf_counter() - start_s) / 10)
    return 1e3 * min(times[1:])


def main(arguments: list[str]) -> None:
    """Compare at each size."""
    best = "cuda" if torch.cuda.is_available() else "cpu"
    device = next((name for name in arguments if not name.startswith("-")), best)
    torch.set_num_threads(1)
    quick = device == "cpu" or "--quick" in arguments
    for nx, ny, cell_m in SIZES[: 1 if quick else None]:
        film = Film(full_cells(nx, ny, cell_m, 2e-9), MATERIAL, ny * cell_m, TORQUE)
        moments = np.random.default_rng(1).standard_normal((3, nx, ny))
        m = moments / np.linalg.norm(moments, axis=0)
        for precision in (DOUBLE, SINGLE):
            compare(film, m, precision, device)
    trajectory(device, 0.02e-9 if quick else 1e-9)


if __name__ == "__main__":
    main(sys.argv[1:])
