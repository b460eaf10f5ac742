"""The path of a wall out of a notch, and its barriers."""

from dataclasses import replace
from math import exp

import numpy as np
import pytest

from dwmtj.simulators.micromagnetics import (
    MicromagneticsError,
    Notch,
    Track,
    demagnetisation_of,
    energies_J,
    film_of,
    straight_wall,
)
from dwmtj.simulators.micromagnetics.barriers.descent import relaxed
from dwmtj.simulators.micromagnetics.barriers.escape import Place, end_of_track, escape
from dwmtj.simulators.micromagnetics.barriers.landscape import Landscape
from dwmtj.simulators.micromagnetics.barriers.minimum_energy_path import Pace
from dwmtj.simulators.micromagnetics.barriers.notch_barriers import (
    Barrier,
    NotchBarriers,
    notch_barriers,
)
from dwmtj.simulators.micromagnetics.constants import BOLTZMANN_J_per_K
from dwmtj.simulators.micromagnetics.thresholds.search import ProcessMemory
from dwmtj.tests.simulators.micromagnetics.films import (
    MATERIAL,
    NOTCHED,
    notched_cells,
    random_moments,
)
from dwmtj.tests.simulators.micromagnetics.test_thresholds import quiet

ROOM_J = 300 * BOLTZMANN_J_per_K
TRACK = Track(250e-9, 30e-9, 2e-9, (Notch(125e-9, 4e-9, 8e-9),))


def ignore(_step: int, _force: float) -> None: ...


def test_energy_and_force_are_those_of_the_terms() -> None:
    cells = notched_cells()
    film = replace(film_of(NOTCHED, MATERIAL, 5e-9), flux_density_T=(0.01, 0.02, -0.03))
    m, other = random_moments(cells, 1), random_moments(cells, 2)
    landscape = Landscape(film, m, 0, cells.shape[0])
    demagnetisation = demagnetisation_of(film)
    wanted = sum(energies_J(m, film, demagnetisation).values())
    field, energy_J = landscape.field_A_per_m(m)
    assert energy_J == pytest.approx(wanted, rel=1e-12)
    step = 1e-6
    change = [sum(energies_J(m + s * other, film, demagnetisation).values()) for s in (-step, step)]
    work_J = -float(np.sum(landscape.moment_J_per_A_per_m * np.sum(field * other, axis=0)))
    assert (change[1] - change[0]) / (2 * step) == pytest.approx(work_J, rel=1e-6)


def test_the_energy_in_a_part_of_the_film_changes_as_that_of_the_whole() -> None:
    film = film_of(TRACK, MATERIAL, 5e-9)
    walls = [straight_wall(film, x_m) for x_m in (120e-9, 140e-9)]
    demagnetisation = demagnetisation_of(film)
    part = Landscape(film, walls[0], 5, 45)
    inside = [part.field_A_per_m(wall[:, 5:45])[1] for wall in walls]
    whole = [sum(energies_J(wall, film, demagnetisation).values()) for wall in walls]
    assert inside[1] - inside[0] == pytest.approx(whole[1] - whole[0], abs=0.002 * ROOM_J)


def test_a_wall_in_a_field_gains_the_energy_of_the_reversed_volume() -> None:
    """E = 2 M_S B w t x; the ends of the track act alike at both places."""
    film = replace(film_of(replace(TRACK, notches=()), MATERIAL, 5e-9), flux_density_T=(0, 0, 5e-3))
    path = escape(film, Place(105e-9, is_notch=False), Place(145e-9, is_notch=False), ignore)
    slope_J_per_m = 2 * MATERIAL.saturation_magnetization_A_per_m * 5e-3 * 30e-9 * 2e-9
    wanted_J = slope_J_per_m * (path.end_m - path.start_m)
    assert path.energy_J[-1] == pytest.approx(wanted_J, rel=0.005)
    assert path.barrier_J == pytest.approx(wanted_J, rel=0.005)
    assert path.barrier_back_J == pytest.approx(0, abs=0.05 * ROOM_J)


def test_a_plain_track_has_no_barrier() -> None:
    film = film_of(replace(TRACK, notches=()), MATERIAL, 5e-9)
    path = escape(film, Place(105e-9, is_notch=False), Place(145e-9, is_notch=False), ignore)
    assert path.barrier_J < 0.1 * ROOM_J
    assert np.ptp(path.energy_J) < 0.1 * ROOM_J


