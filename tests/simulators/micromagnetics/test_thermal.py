"""The thermal field."""

import numpy as np
import numpy.typing as npt
import pytest

from dwmtj.simulators.micromagnetics import (
    Film,
    Material,
    MicromagneticsError,
    ThermalSimulation,
    full_cells,
)
from dwmtj.simulators.micromagnetics.constants import BOLTZMANN_J_per_K
from dwmtj.simulators.micromagnetics.terms.thermal import (
    thermal_deviation_A_per_m,
    thermal_field_A_per_m,
)
from dwmtj.tests.simulators.micromagnetics.films import MATERIAL, notched_cells

T_K = 300.0


def test_the_field_has_the_variance_of_brown_in_full_and_partly_filled_cells() -> None:
    cells = notched_cells()
    deviation = thermal_deviation_A_per_m(cells, MATERIAL, T_K, 1e-13)
    volume_m3 = cells.volume * 5e-9**2 * 2e-9
    filled = cells.volume > 0
    moment = 2.211e5 * 4e-7 * np.pi * 1.1e6
    expected = 2 * 0.1 * 1.380649e-23 * T_K / (moment * volume_m3[filled] * 1e-13)
    np.testing.assert_allclose(deviation[filled] ** 2, expected)
    assert not deviation[~filled].any()
    drawn = thermal_field_A_per_m(np.full((200, 100), 7.0), np.random.default_rng(1))
    assert np.std(drawn) == pytest.approx(7.0, rel=0.02)
    assert abs(drawn.mean()) < 0.1


def test_moments_in_an_easy_axis_have_boltzmanns_distribution() -> None:
    """<m_z²> over 900 uncoupled cells with K V = 2 k_B T; its standard error is 0.4 %.

    Seed fixed; the bounds are 5 standard errors wide.
    """
    cells = full_cells(30, 30, 5e-9, 5e-9)
    barrier = 2.0
    anisotropy = barrier * BOLTZMANN_J_per_K * T_K / 5e-9**3
    material = Material(1e6, 1e-30, anisotropy, damping=0.5)
    film = Film(cells, material, 150e-9, has_stray_field=False)
    rng = np.random.default_rng(5)
    m = rng.standard_normal((3, 30, 30))
    m /= np.linalg.norm(m, axis=0)
    simulation = ThermalSimulation(film, m, T_K, rng, step_s=0.2e-12)
    simulation.run(0.4e-9)
    samples = []
    for _ in range(40):
        simulation.run(0.05e-9)
        samples.append(float(np.mean(simulation.m[2] ** 2)))
    z = np.linspace(-1, 1, 20001)
    weight = np.exp(barrier * z**2)
    assert np.mean(samples) == pytest.approx(np.average(z**2, weights=weight), rel=0.02)


def test_equal_seeds_give_equal_runs_and_zero_kelvin_no_noise() -> None:
    cells = full_cells(4, 4, 5e-9, 2e-9)
    film = Film(cells, MATERIAL, 20e-9)
    m = np.zeros((3, 4, 4))
    m[2] = 1

    def end(temperature_K: float, seed: int) -> npt.NDArray[np.floating]:
        rng = np.random.default_rng(seed)
        simulation = ThermalSimulation(film, m, temperature_K, rng)
        simulation.run(5e-12)
        return simulation.m

    assert (end(T_K, 1) == end(T_K, 1)).all()
    assert (end(T_K, 1) != end(T_K, 2)).any()
    assert (end(0.0, 1) == end(0.0, 2)).all()


@pytest.mark.parametrize(("temperature_K", "step_s"), [(-1.0, 1e-13), (T_K, 0.0), (T_K, 0.4e-12)])
def test_a_step_too_long_for_the_cells_is_refused(temperature_K: float, step_s: float) -> None:
    """0.2 ps for cells of 5 nm with this exchange."""
    film = Film(full_cells(4, 4, 5e-9, 2e-9), MATERIAL, 20e-9)
    m = np.full((3, 4, 4), 3**-0.5)
    with pytest.raises(MicromagneticsError, match=r"at most 0\.19\d ps"):
        ThermalSimulation(film, m, temperature_K, np.random.default_rng(1), step_s)
