"""Films in the mirror, and what makes a track a synapse."""

from dataclasses import replace

import numpy as np
import pytest

from dwmtj.simulators.micromagnetics import (
    MicromagneticsError,
    Notch,
    Simulation,
    SpinOrbitTorque,
    Synapse,
    SynapseNotch,
    Track,
    check_levels,
    film_of,
    straight_wall,
)
from dwmtj.simulators.micromagnetics.barriers.notch_barriers import Barrier, NotchBarriers
from dwmtj.simulators.micromagnetics.constants import BOLTZMANN_J_per_K
from dwmtj.simulators.micromagnetics.synapse import Freed
from dwmtj.simulators.micromagnetics.thresholds.bracket import Bracket
from dwmtj.simulators.micromagnetics.thresholds.mirrored import mirrored_film, mirrored_track
from dwmtj.simulators.micromagnetics.thresholds.outcome import Ending, Outcome
from dwmtj.tests.simulators.micromagnetics.films import MATERIAL

TRACK = Track(
    200e-9, 40e-9, 2e-9, (Notch(60e-9, 5e-9, 10e-9), Notch(140e-9, 8e-9, 10e-9, "v", "upper")),
    end_width_m=50e-9,
)  # fmt: skip


def seen_in_the_mirror(m: np.ndarray) -> np.ndarray:
    turned: np.ndarray = m[:, ::-1] * np.array([1, -1, -1])[:, None, None]
    return turned


def test_a_mirrored_film_moves_as_the_film_does_under_the_opposite_current() -> None:
    torque = SpinOrbitTorque(0.3, 2.0, 0.1, (0.0, -0.8, 0.6))
    film = replace(film_of(TRACK, MATERIAL, 5e-9, torque), flux_density_T=(0.01, 0.02, 0.03))
    simulation = Simulation(film, straight_wall(film, 110e-9))
    mirror = Simulation(mirrored_film(film), seen_in_the_mirror(simulation.m))
    for one, current in ((simulation, -0.7e12), (mirror, 0.7e12)):
        one.run(50e-12, current)
    assert abs(simulation.wall.position_m - 110e-9) > 0.3e-9
    np.testing.assert_allclose(mirror.m, seen_in_the_mirror(simulation.m), atol=1e-9)


def test_a_mirrored_track_is_the_outline_of_the_mirrored_cells() -> None:
    film = film_of(TRACK, MATERIAL, 5e-9)
    drawn = film_of(mirrored_track(TRACK), MATERIAL, 5e-9)
    np.testing.assert_allclose(mirrored_film(film).cells.volume, drawn.cells.volume, atol=1e-12)


def outcome(current: float, position_m: float = 0.0, ending: Ending = "held") -> Outcome:
    return Outcome(current, ending, 1e-9, position_m, position_m, position_m, np.zeros((3, 1, 1)))


def notch(number: int, position_m: float, current: float, goes_to_m: float, barrier: float) -> (
    SynapseNotch
):  # fmt: skip
    bracket = Bracket(outcome(0.99 * current), outcome(1.01 * current, ending="left"))
    freed = Freed(bracket, outcome(1.01 * current, goes_to_m))
    side = Barrier(barrier * 300 * BOLTZMANN_J_per_K, 0.0, 0.0)
    barriers = NotchBarriers(number, position_m, side, side)
    return SynapseNotch(number, position_m, freed, freed, barriers, outcome(0.0, position_m))


@pytest.mark.parametrize(
    ("goes_to_m", "barrier", "problem"),
    [
        (300e-9, 40.0, "drives it through notch 2"),
        (110e-9, 40.0, "ends before it is at notch 2"),
        (198e-9, 19.0, "Notch 1 keeps a wall for 0.089 s only"),
    ],
)
def test_levels_that_no_pulse_writes_or_that_do_not_stay_are_refused(
    goes_to_m: float, barrier: float, problem: str
) -> None:
    last = notch(2, 200e-9, 2e12, 400e-9, 60.0)
    with pytest.raises(MicromagneticsError, match=problem):
        check_levels(Synapse((notch(1, 100e-9, 1e12, goes_to_m, barrier), last), 1e-10), 300, 1e9)
    check_levels(Synapse((notch(1, 100e-9, 1e12, 199e-9, 40.0), last), 1e-10), 300, 1e9)
