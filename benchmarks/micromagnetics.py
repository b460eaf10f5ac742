"""The micromagnetic solver against published references, and how fast it is.

python benchmarks/micromagnetics.py [NAME …]
NAMEs are standard-problem-4, dmi, oommf, notch, notch-3, window, floor, speed.
Without a name all but notch-3, which takes a quarter of an hour of CPU.
"""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Literal
from unittest.mock import patch

import numpy as np

from dwmtj.simulators.micromagnetics import (
    Accuracy,
    Film,
    Material,
    Notch,
    Search,
    Simulation,
    SpinOrbitTorque,
    Track,
    film_of,
    full_cells,
    notch_thresholds,
    straight_wall,
)
from dwmtj.simulators.micromagnetics.dynamics.frame import Frame
from dwmtj.simulators.micromagnetics.precision import DOUBLE, SINGLE, Precision
from dwmtj.simulators.micromagnetics.terms.demagnetisation import Demagnetisation
from dwmtj.simulators.micromagnetics.thresholds.search import ProcessMemory

FIELDS_mT = ((-24.6, 4.3, 0.0), (-35.5, -6.3, 0.0))
CROSSINGS_ns = (0.13861, 0.13706)
ENDS = ((-0.98411, 0.13103, 0.04296), (-0.96987, -0.12169, -0.00478))
"""µMAG standard problem 4 by OOMMF 2.1a0: <m_x> = 0, and <m> at 1 ns."""
EDGE, FIRST_CELL = 0.65779, 0.61476
OOMMF_nm = (109.1, 123.2, 138.2, 153.3, 168.4, 183.4, 198.4, 213.3, 228.2, 243.1, 258.0, 272.8)
OOMMF_ms = (4.2, 5.4)
"""A right-hand side of OOMMF 2.1a0, 500 × 50 cells, float64, measured on another day."""
NEURON_FILM = Material(1.1e6, 2e-11, 1e6, 1e-3, 0.1)


def standard_problem_4() -> None:
    """Both fields of µMAG standard problem 4."""
    cells = full_cells(128, 32, 500e-9 / 128, 3e-9)
    material = Material(8e5, 1.3e-11, damping=0.02)
    m = np.full((3, *cells.shape), 1 / np.sqrt(3))
    at_rest = Simulation(Film(cells, material, 125e-9), m, Accuracy(1e-5))
    at_rest.relax(10e-9, 5.0)
    for field_mT, crossing_ns, end in zip(FIELDS_mT, CROSSINGS_ns, ENDS, strict=True):
        flux_density_T = (field_mT[0] * 1e-3, field_mT[1] * 1e-3, 0.0)
        film = Film(cells, material, 125e-9, None, flux_density_T)
        simulation = Simulation(film, at_rest.m, Accuracy(1e-5))
        mean = [float(simulation.m[0].mean())]
        while simulation.time_s < 1e-9 * (1 - 1e-9):
            simulation.run(1e-12)
            mean.append(float(simulation.m[0].mean()))
        first = int(np.argmax(np.array(mean) < 0))
        found_ns = 1e-3 * (first - 1 + mean[first - 1] / (mean[first - 1] - mean[first]))
        vector = simulation.m.mean(axis=(1, 2))
        print(
            f"standard problem 4, {field_mT} mT: <m_x> = 0 at {found_ns:.5f} ns (OOMMF "
            f"{crossing_ns}, {1e3 * (found_ns - crossing_ns):+.2f} ps), <m>(1 ns) = "
            f"({', '.join(f'{part:.5f}' for part in vector)}), largest deviation "
            f"{np.abs(vector - end).max():.5f}"
        )


def dmi() -> None:
    """The edges of a strip with DMI, without demagnetisation."""
    cells = full_cells(100, 1, 1e-9, 1e-9)
    material = Material(0.86e6, 13e-12, 0.4e6, 3e-3, 0.5)
    m = np.zeros((3, 100, 1))
    m[0], m[2] = 0.01, 1
    film = Film(cells, material, 1e-9, has_stray_field=False)
    simulation = Simulation(film, m, Accuracy(1e-6, None))
    simulation.relax(3e-9, 1.0)
    angle = np.arctan2(simulation.m[0, :, 0], simulation.m[2, :, 0])
    edge = abs(np.sin(1.875 * angle[-1] - 1.25 * angle[-2] + 0.375 * angle[-3]))
    first = abs(float(simulation.m[0, -1, 0]))
    print(
        f"DMI edge: |m_x| = {edge:.5f} (exact {EDGE}, {100 * (edge / EDGE - 1):+.2f} %), first "
        f"cell {first:.5f} ({FIRST_CELL}, {100 * (first / FIRST_CELL - 1):+.2f} %)"
    )


