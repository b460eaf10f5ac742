"""Energy, time and area: the stated formulas on a layer computed by hand, and published numbers."""

from dataclasses import replace

import pytest
import torch
from torch import nn

from dwmtj.simulators.networks import to_analog
from dwmtj.simulators.networks.cost.assumptions import MEASURED, Circuit, length_of_levels_m
from dwmtj.simulators.networks.cost.figure import area_table
from dwmtj.simulators.networks.cost.network_cost import cost_of
from dwmtj.simulators.networks.cost.write_energy import (
    printed_ohm,
    pulse_energies,
    trapezoid_ohm,
)
from dwmtj.simulators.networks.crossbar.devices import ConductanceRange


def test_a_convolution_costs_what_its_vectors_rows_and_columns_do() -> None:
    """Zero weights have all devices at their lowest: 27 inputs, 4 outputs, 36 vectors an image."""
    layer = nn.Conv2d(3, 4, 3, bias=False)
    nn.init.zeros_(layer.weight)
    network = nn.Sequential(layer, nn.Flatten()).eval()
    analog = to_analog(network, ConductanceRange(), example=torch.zeros(2, 3, 8, 8))
    cost = cost_of(analog)
    (found,) = cost.layers
    assert (found.devices, found.arrays, found.multiply_adds) == (216, 2, 36 * 108)
    assert found.device_J == pytest.approx(36 * 8 * 0.5 * 0.1**2 * 100e-9 * 216 * 0.94e-3)
    assert found.converter_J == pytest.approx(36 * 8 * 4 * 16e-3 / 8 / 1.2e9)
    assert found.time_s == pytest.approx(36 * 8 * 100e-9)
    assert cost.area_m2(MEASURED)[0] == pytest.approx(216 * 3.6e-6 * 0.35e-6)
    assert cost.digital_J == pytest.approx(36 * 108 * 0.23e-12)
    assert cost.digital_rest == 0


def test_twice_the_voltage_takes_four_times_the_energy_of_devices_alone() -> None:
    analog = to_analog(nn.Linear(300, 5), ConductanceRange(), example=torch.zeros(1, 300))
    circuit = Circuit()
    stronger = replace(circuit, read_V=replace(circuit.read_V, value=0.2))
    (weak,), (strong,) = cost_of(analog, circuit).layers, cost_of(analog, stronger).layers
    assert strong.device_J == pytest.approx(4 * weak.device_J)
    assert strong.converter_J == weak.converter_J
    assert weak.arrays == 2 * 3  # 300 rows are three arrays of 128


def test_the_printed_pulse_and_the_published_voltages_differ_as_stated() -> None:
    assert printed_ohm() == pytest.approx(16.1e3, rel=0.01)
    assert trapezoid_ohm() == pytest.approx(1094, rel=0.01)
    first, *_, reset = pulse_energies()
    assert (first.amplitude_V, reset.amplitude_V) == (1.5, 3.7)
    assert first.energy_J == pytest.approx(94e-12, rel=0.01)
    assert reset.energy_J == pytest.approx(573e-12, rel=0.01)
    assert reset.times_printed == pytest.approx(4600, rel=0.01)


def test_eight_levels_at_15_nm_are_240_nm() -> None:
    assert length_of_levels_m(8, 15e-9) == pytest.approx(240e-9)
    table = area_table()
    row = table[(table["levels"] == 8) & (table["feature_m"] == 15e-9)]
    assert row["area_m2"].item() == pytest.approx(240e-9 * 50e-9)
