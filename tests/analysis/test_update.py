"""NeuroSim's nonlinearity, conductances and pulse energies come out as defined."""

import numpy as np
import pytest

from dwmtj.analysis import (
    AnalysisError,
    Estimate,
    Level,
    asymmetry,
    conductance_levels,
    fit_update,
    neurosim_A,
    neurosim_label,
    pulse_energy_J,
)


@pytest.mark.parametrize(
    ("label", "A"), [(0.01, 126.268958), (1.0, 1.251653), (0.5, 2.519877), (9.0, 0.022810)]
)
def test_the_label_is_neurosims(label: float, A: float) -> None:
    assert neurosim_label(A) == pytest.approx(label, rel=1e-3)
    assert neurosim_A(label) == pytest.approx(A, rel=1e-3)
    assert neurosim_A(-label) == pytest.approx(-A, rel=1e-3)


def curve(label: float, rng: np.random.Generator, pulses: int = 32) -> np.ndarray:
    A = neurosim_A(label)
    shape = (1 - np.exp(-np.arange(pulses + 1) / pulses / abs(A))) / (1 - np.exp(-1 / abs(A)))
    if label < 0:
        shape = 1 - shape[::-1]
    noise = np.r_[0, rng.normal(0, 0.01, pulses - 1), 0]
    return np.asarray(1e-3 + 1e-4 * (shape + noise))


@pytest.mark.parametrize("label", [-3.0, 0.8, 5.0])
def test_the_nonlinearity_lies_in_its_interval(label: float) -> None:
    """60 curves; fewer than 51 covered at true 95 %: 1e-3 each."""
    covered = sum(
        label in fit_update(curve(label, np.random.default_rng(seed)), 33).nonlinearity
        for seed in range(60)
    )
    assert covered >= 51


def test_asymmetry_is_the_difference_of_both_ways() -> None:
    rng = np.random.default_rng(1)
    up, down = fit_update(curve(4.0, rng), 33), fit_update(curve(1.0, rng)[::-1], 33)
    assert down.nonlinearity.value == pytest.approx(-1.0, abs=0.2)
    assert 5.0 in asymmetry(up, down)


@pytest.mark.parametrize(
    ("conductances", "told"),
    [
        ([1.0, 2.0], "too few"),
        ([1.0, 2, 3, 2, 1], "no update"),
        ([1.0, np.nan, 3, 4, 5], "numbers"),
    ],
)
def test_what_is_no_update_curve_is_said(conductances: list[float], told: str) -> None:
    with pytest.raises(AnalysisError, match=told):
        fit_update(np.array(conductances), 2)


def test_the_energy_of_a_trapezoidal_pulse_is_its_integral() -> None:
    time = np.linspace(0, 60e-9, 600_001)
    shape = np.interp(time, [0, 10e-9, 50e-9, 60e-9], [0, 1, 1, 0])
    integral = np.trapezoid((3 * shape) ** 2, time) / 1000
    assert pulse_energy_J(3.0, 50e-9, 1000, 10e-9, 10e-9) == pytest.approx(integral, rel=1e-6)
    with pytest.raises(AnalysisError, match="positive"):
        pulse_energy_J(3.0, 50e-9, 0.0)


def test_a_conductance_level_is_its_resistance_inverted() -> None:
    level = Level(Estimate(1000.0, 990.0, 1010.0), Estimate(2.5, 2.0, 3.0), 10)
    (found,) = conductance_levels([level])
    assert found.conductance_S == Estimate(1e-3, 1 / 1010, 1 / 990)
    assert found.sigma_S.value == pytest.approx(2.5e-6)
    assert found.write_noise.high == pytest.approx(0.003)