def oommf() -> None:
    """A wall under spin-orbit torque, every 0.25 ns."""
    material = Material(1.1e6, 2e-11, 1e6, 1e-3, 0.3)
    film = film_of(Track(512e-9, 64e-9, 2e-9), material, 4e-9, SpinOrbitTorque(0.2))
    settings: tuple[tuple[str, Accuracy], ...] = (
        ("stray field at every stage, tolerance 1e-6", Accuracy(1e-6, None)),
        ("every 2 ps", Accuracy(stray_interval_s=2e-12)),
        ("every 2 ps, window of 320 nm", Accuracy(stray_interval_s=2e-12, window_m=320e-9)),
    )
    for name, accuracy in settings:
        simulation = Simulation(film, straight_wall(film, 100e-9), accuracy)
        positions_nm = []
        start_s = time.process_time()
        for _ in OOMMF_nm:
            simulation.run(0.25e-9, 0.3e12)
            positions_nm.append(simulation.wall.position_m * 1e9)
        took_s = time.process_time() - start_s
        largest = np.abs(np.array(positions_nm) - OOMMF_nm).max()
        print(
            f"OOMMF's trajectory, {name}: within {largest:.2f} nm, end {positions_nm[-1]:.3f} nm, "
            f"{took_s:.1f} s of CPU, {simulation.steps} steps"
        )


def notch() -> None:
    """Notch 1 of five in 5 nm cells, by both masks and both profiles of the current."""
    _notch(5e-9, "centre", "uniform")
    _notch(5e-9, "centre", "inverse-width")
    _notch(5e-9, "area", "uniform")
    _notch(5e-9, "area", "inverse-width")


def notch_3() -> None:
    """The same in 3 nm cells."""
    _notch(3e-9, "centre", "uniform")
    _notch(3e-9, "area", "inverse-width")


def _notch(
    cell_m: float,
    mask: Literal["area", "centre"],
    profile: Literal["uniform", "inverse-width"],
) -> None:
    notches = tuple(Notch(300e-9 * k, 10e-9, 10e-9) for k in range(1, 6))
    track = Track(1500e-9, 150e-9, 2e-9, notches)
    torque = SpinOrbitTorque(0.08)
    film = film_of(track, NEURON_FILM, cell_m, torque, rule=mask, current_profile=profile)
    search = Search(between_A_per_m2=(0.8e12, 1.5e12))
    start_s = time.process_time()
    found = notch_thresholds(film, track, 1, search, ProcessMemory(), lambda _what, _runs: None)
    took_s = time.process_time() - start_s
    brackets = (("run-up", found.run_up), ("static", found.static), ("pulse", found.pulse))
    text = "; ".join(
        f"{name} {bracket.held.current_A_per_m2 / 1e12:.4f}/"
        f"{bracket.lost.current_A_per_m2 / 1e12:.4f} (last held at "
        f"{bracket.held.position_m * 1e9:.1f} nm, then {bracket.lost.ending})"
        for name, bracket in brackets
    )
    print(
        f"notch 1, {cell_m * 1e9:g} nm, {mask}, current {profile}: {text}; field of the ends "
        f"{found.ends_field_A_per_m:+.0f} A/m; {took_s:.0f} s of CPU",
        flush=True,
    )


def window() -> None:
    """A wall that runs up to notch 1, passes it and runs on, in the whole film and in a window."""
    notches = tuple(Notch(300e-9 * k, 10e-9, 10e-9) for k in range(1, 6))
    track, torque = Track(1500e-9, 150e-9, 2e-9, notches), SpinOrbitTorque(0.08)
    for cell_m in (5e-9, 3e-9):
        film = film_of(track, NEURON_FILM, cell_m, torque)
        found = []
        for window_m in (None, 560e-9):
            accuracy = Accuracy(stray_interval_s=2e-12, window_m=window_m)
            simulation = Simulation(film, straight_wall(film, 150e-9), accuracy)
            simulation.run(0.1e-9, 1.1e12)
            start_s, positions_nm = time.process_time(), []
            for _ in range(8):
                simulation.run(0.5e-9, 1.1e12)
                positions_nm.append(simulation.wall.position_m * 1e9)
            found.append(((time.process_time() - start_s) / 4, np.array(positions_nm)))
        (whole_s, whole_nm), (window_s, window_nm) = found
        print(
            f"{cell_m * 1e9:g} nm cells: {whole_s:.2f} s of CPU per ns in the whole film, "
            f"{window_s:.2f} s in a window of 560 nm ({whole_s / window_s:.1f} times as fast), "
            f"within {np.abs(whole_nm - window_nm).max():.2f} nm up to {whole_nm[-1]:.0f} nm",
            flush=True,
        )


