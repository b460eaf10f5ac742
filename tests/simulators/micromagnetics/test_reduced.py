"""The reduced model: its equations, its noise, and the table of the pinning."""

from dataclasses import replace
from math import pi
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from scipy.special import ive

from dwmtj.simulators.micromagnetics import (
    Accuracy,
    Film,
    Material,
    MicromagneticsError,
    Notch,
    Simulation,
    SpinOrbitTorque,
    Track,
    film_of,
)
from dwmtj.simulators.micromagnetics.constants import BOLTZMANN_J_per_K
from dwmtj.simulators.micromagnetics.reduced.depinning import (
    Start,
    freed_walls,
    pulse_threshold_A_per_m2,
)
from dwmtj.simulators.micromagnetics.reduced.drag import (
    Drag,
    drag_targets_m,
    swept_position_m,
    tabulate_pinning,
    thiele_width_m,
)
from dwmtj.simulators.micromagnetics.reduced.escape import barrier_J, escape_rate_per_s
from dwmtj.simulators.micromagnetics.reduced.model import ReducedModel, reduced_model
from dwmtj.simulators.micromagnetics.reduced.pinning import GRID_m, Pinning, pinning_of
from dwmtj.simulators.micromagnetics.reduced.walls import Pulse, Walls
from dwmtj.simulators.micromagnetics.thresholds.search import ProcessMemory
from dwmtj.simulators.micromagnetics.wall import straight_wall
from dwmtj.tests.simulators.micromagnetics.films import MATERIAL, neuron
from dwmtj.tests.simulators.micromagnetics.test_thresholds import quiet

Floats = npt.NDArray[np.float64]

T_K = 300.0
K_T = BOLTZMANN_J_per_K * T_K
FREE = Pinning(0.0, np.zeros(2))


def model(pinning: Pinning = FREE, damping: float = 0.1, dmi: float = 1e-3) -> ReducedModel:
    material = Material(1.1e6, 2e-11, 1e6, dmi, damping)
    film = film_of(Track(500e-9, 150e-9, 2e-9), material, 5e-9, SpinOrbitTorque(0.08))
    return reduced_model(film, pinning, 7.7e-9)


def curve(half_m: float) -> Floats:
    """Positions from -half_m to half_m, as the centres of cells."""
    cells = round(2 * half_m / GRID_m)
    positions: Floats = -half_m + GRID_m * (np.arange(cells, dtype=np.float64) + 0.5)
    return positions


def mean_velocity(free: ReducedModel, current: float) -> float:
    walls = Walls(free, 1, 0.0, 0.0, 1, 0.5e-12)
    walls.run(10e-9, current)
    start_m = walls.position_m[0]
    walls.run(2e-9, current)
    return float((walls.position_m[0] - start_m) / 2e-9)


@pytest.mark.parametrize("dmi", [1e-3, -1e-3])
@pytest.mark.parametrize("current", [0.2e12, 1e12, -1e12])
def test_a_free_wall_moves_at_the_steady_velocity(current: float, dmi: float) -> None:
    free = model(dmi=dmi)
    assert mean_velocity(free, current) == pytest.approx(free.velocity_m_per_s(current), rel=2e-3)


def test_a_small_current_moves_a_wall_by_the_mobility() -> None:
    """v = (π/2) γ0 Δ H_DL/α."""
    free = model()
    mobility = 2.211e5 * 7.7e-9 * pi / 2 * free.damping_like_per_current_m / 0.1
    assert mean_velocity(free, 0.01e12) == pytest.approx(0.01e12 * mobility, rel=5e-3)


@pytest.mark.parametrize("angle", [-0.1, 0.1])
def test_a_field_like_torque_and_a_field_along_x_change_the_velocity(angle: float) -> None:
    plain = model()
    torque = replace(
        plain, field_like_per_current_m=angle / 0.08 * plain.damping_like_per_current_m
    )
    faster = torque.velocity_m_per_s(1e12) > plain.velocity_m_per_s(1e12)
    assert faster == (angle > 0)
    assert mean_velocity(torque, 1e12) == pytest.approx(torque.velocity_m_per_s(1e12), rel=2e-3)
    along_x = replace(plain, field_x_A_per_m=2e4)
    assert along_x.velocity_m_per_s(1e12) > plain.velocity_m_per_s(1e12)


