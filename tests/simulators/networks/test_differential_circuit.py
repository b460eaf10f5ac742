"""The differential circuit: Kirchhoff's law, the networks' mapping, the comparator's errors."""

import numpy as np
import pytest
import torch
from torch import nn

from dwmtj.simulators.networks import NetworkError, to_analog
from dwmtj.simulators.networks.crossbar.devices import ConductanceRange, levels_of_range
from dwmtj.simulators.networks.crossbar.periphery.differential_circuit import (
    DifferentialCircuit,
    read_pair,
)

DEVICES = levels_of_range(ConductanceRange(), 4)


def test_an_ideal_circuit_computes_what_a_layer_on_devices_does() -> None:
    torch.manual_seed(0)
    layer = nn.Linear(12, 5, bias=False)
    analog = to_analog(nn.Sequential(layer), DEVICES, per="output")
    (mapped,) = analog.layers
    levels_S = torch.tensor(DEVICES.conductance_S, dtype=torch.float64)
    positive_S, negative_S = (levels_S[targets.long()].numpy() for targets in mapped.targets())
    inputs = torch.randn(7, 12)
    read = DifferentialCircuit(0.2).outputs(inputs.numpy(), positive_S, negative_S, DEVICES)
    expected = analog.quantised()(inputs).detach().numpy()
    assert read * mapped.scale.numpy().T == pytest.approx(expected, rel=1e-5, abs=1e-6)


def test_a_column_with_resistances_obeys_kirchhoff_s_law() -> None:
    rng = np.random.default_rng(1)
    positive_S, negative_S = rng.uniform(0.5e-3, 2e-3, (2, 1, 6))
    inputs = rng.uniform(-1, 1, (1, 6))
    circuit = DifferentialCircuit(0.1, series_ohm=300.0, readout_ohm=50.0)
    current_A = float(circuit.current_A(inputs, positive_S, negative_S)[0, 0])
    node_V = 50.0 * current_A
    branches = [
        (sign * 0.1 * x - node_V) / (1 / conductance + 300.0)
        for sign, row in ((1, positive_S[0]), (-1, negative_S[0]))
        for x, conductance in zip(inputs[0], row, strict=True)
    ]
    assert sum(branches) == pytest.approx(current_A, rel=1e-12)


def test_a_comparator_errs_as_often_as_drawn_pairs_do() -> None:
    devices = levels_of_range(ConductanceRange(std_S=2.53e-5), 3)
    circuit = DifferentialCircuit(0.1, series_ohm=200.0, offset_std_A=1e-6)
    readout = read_pair(devices, circuit)
    assert readout.wrong_sign[3] == 0.5
    rng = np.random.default_rng(2)
    draws = 20_000
    positive_S = readout.positive_S[4] + 2.53e-5 * rng.standard_normal((draws, 1))
    negative_S = readout.negative_S[4] + 2.53e-5 * rng.standard_normal((draws, 1))
    currents_A = circuit.current_A(np.ones((1, 1)), positive_S, negative_S)[0]
    currents_A += 1e-6 * rng.standard_normal(draws)
    share = float(np.mean(currents_A < 0))
    # the scatter of the share is 0.0024; 5 σ, a false alarm in two million
    assert share == pytest.approx(readout.wrong_sign[4], abs=0.012)
    assert readout.wrong_sign[4] > 0.05


def test_resistance_in_series_compresses_the_levels_of_high_conductance() -> None:
    read = read_pair(DEVICES, DifferentialCircuit(series_ohm=1000.0)).read[7:]
    assert (np.diff(read) > 0).all()
    assert (np.diff(np.diff(read)) < 0).all()
    ideal = read_pair(DEVICES, DifferentialCircuit())
    assert ideal.read == pytest.approx(ideal.weight, rel=1e-12)


@pytest.mark.parametrize("values", [(0.0,), (0.1, -1.0), (float("nan"),)])
def test_what_is_no_circuit_is_refused(values: tuple[float, ...]) -> None:
    with pytest.raises(NetworkError, match="read voltage above 0 V"):
        DifferentialCircuit(*values)