def floor() -> None:
    """Time per simulated nanosecond beside the transforms of its stray fields and beside OOMMF.

    A wall that runs freely, in the whole film and in a window. The floor is what SciPy's transforms
    alone take for as many stray fields. OOMMF evaluates one at every stage of a step, so that its
    time is its right-hand side times the number of stages here. One thread: processor time is wall
    time on a free core.
    """
    track, torque = Track(1500e-9, 150e-9, 2e-9), SpinOrbitTorque(0.08)
    settings: tuple[tuple[str, Accuracy, float], ...] = (
        ("window of 560 nm, a stray field every 2 ps", Accuracy(1e-4, 2e-12, 560e-9), 0.5e-9),
        ("whole film, a stray field every 2 ps", Accuracy(1e-4, 2e-12), 0.5e-9),
        ("whole film, one at every stage", Accuracy(1e-4, None), 0.1e-9),
    )
    for cell_m in (5e-9, 3e-9):
        film = film_of(track, NEURON_FILM, cell_m, torque)
        for name, accuracy, duration_s in settings:
            simulation = Simulation(film, straight_wall(film, 500e-9), accuracy)
            simulation.run(0.1e-9, 0.8e12)
            with _stray_fields() as fields:
                start_s, began_s = time.process_time(), time.perf_counter()
                simulation.run(duration_s, 0.8e12)
                took_s = time.process_time() - start_s, time.perf_counter() - began_s
            per_ns = 1e-9 / duration_s
            cpu_s, wall_s = (per_ns * one for one in took_s)
            count = per_ns * len(fields)
            columns = simulation.frame.last - simulation.frame.first
            shape = (columns, film.cells.shape[1])
            floor_s = 1e-3 * count * _fastest_ms(_bare_transforms(shape))
            beside = ""
            if shape == (500, 50) and accuracy.stray_interval_s is None:
                low_s, high_s = (1e-3 * count * ms for ms in OOMMF_ms)
                beside = (
                    f"; OOMMF {low_s:.0f} to {high_s:.0f} s, {cpu_s / high_s:.2f} to "
                    f"{cpu_s / low_s:.2f} of it"
                )
            print(
                f"{cell_m * 1e9:g} nm cells, {shape[0]} × {shape[1]}, {name}: {cpu_s:.2f} s of CPU "
                f"per ns ({wall_s:.1f} s by the clock), {count:.0f} stray fields; their "
                f"transforms by SciPy {floor_s:.2f} s, {cpu_s / floor_s:.2f} times as long{beside}",
                flush=True,
            )


@contextmanager
def _stray_fields() -> Iterator[list[None]]:
    """Yield a list that grows by one with every stray field."""
    field = Demagnetisation.field_A_per_m
    done: list[None] = []

    def counted(*arguments: Any, **options: Any) -> Any:
        done.append(None)
        return field(*arguments, **options)

    with patch.object(Demagnetisation, "field_A_per_m", counted):
        yield done


def speed() -> None:
    """One right-hand side of the whole film, stray field included, beside SciPy's transforms."""
    for nx, ny, cell_m in ((500, 50, 3e-9), (750, 75, 2e-9), (112, 30, 5e-9)):
        film = Film(
            full_cells(nx, ny, cell_m, 2e-9), NEURON_FILM, ny * cell_m, SpinOrbitTorque(0.08)
        )
        m = straight_wall(film, nx * cell_m / 2)
        for precision in (DOUBLE, SINGLE):
            frame = Frame(film, m, None, precision)
            rate = np.zeros_like(frame.m)

            def stray(frame: Frame = frame) -> None:
                frame.stray.evaluate(frame.m)

            def local(frame: Frame = frame, rate: Any = rate) -> None:
                frame.fill_rate(frame.m, frame.stray.given, 0.0, 1e12, rate)

            print(
                f"right-hand side, {nx} × {ny}, {precision}: stray field {_fastest_ms(stray):.2f} "
                f"ms, local terms {_fastest_ms(local):.2f} ms; SciPy's transforms alone "
                f"{_fastest_ms(_bare_transforms((nx, ny), precision)):.2f} ms"
            )


def _bare_transforms(shape: tuple[int, int], precision: Precision = DOUBLE) -> Callable[[], None]:
    """Return the transforms that one stray field takes by SciPy, with nothing between them."""
    from scipy import fft

    nx, ny = shape
    padded = [fft.next_fast_len(2 * n - 1, real=True) for n in (nx, ny)]
    m = np.ones((3, nx, ny), dtype=precision)

    def run() -> None:
        along_y = fft.rfft(m, n=padded[1], axis=2)
        spectrum = fft.fft(along_y, n=padded[0], axis=1, overwrite_x=True)
        along_y = fft.ifft(spectrum, axis=1, overwrite_x=True)[:, :nx]
        fft.irfft(along_y, n=padded[1], axis=2)

    return run


def _fastest_ms(call: Callable[[], None], repeats: int = 100) -> float:
    """Return the time of the fastest call, which no other process has interrupted."""
    call()
    times = []
    for _ in range(repeats):
        start_s = time.perf_counter()
        call()
        times.append(time.perf_counter() - start_s)
    return 1e3 * min(times)


PARTS = {
    "standard-problem-4": standard_problem_4,
    "dmi": dmi,
    "oommf": oommf,
    "notch": notch,
    "window": window,
    "floor": floor,
    "speed": speed,
    "notch-3": notch_3,
}


def main(names: list[str]) -> None:
    """Run the parts named, or all but the last."""
    for name in names or [*PARTS][:-1]:
        PARTS[name]()


if __name__ == "__main__":
    main(sys.argv[1:])
