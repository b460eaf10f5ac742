"""The terms on torch tensors."""

from typing import Literal

import numpy as np
import pytest

from dwmtj.simulators.micromagnetics import (
    Accuracy,
    Film,
    MicromagneticsError,
    Simulation,
    SpinOrbitTorque,
    TensorSimulation,
    straight_wall,
)
from dwmtj.simulators.micromagnetics.dynamics.frame import Frame
from dwmtj.simulators.micromagnetics.precision import DOUBLE
from dwmtj.tests.simulators.micromagnetics.films import (
    MATERIAL,
    neuron,
    notched_cells,
    random_moments,
)

torch = pytest.importorskip("torch")

TORQUE = SpinOrbitTorque(0.08, asymmetry=2.0, field_like_angle=0.03, polarization=(0.6, -0.8, 0.0))
CURRENT = 5e11


@pytest.mark.parametrize(("precision", "tolerance"), [("float64", 1e-13), ("float32", 2e-6)])
def test_a_right_hand_side_is_that_of_the_compiled_terms(
    precision: Literal["float64", "float32"], tolerance: float
) -> None:
    film = Film(notched_cells(), MATERIAL, 60e-9, TORQUE, (0.01, -0.02, 0.03))
    m = random_moments(film.cells)
    frame = Frame(film, m, None, DOUBLE)
    expected = np.zeros_like(frame.m)
    frame.stray.evaluate(frame.m)
    frame.fill_rate(frame.m, frame.stray.given, 0.0, CURRENT, expected)

    simulation = TensorSimulation(film, m, Accuracy(precision=precision), "cpu")
    simulation.run(0.0, CURRENT)
    rate = simulation.rate_per_s(torch.as_tensor(simulation.m)).numpy()
    assert rate.dtype == precision
    np.testing.assert_allclose(rate, expected, rtol=0, atol=tolerance * np.abs(expected).max())


def test_a_wall_moves_as_in_the_compiled_simulation() -> None:
    film = neuron()
    m = straight_wall(film, 100e-9)
    accuracy = Accuracy(1e-5, stray_interval_s=None)
    tensors = TensorSimulation(film, m, accuracy, "cpu")
    compiled = Simulation(film, m, accuracy)
    for simulation in (tensors, compiled):
        simulation.run(2e-12, 0.3e12)
    assert tensors.time_s == pytest.approx(2e-12) and tensors.steps == compiled.steps
    moved = np.abs(compiled.m - m).max()
    assert moved > 0.03
    np.testing.assert_allclose(tensors.m, compiled.m, rtol=0, atol=1e-3 * moved)


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a CUDA device")
def test_without_a_device_it_names_the_way_out() -> None:
    film = neuron()
    with pytest.raises(MicromagneticsError, match="no CUDA device"):
        TensorSimulation(film, straight_wall(film, 100e-9))