def test_the_path_out_of_a_notch_has_one_top_and_the_energies_of_held_walls() -> None:
    """Compared with the energy of walls held one by one at the same places, path or not."""
    film = film_of(TRACK, MATERIAL, 5e-9)
    path = escape(film, Place(125e-9), end_of_track(TRACK, 125e-9, 1), ignore)
    top = int(path.energy_J.argmax())
    assert 0 < top < len(path.energy_J) - 1
    tolerance_J = 0.1 * ROOM_J
    assert (np.diff(path.energy_J[: top + 1]) > -tolerance_J).all()
    assert (np.diff(path.energy_J[top:]) < tolerance_J).all()
    assert path.barrier_J > path.energy_J[-1] > 5 * ROOM_J
    assert path.error_J < 0.01 * path.barrier_J

    demagnetisation = demagnetisation_of(film)
    whole = Landscape(film, straight_wall(film, 125e-9), 0, film.cells.shape[0])

    def held_J(x_m: float, *, holds_wall: bool = True) -> float:
        m = relaxed(whole, straight_wall(film, x_m), 20.0, holds_wall=holds_wall)
        return sum(energies_J(m, film, demagnetisation).values())

    rest_J = held_J(125e-9, holds_wall=False)
    places_m = np.linspace(path.top_m - 4e-9, path.top_m + 4e-9, 5)
    highest_J = max(held_J(float(x_m)) for x_m in places_m) - rest_J
    assert path.barrier_J == pytest.approx(highest_J, rel=0.02)
    assert path.energy_J[-1] == pytest.approx(held_J(path.end_m) - rest_J, rel=0.01)


def test_one_path_gives_the_barriers_of_both_notches_and_is_computed_once() -> None:
    notches = (Notch(140e-9, 6e-9, 8e-9), Notch(70e-9, 3e-9, 8e-9))
    track = Track(210e-9, 30e-9, 2e-9, notches)
    film, memory = film_of(track, MATERIAL, 5e-9), ProcessMemory()
    deep, shallow = notch_barriers(film, track, memory, quiet)
    assert len(memory) == 3
    assert [deep.notch, shallow.notch] == [1, 2]
    assert deep.rest_m == pytest.approx(140e-9, abs=1e-9)
    assert shallow.rest_m == pytest.approx(70e-9, abs=1e-9)
    assert deep.backward.top_m == shallow.forward.top_m
    assert deep.lowest_J > 1.5 * shallow.lowest_J
    assert deep.forward.barrier_J == pytest.approx(deep.backward.barrier_J, rel=0.1)


def test_a_notch_in_the_middle_needs_one_path_for_both_sides() -> None:
    film, memory = film_of(TRACK, MATERIAL, 5e-9), ProcessMemory()
    (found,) = notch_barriers(film, TRACK, memory, quiet)
    assert len(memory) == 1
    left = escape(film, Place(125e-9), end_of_track(TRACK, 125e-9, -1), ignore)
    assert found.backward.barrier_J == pytest.approx(left.barrier_J, rel=1e-6)
    assert found.backward.top_m == pytest.approx(left.top_m, abs=0.01e-9)
    tilted = replace(film, flux_density_T=(0, 0, 1e-3))
    assert len(notch_barriers(tilted, TRACK, both := ProcessMemory(), quiet)) == 1
    assert len(both) == 2


def test_steps_get_shorter_where_the_force_turns_and_longer_where_it_does_not() -> None:
    """A force that grows without a turn, as it does when a path leaves a ridge, is no reason."""
    force, pace = np.zeros((3, 3, 2, 2)), Pace()
    force[1, 0] = 1.0
    longest = pace.stages
    for growth in range(1, 20):
        pace.adapt(growth * force)
    assert pace.stages == longest
    pace.adapt(-force)
    assert pace.stages == longest // 2
    for _ in range(5):
        pace.adapt(-force)
    assert pace.stages == longest // 2 * 2


def test_a_place_without_a_notch_holds_no_wall() -> None:
    film = replace(film_of(TRACK, MATERIAL, 5e-9), flux_density_T=(0, 0, -0.05))
    with pytest.raises(MicromagneticsError, match="does not hold a wall at rest"):
        escape(film, Place(60e-9), Place(125e-9), ignore)


def test_the_dwell_time_is_that_of_both_ways_out() -> None:
    barriers = [Barrier(factor * ROOM_J, 0.0, 0.0) for factor in (20.0, 21.0)]
    found = NotchBarriers(1, 0.0, *barriers)
    rate_Hz = 1e9 * (exp(-20) + exp(-21))
    assert found.dwell_time_s(300, 1e9) == pytest.approx(1 / rate_Hz)
    assert found.dwell_time_s(0.1, 1e9) == float("inf")