def test_a_field_along_z_is_a_push_against_the_wall_that_points_down_on_its_left() -> None:
    pushed = replace(model(), field_z_A_per_m=-500.0)
    expected = 2.211e5 * 7.7e-9 / 0.1 * 500.0
    assert mean_velocity(pushed, 0.0) == pytest.approx(expected, rel=5e-3)


def test_a_well_has_boltzmanns_variance_and_mean_energy() -> None:
    """Position and angle over 60,000 walls, so that a variance has a standard error of 0.6 %.

    Seed fixed; 2 % is 3.5 standard errors.
    """
    x_m = curve(40e-9)
    stiffness_A_per_m2 = 1000.0 / 1e-9
    well = model(Pinning(-40e-9, stiffness_A_per_m2 * x_m), damping=0.3)
    walls = Walls(well, 60_000, 0.0, T_K, 7)
    walls.run(4e-9)
    spring = well.moment_T_m2 * stiffness_A_per_m2
    assert np.var(walls.position_m) == pytest.approx(K_T / spring, rel=0.02)
    angle = walls.angle_rad
    per_area = well.moment_T_m2 * well.thiele_width_m
    energy_J = per_area * (
        pi / 2 * well.dmi_field_A_per_m * (1 - np.cos(angle))
        - well.wall_anisotropy_A_per_m / 2 * np.sin(angle) ** 2
    )
    dense = np.linspace(-pi, pi, 20_001)
    dense_J = per_area * (
        pi / 2 * well.dmi_field_A_per_m * (1 - np.cos(dense))
        - well.wall_anisotropy_A_per_m / 2 * np.sin(dense) ** 2
    )
    expected_J = float(np.average(dense_J, weights=np.exp(-dense_J / K_T)))
    assert np.mean(energy_J) == pytest.approx(expected_J, rel=0.02)


@pytest.mark.parametrize("damping", [0.3, 0.8])
def test_walls_escape_at_the_rate_of_langer(damping: float) -> None:
    """Out of a cosine well of 4 k_BT, whose finite height lowers the rate by a known factor.

    That factor, e^2x/(2π x I0(x)²) with x = E_b/(2 k_BT), is exact for an overdamped wall (Risken,
    The Fokker-Planck Equation, ch. 11). 6,000 walls, of which a quarter escapes: standard error
    2.6 %; 9 % is 3.5 of them. Seed fixed.
    """
    period_m, x_m = 24e-9, curve(36e-9)
    shallow = model(damping=damping)
    amplitude = 4 * K_T * pi / (shallow.moment_T_m2 * period_m)
    field = amplitude * np.sin(2 * pi * x_m / period_m)
    pinned = replace(shallow, pinning=Pinning(-36e-9, field))
    assert barrier_J(pinned, 0.0) == pytest.approx(4 * K_T, rel=1e-3)
    rate = escape_rate_per_s(pinned, 0.0, T_K)
    rate /= 4 * pi * float(ive(0, 2.0)) ** 2
    walls = Walls(pinned, 6_000, 0.0, T_K, 3)
    walls.run(2e-9)
    settled = np.abs(walls.position_m) < period_m / 2
    duration_s = 0.15 / rate
    walls.run(duration_s)
    kept = np.mean(np.abs(walls.position_m[settled]) < period_m / 2)
    measured = -np.log(kept) / duration_s
    assert measured == pytest.approx(2 * rate, rel=0.09)  # it escapes to both sides


def test_a_walls_noise_depends_on_its_place_and_the_seed_alone() -> None:
    def end(count: int, seed: int, parts: int) -> Floats:
        walls = Walls(model(), count, 0.0, T_K, seed)
        for _ in range(parts):
            walls.run(0.2e-9 / parts)
        return walls.position_m

    few, many = end(10, 5, 1), end(1100, 5, 4)  # of 25 steps, so that two parts start odd
    assert (few == many[:10]).all()
    assert len(set(many)) > 1000
    assert (end(10, 6, 1) != few).all()
    correlation = np.corrcoef(many[:-1], many[1:])[0, 1]
    assert abs(correlation) < 0.1  # 3.3 standard deviations


