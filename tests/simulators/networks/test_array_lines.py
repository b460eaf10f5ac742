"""Lines with resistance: Kirchhoff's laws, solved another way, and what they do to a network."""

import numpy as np
import pytest
import torch
from torch import nn

from dwmtj.simulators.networks.crossbar.devices import ConductanceRange
from dwmtj.simulators.networks.crossbar.line_resistance import LineResistance
from dwmtj.simulators.networks.crossbar.line_resistance import (
    effective_conductance_S as effective_S,
)
from dwmtj.simulators.networks.crossbar.network import to_analog
from dwmtj.simulators.networks.errors import NetworkError

SHAPES = [(1, 2), (5, 4), (4, 6), (7, 2)]


def conductances(rows: int, columns: int, seed: int = 3) -> np.ndarray:
    return np.random.default_rng(seed).uniform(0.2e-3, 2e-3, (rows, columns))


def wire_by_wire(conductance_S: np.ndarray, resistance_ohm: float) -> np.ndarray:
    """Return the currents from the Laplacian of all resistors, sources and amplifiers as nodes."""
    rows, columns = conductance_S.shape
    names = [(kind, i, j) for kind in "uv" for i in range(rows) for j in range(columns)]
    names += [("in", i, 0) for i in range(rows)] + [("out", 0, j) for j in range(columns)]
    number = {name: k for k, name in enumerate(names)}
    laplacian = np.zeros((len(names), len(names)))

    def resistor(one: tuple[str, int, int], other: tuple[str, int, int], value_S: float) -> None:
        a, b = number[one], number[other]
        laplacian[[a, b], [a, b]] += value_S
        laplacian[[a, b], [b, a]] -= value_S

    for i in range(rows):
        for j in range(columns):
            resistor(("u", i, j), ("v", i, j), conductance_S[i, j])
            left = ("in", i, 0) if j == 0 else ("u", i, j - 1)
            below = ("out", 0, j) if i == rows - 1 else ("v", i + 1, j)
            resistor(("u", i, j), left, 1 / resistance_ohm)
            resistor(("v", i, j), below, 1 / resistance_ohm)
    free, held = slice(0, 2 * rows * columns), slice(2 * rows * columns, None)
    given = np.eye(rows + columns)[:, :rows]
    inside = -np.linalg.solve(laplacian[free, free], laplacian[free, held] @ given)
    into = laplacian[held, free] @ inside + laplacian[held, held] @ given
    return -into[rows:].T


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("resistance_ohm", [0.1, 10.0, 1000.0])
def test_currents_are_those_of_all_resistors_together(
    shape: tuple[int, int], resistance_ohm: float
) -> None:
    given = conductances(*shape)
    found = effective_S(given, LineResistance(resistance_ohm))
    np.testing.assert_allclose(found, wire_by_wire(given, resistance_ohm), rtol=1e-9)


def test_a_device_alone_is_in_series_with_its_two_wires() -> None:
    assert effective_S(np.array([[1e-3]]), LineResistance(50.0))[0, 0] == pytest.approx(
        1 / 1100, rel=1e-12
    )


@pytest.mark.parametrize("shape", SHAPES)
def test_source_and_amplifier_may_change_places(shape: tuple[int, int]) -> None:
    given = conductances(*shape)
    turned = effective_S(np.ascontiguousarray(given[::-1, ::-1].T), LineResistance(20.0, 64, 64))
    np.testing.assert_allclose(
        effective_S(given, LineResistance(20.0)), turned[::-1, ::-1].T, rtol=1e-10
    )


def test_thick_wires_lose_nothing_and_thin_ones_most_where_the_way_is_longest() -> None:
    given = np.full((16, 16), 1e-3)
    np.testing.assert_allclose(effective_S(given, LineResistance(1e-6)), given, rtol=1e-5)
    assert effective_S(given, LineResistance(0.0)) is given
    found = effective_S(given, LineResistance(1.0))
    assert (np.diff(found, axis=1) < 0).all()  # farther from the source
    assert (np.diff(found, axis=0) > 0).all()  # nearer to the amplifier


def test_a_layer_larger_than_an_array_lies_on_several() -> None:
    given = conductances(10, 8)
    found = effective_S(given, LineResistance(30.0, rows=6, columns=4))
    for rows in (slice(0, 6), slice(6, 10)):
        for columns in (slice(0, 4), slice(4, 8)):
            alone = effective_S(np.ascontiguousarray(given[rows, columns]), LineResistance(30.0))
            np.testing.assert_allclose(found[rows, columns], alone, rtol=1e-12)


def a_network() -> nn.Module:
    torch.manual_seed(2)
    return nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(), nn.Flatten(), nn.Linear(144, 5)).eval()


def test_a_network_on_lines_without_resistance_is_the_network() -> None:
    images = torch.rand(6, 3, 8, 8)
    without = to_analog(a_network(), ConductanceRange())
    within = to_analog(a_network(), ConductanceRange(), lines=LineResistance(0.0))
    for trial in range(2):
        torch.testing.assert_close(
            within.programmed(trial)(images), without.programmed(trial)(images)
        )


def test_a_network_computes_with_the_currents_of_its_arrays() -> None:
    """By hand: the layer's devices into columns, volts onto rows, differences of two currents."""
    lines = LineResistance(2.0, rows=100, columns=6)
    analog = to_analog(a_network(), ConductanceRange(), lines=lines)
    layer = analog.layers[1]
    level_S = np.array(analog.devices.conductance_S)
    positive, negative = (level_S[target.long().numpy()] for target in layer.targets())
    device_S = np.empty((144, 10))
    device_S[:, 0::2], device_S[:, 1::2] = positive.T, negative.T
    volts = np.random.default_rng(1).uniform(0, 1, 144)
    current = volts @ effective_S(device_S, lines)
    wanted = (current[0::2] - current[1::2]) / analog.devices.range_S * float(layer.scale)
    last = analog.quantised().get_submodule("3")
    assert isinstance(last, nn.Linear)
    found = last(torch.tensor(volts, dtype=torch.float32)) - last.bias
    np.testing.assert_allclose(found.numpy(), wanted, rtol=1e-4, atol=1e-5)
    assert abs(wanted).max() > 0.01


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ((-1.0,), "0 Ω or more"),
        ((float("nan"),), "0 Ω or more"),
        ((1.0, 0, 4), "holds no pairs"),
        ((1.0, 4, 3), "an even number of columns"),
    ],
)
def test_lines_that_cannot_be_are_refused(given: tuple[float, ...], sentence: str) -> None:
    with pytest.raises(NetworkError, match=sentence):
        LineResistance(*given)  # type: ignore[arg-type]
