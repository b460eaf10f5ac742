"""A pair of devices is the difference of both, with the errors of both."""

import pytest
import torch

from dwmtj.simulators.networks.crossbar.devices import DeviceLevels
from dwmtj.simulators.networks.crossbar.mapping import pairs_on

DEVICES = DeviceLevels((1e-3, 2e-3, 5e-3), (1e-5, 3e-5, 4e-5), (0.0, 0.0, 0.0))
SCALE = torch.tensor(0.5)


def test_the_variance_of_a_pair_is_the_sum_of_its_devices_variances() -> None:
    positive, negative = (
        grid.flatten() for grid in torch.meshgrid(torch.arange(3), torch.arange(3), indexing="ij")
    )
    pairs = pairs_on(DEVICES, positive, negative, SCALE)
    conductance_S, std_S = torch.tensor(DEVICES.conductance_S), torch.tensor(DEVICES.std_S)
    per_siemens = SCALE / (5e-3 - 1e-3)
    difference_S = conductance_S[positive] - conductance_S[negative]
    torch.testing.assert_close(pairs.weights, difference_S * per_siemens, rtol=1e-5, atol=1e-7)
    variance_S2 = std_S[positive] ** 2 + std_S[negative] ** 2
    torch.testing.assert_close(pairs.std**2, variance_S2 * per_siemens**2, rtol=1e-5, atol=0)


@pytest.mark.parametrize("level", [1, 2])
def test_exchanging_the_devices_of_a_pair_changes_the_sign_alone(level: int) -> None:
    one, lowest = torch.tensor([level]), torch.tensor([0])
    pair, exchanged = (
        pairs_on(DEVICES, *devices, SCALE) for devices in ((one, lowest), (lowest, one))
    )
    assert torch.equal(pair.weights, -exchanged.weights)
    assert torch.equal(pair.std, exchanged.std)


def test_levels_tried_for_a_weight_have_the_spread_of_both_devices() -> None:
    pair = DEVICES.pair
    steps = torch.arange(-2, 3)
    placed = pairs_on(DEVICES, steps.clamp(min=0), (-steps).clamp(min=0), torch.tensor(1.0))
    torch.testing.assert_close(pair.tensor(), placed.weights, rtol=1e-5, atol=1e-7)
    torch.testing.assert_close(torch.tensor(pair.spreads), placed.std, rtol=1e-5, atol=0)