def test_a_pulse_is_as_wide_at_half_maximum_as_asked() -> None:
    shape = Pulse(5e-9, 1e-9).shape(1e-12)
    assert len(shape) == 6000
    assert np.sum(shape) == pytest.approx(5000, rel=1e-3)
    assert np.sum(shape > 0.5) == pytest.approx(5000, abs=2)
    with pytest.raises(MicromagneticsError, match="no longer than it"):
        Pulse(1e-9, 2e-9)


def test_a_table_gives_rest_barrier_and_depinning_field() -> None:
    x_m = curve(21e-9)
    pinning = pinning_of(x_m, 1e3 * np.sin(2 * pi * x_m / 40e-9), 1e-9)
    assert pinning.rest_m(3e-9) == pytest.approx(0.0, abs=0.1e-9)
    assert pinning.depinning_field_A_per_m == pytest.approx(1e3, rel=1e-3)
    height, valley_m, top_m = pinning.barrier_A(0.0)
    assert height == pytest.approx(1e3 * 40e-9 / pi, rel=1e-3)
    assert (valley_m, top_m) == pytest.approx((0.0, 20e-9), abs=0.3e-9)
    assert pinning.barrier_A(0.0, 1.1e3)[0] == 0.0
    with pytest.raises(MicromagneticsError, match="no place where a wall rests"):
        FREE.rest_m(0.0)
    with pytest.raises(MicromagneticsError, match="rising positions"):
        pinning_of(np.array([1.0, 1.0]), np.zeros(2), 1e-9)


@pytest.mark.parametrize("cell_m", [4e-9, 5e-9, 6e-9])
def test_a_table_has_no_ripple_of_the_cells_and_keeps_what_is_smooth(cell_m: float) -> None:
    """From points 1.25 nm apart; cells of 4 and 6 nm are no whole numbers of them."""
    x_m = 1.25e-9 * np.arange(-32, 33, dtype=np.float64)
    ripple, line = 400 * np.sin(2 * pi * x_m / cell_m + 0.7), 1e3 + 7e12 * x_m
    assert np.abs(pinning_of(x_m, ripple, cell_m).field_A_per_m).max() < 0.02 * 400
    straight = pinning_of(x_m, line, cell_m)
    outer = round(cell_m / GRID_m)  # where the line beyond the end is not known
    inner = slice(outer, -outer)
    expected = 1e3 + 7e12 * straight.x_m
    np.testing.assert_allclose(straight.field_A_per_m[inner], expected[inner], atol=1e-3)
    assert np.abs(straight.field_A_per_m - expected).max() < 7e12 * cell_m / 20
    ends_m = straight.x_m[[0, -1]]
    assert np.abs(ends_m) == pytest.approx(40e-9 - cell_m / 2, abs=1.6 * GRID_m)
    well = pinning_of(x_m, 1e4 * np.sin(2 * pi * x_m / 70e-9) + ripple, cell_m)
    assert well.depinning_field_A_per_m == pytest.approx(1e4, rel=0.01)
    assert well.barrier_A(0.0)[0] == pytest.approx(1e4 * 70e-9 / pi, rel=0.01)
    with pytest.raises(MicromagneticsError, match="longer than a cell"):
        pinning_of(x_m[:4], ripple[:4], cell_m)


def test_a_pulse_of_thermal_walls_frees_more_of_them_with_the_current() -> None:
    x_m = curve(20e-9)
    pinned = model(Pinning(-20e-9, 2e3 * np.sin(2 * pi * x_m / 40e-9)), damping=0.5)
    start = Start(0.0, 22e-9, 1e-9)
    pulse = Pulse(10e-9)
    threshold = pulse_threshold_A_per_m2(pinned, start, pulse, (0.05e12, 0.4e12))
    static = 2e3 / pinned.push_per_current_m
    assert 0.95 * static < threshold < 1.3 * static
    freed = freed_walls(pinned, start, pulse, threshold * np.array([0.5, 0.9, 1.5]), T_K, 200, 1)
    assert freed[0] <= freed[1] <= freed[2]
    assert freed[2] >= 195
    with pytest.raises(MicromagneticsError, match="above"):
        pulse_threshold_A_per_m2(pinned, start, pulse, (0.01e12, 0.02e12))


