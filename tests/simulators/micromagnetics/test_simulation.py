"""A film in time, against published trajectories."""

import numpy as np
import pytest

from dwmtj.simulators.micromagnetics import (
    Accuracy,
    Film,
    Material,
    MicromagneticsError,
    Notch,
    Simulation,
    SpinOrbitTorque,
    Track,
    demagnetisation_of,
    energies_J,
    film_of,
    full_cells,
    straight_wall,
)
from dwmtj.tests.simulators.micromagnetics.films import MATERIAL, neuron, random_moments

CURRENT = 0.3e12
OOMMF_nm = [109.1, 123.2, 138.2, 153.3, 168.4, 183.4, 198.4, 213.3, 228.2, 243.1, 258.0, 272.8]
"""Position every 0.25 ns under 0.3e12 A/m² from 100 nm: OOMMF 2.1a0, P = 0.2, α = 0.3, 4 nm."""


def test_a_wall_moves_as_in_OOMMF() -> None:
    film = neuron()
    simulation = Simulation(film, straight_wall(film, 100e-9), Accuracy(stray_interval_s=2e-12))
    positions_nm = []
    for _ in OOMMF_nm:
        simulation.run(0.25e-9, CURRENT)
        positions_nm.append(simulation.wall.position_m * 1e9)
    assert np.abs(np.array(positions_nm) - OOMMF_nm).max() < 0.5
    assert simulation.time_s == pytest.approx(3e-9, rel=1e-9)


def test_standard_problem_4_crosses_zero_when_OOMMF_does() -> None:
    """µMAG standard problem 4, field 1: <m_x> = 0 at 0.13861 ns (OOMMF 2.1a0), within 0.5 ps.

    `benchmarks/micromagnetics.py` has both fields and the state after 1 ns.
    """
    cells = full_cells(128, 32, 500e-9 / 128, 3e-9)
    material = Material(8e5, 1.3e-11, damping=0.02)
    m = np.full((3, *cells.shape), 1 / np.sqrt(3))
    at_rest = Simulation(Film(cells, material, 125e-9), m, Accuracy(stray_interval_s=1e-12))
    at_rest.relax(1.5e-9, 50.0)
    assert at_rest.m.mean(axis=(1, 2)) == pytest.approx([0.967, 0.125, 0], abs=0.005)
    film = Film(cells, material, 125e-9, None, (-24.6e-3, 4.3e-3, 0.0))
    simulation = Simulation(film, at_rest.m)
    simulation.run(0.137e-9)
    before = float(simulation.m[0].mean())
    simulation.run(0.003e-9)
    after = float(simulation.m[0].mean())
    crossing_s = 0.137e-9 + 0.003e-9 * before / (before - after)
    assert crossing_s == pytest.approx(0.13861e-9, abs=0.5e-12)


def test_the_energy_falls_without_current() -> None:
    track = Track(120e-9, 60e-9, 2e-9, (Notch(60e-9, 10e-9, 10e-9),))
    film = film_of(track, MATERIAL, 5e-9, flux_density_T=(0.0, 0.05, 0.02))
    demagnetisation = demagnetisation_of(film)
    accuracy = Accuracy(tolerance=1e-6, stray_interval_s=None)
    simulation = Simulation(film, random_moments(film.cells), accuracy)
    energies: list[float] = []
    for _ in range(60):
        simulation.run(2e-12)
        energies.append(sum(energies_J(simulation.m, film, demagnetisation).values(), 0.0))
    assert max(np.diff(energies)) < 1e-6 * abs(energies[-1])
    assert energies[-1] < energies[0]


def test_moments_keep_their_length_and_cells_without_material_stay_empty() -> None:
    track = Track(120e-9, 60e-9, 2e-9, (Notch(60e-9, 12e-9, 12e-9),))
    film = film_of(track, MATERIAL, 5e-9, SpinOrbitTorque(0.2))
    simulation = Simulation(film, straight_wall(film, 60e-9))
    simulation.run(0.05e-9, CURRENT)
    lengths = np.linalg.norm(simulation.m, axis=0)
    np.testing.assert_allclose(lengths, film.cells.volume > 0, atol=1e-12)