TRACK = Track(400e-9, 50e-9, 2e-9, (Notch(200e-9, 5e-9, 10e-9),))


def film(track: Track = TRACK, torque: SpinOrbitTorque | None = None) -> Film:
    material = replace(MATERIAL, damping=0.3)
    return film_of(track, material, 5e-9, torque or SpinOrbitTorque(0.3))


@pytest.mark.parametrize(
    ("torque", "message"),
    [
        (SpinOrbitTorque(0.0), "spin-Hall angle"),
        (SpinOrbitTorque(0.1, asymmetry=2.0), "asymmetry"),
        (SpinOrbitTorque(0.1, polarization=(1.0, 0.0, 0.0)), "polarization along y"),
    ],
)
def test_a_torque_that_the_model_lacks_is_refused(torque: SpinOrbitTorque, message: str) -> None:
    with pytest.raises(MicromagneticsError, match=message):
        tabulate_pinning(film(torque=torque), TRACK, 1, Drag(), ProcessMemory(), quiet)


def test_what_cannot_be_tabulated_or_integrated_is_refused() -> None:
    taper = replace(TRACK, end_width_m=60e-9)
    with pytest.raises(MicromagneticsError, match="taper"):
        tabulate_pinning(film(), taper, 1, Drag(), ProcessMemory(), quiet)
    with pytest.raises(MicromagneticsError, match="no notch 2"):
        tabulate_pinning(film(), TRACK, 2, Drag(), ProcessMemory(), quiet)
    with pytest.raises(MicromagneticsError, match="at most"):
        Walls(model(), 1, 0.0, T_K, 1, 50e-12)
    with pytest.raises(MicromagneticsError, match="a count of 1"):
        Walls(model(), 0, 0.0, T_K, 1)


@pytest.mark.parametrize("position_m", [173e-9, 260e-9])
def test_a_straight_wall_is_where_it_was_put_before_and_beyond_a_notch(position_m: float) -> None:
    """Where J ∝ 1/w; 5.2 nm of area are cut out, and cells with little material left out."""
    notched = film()
    swept_m = swept_position_m(straight_wall(notched, position_m), notched)
    assert swept_m == pytest.approx(position_m, abs=1.5e-9)


def test_thieles_width_gives_the_velocity_of_oommf() -> None:
    """OOMMF moves this wall by 148.7 nm from 0.5 to 3 ns: 59.5 m/s."""
    track = Track(512e-9, 64e-9, 2e-9)
    width_m = thiele_width_m(neuron(), track, "area", Accuracy(stray_interval_s=5e-12))
    reduced = reduced_model(neuron(), FREE, width_m)
    assert 6e-9 < width_m < 9e-9
    assert reduced.velocity_m_per_s(0.3e12) == pytest.approx(59.5, rel=0.06)


DRAGGED = Path(__file__).parent / "notch_1_drag.csv"
"""A slow drag past notch 1 of the neuron paper's track: 1500 × 150 × 2 nm, 5 nm cells weighted by
area, θ = 0.08; written by benchmarks/reduced_model.py."""
CELL_m = 5e-9


def part_rows(part: object) -> list[tuple[float, float]]:
    """Return the positions and currents of a part of a drag, none of its other parts."""
    rows: list[tuple[float, float]] = part["rows"] if isinstance(part, dict) else []
    return rows


def notch_1(damping: float, cell_m: float = CELL_m) -> ReducedModel:
    position_m, current = np.loadtxt(DRAGGED, delimiter=",", skiprows=1).T
    plain = model(damping=damping)
    pinning = pinning_of(position_m, plain.push_per_current_m * current, cell_m)
    return replace(plain, pinning=pinning, thiele_width_m=7.709e-9)


def test_a_drag_without_its_ripple_has_its_rest_barrier_and_top_and_is_level_beyond() -> None:
    """From 378 nm on both ends of the wall have left the notch, and only cells pin it."""
    dragged, smooth = notch_1(0.1, GRID_m), notch_1(0.1)
    rests_m = [one.pinning.rest_m(300e-9) for one in (dragged, smooth)]
    assert rests_m[1] == pytest.approx(rests_m[0], abs=0.2e-9)
    assert barrier_J(smooth, rests_m[1]) == pytest.approx(barrier_J(dragged, rests_m[0]), rel=0.01)
    tops = [one.pinning.depinning_field_A_per_m for one in (dragged, smooth)]
    assert tops[1] == pytest.approx(tops[0], rel=0.01)
    roughness = [
        np.std(np.diff(one.pinning.field_A_per_m[one.pinning.x_m > 378e-9]))
        for one in (dragged, smooth)
    ]
    assert roughness[1] < 0.2 * roughness[0]


@pytest.mark.parametrize(
    ("damping", "film_A_per_m2", "above"),
    [
        (0.1, 0.901e12, 0.11),
        (0.15, 1.120e12, 0.12),
        (0.2, 1.343e12, 0.065),
        (0.3, 1.658e12, -0.01),
        (0.5, 1.701e12, 0.01),
    ],
)
def test_run_up_thresholds_are_the_films_or_above_them_where_a_wall_runs_fast(
    damping: float, film_A_per_m2: float, above: float
) -> None:
    """Deviations are those of docs/explanation/micromagnetics.md; 1.5 % is the film's bracket."""
    start = Start(150e-9, 450e-9, 0.0)
    found = pulse_threshold_A_per_m2(notch_1(damping), start, Pulse(15e-9), (0.6e12, 2.2e12))
    assert found / film_A_per_m2 - 1 == pytest.approx(above, abs=0.015)


def test_the_threshold_of_a_pulse_on_a_wall_at_rest_is_within_4_percent_of_the_films() -> None:
    reduced = notch_1(0.1)
    start = Start(reduced.pinning.rest_m(300e-9), 450e-9)
    found = pulse_threshold_A_per_m2(reduced, start, Pulse(10e-9), (0.6e12, 2.2e12))
    assert found == pytest.approx(1.334e12, rel=0.04)


def test_a_wall_rests_in_the_film_where_the_table_of_its_drag_says_and_the_drag_resumes() -> None:
    """Beyond a deep notch of a 30 nm wide film, under half the largest current of the drag."""
    track = Track(300e-9, 30e-9, 2e-9, (Notch(80e-9, 10e-9, 10e-9), Notch(150e-9, 5e-9, 10e-9)))
    drag = Drag(before_m=6e-9, step_m=2.5e-9, after_m=-10e-9, points_per_part=6)
    memory = ProcessMemory()
    pinning = tabulate_pinning(film(track), track, 2, drag, memory, quiet)
    assert pinning.rest_m(150e-9) == pytest.approx(150e-9, abs=0.3e-9)
    push = pinning.depinning_field_A_per_m / 2
    per_current_m = reduced_model(film(track), FREE, 7e-9).push_per_current_m
    simulation = Simulation(film(track), straight_wall(film(track), 150e-9))
    simulation.frame.set_damping(1.0)
    simulation.run(0.8e-9, push / per_current_m)
    rising = pinning.x_m < pinning.x_m[np.argmax(pinning.field_A_per_m)]
    expected_m = float(np.interp(push, pinning.field_A_per_m[rising], pinning.x_m[rising]))
    assert pinning.rest_m(150e-9) + 0.5e-9 < expected_m
    swept_m = swept_position_m(simulation.m, film(track)) - memory["notch 2, origin of the drag"]
    assert swept_m == pytest.approx(expected_m, abs=0.3e-9)
    held_m = np.array([row[0] for part in memory.values() for row in part_rows(part)])
    wanted_m = drag_targets_m(film(track), track, 2, drag)
    assert wanted_m[-1] > pinning.x_m[~rising][0]  # where the pinning falls
    np.testing.assert_allclose(held_m, wanted_m, atol=0.2e-9)

    class Full(ProcessMemory):
        def keep(self, part: str, content: object) -> None:
            raise AssertionError(part)

    again = tabulate_pinning(film(track), track, 2, drag, Full(memory), quiet)
    assert (again.field_A_per_m == pinning.field_A_per_m).all()