@pytest.mark.parametrize(
    ("accuracy", "tolerance_nm"),
    [
        (Accuracy(tolerance=1e-6, stray_interval_s=None), 0.02),
        (Accuracy(stray_interval_s=2e-12), 0.05),
        (Accuracy(stray_interval_s=5e-12), 0.2),  # shortened where it would become unstable
        (Accuracy(window_m=320e-9), 0.1),
        (Accuracy(precision="float32"), 0.02),
    ],
    ids=["every stage", "interval", "too long an interval", "window", "single precision"],
)
def test_what_saves_time_changes_the_path_of_a_wall_little(
    accuracy: Accuracy, tolerance_nm: float
) -> None:
    film = neuron(damping=0.1)
    reference = Simulation(film, straight_wall(film, 150e-9))
    faster = Simulation(film, straight_wall(film, 150e-9), accuracy)
    for _ in range(2):
        reference.run(0.3e-9, CURRENT)
        faster.run(0.3e-9, CURRENT)
        difference_m = reference.wall.position_m - faster.wall.position_m
        assert abs(difference_m) * 1e9 < tolerance_nm
    assert reference.wall.position_m > 180e-9
    assert faster.m.dtype == accuracy.precision


def test_the_window_follows_a_wall_to_the_end_of_the_track() -> None:
    film = neuron()
    ends_m = []
    for window_m in (None, 200e-9):
        simulation = Simulation(film, straight_wall(film, 300e-9), Accuracy(window_m=window_m))
        simulation.run(1e-9, 2e12)
        assert simulation.wall.is_single
        ends_m.append(simulation.wall.position_m)
    assert ends_m[0] > 470e-9
    assert ends_m[1] == pytest.approx(ends_m[0], abs=1e-9)


def test_a_current_may_change_in_time() -> None:
    film = neuron()
    walls = []
    for current in (lambda time_s: CURRENT if time_s < 0.5e-9 else 0.0, CURRENT):
        simulation = Simulation(film, straight_wall(film, 150e-9))
        simulation.run(1e-9, current)
        walls.append(simulation.wall.position_m)
    assert walls[0] < walls[1] - 20e-9


def test_a_wall_in_a_notch_comes_to_rest() -> None:
    track = Track(300e-9, 60e-9, 2e-9, (Notch(150e-9, 10e-9, 10e-9),))
    film = film_of(track, MATERIAL, 5e-9)
    simulation = Simulation(film, straight_wall(film, 153e-9))
    assert simulation.relax(3e-9, 20.0)
    assert simulation.wall.position_m == pytest.approx(150e-9, abs=0.5e-9)
    assert simulation.frame.damping == MATERIAL.damping


def test_a_magnetisation_of_other_cells_is_refused() -> None:
    with pytest.raises(MicromagneticsError, match=r"\(3, 5, 5\).*\(3, 128, 16\)"):
        Simulation(neuron(), np.ones((3, 5, 5)))


def test_a_drive_beyond_all_bounds_is_refused() -> None:
    film = neuron()
    simulation = Simulation(film, straight_wall(film, 100e-9))
    with pytest.raises(MicromagneticsError, match="standstill at 0"):
        simulation.run(1e-9, float("inf"))


def test_settings_that_make_no_sense_are_refused() -> None:
    with pytest.raises(MicromagneticsError, match="above 0"):
        Accuracy(tolerance=0.0)
    with pytest.raises(MicromagneticsError, match="above 0"):
        Accuracy(window_m=-1e-9)
    with pytest.raises(MicromagneticsError, match="above 0"):
        Accuracy(longest_step_s=float("nan"))
    with pytest.raises(MicromagneticsError, match="interval"):
        Accuracy(stray_interval_s=-1e-12)
    film = neuron()
    with pytest.raises(MicromagneticsError, match="cannot run for -1e-09 s"):
        Simulation(film, straight_wall(film, 100e-9)).run(-1e-9)
