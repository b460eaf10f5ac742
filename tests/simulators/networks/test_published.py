"""Published devices that learn from pulses: laws and numbers of their sources."""

import pytest
import torch

from dwmtj.simulators.networks.synapses.linear_step_device import LinearStepDevice
from dwmtj.simulators.networks.synapses.published import PUBLISHED, find_published
from dwmtj.simulators.networks.synapses.technologies import TECHNOLOGIES


def stepped(device: LinearStepDevice, weight: float, *, up: bool, count: int = 1) -> torch.Tensor:
    weights = torch.full((count,), weight)
    generator = torch.Generator().manual_seed(1)
    return device.pulse(weights, torch.full((count,), up), generator) - weights


def test_soft_bounds_stop_at_the_ends_and_step_as_stated_at_zero() -> None:
    device = LinearStepDevice(0.002, (1.0, 1.0), -0.75, 1.25)
    assert float(stepped(device, 1.0, up=True)) == pytest.approx(0, abs=1e-7)
    assert float(stepped(device, -1.0, up=False)) == pytest.approx(0, abs=1e-7)
    zero = -0.25  # of −0.75 … 1.25, in −1 … 1
    assert float(stepped(device, zero, up=True)) == pytest.approx(0.002, rel=1e-4)
    assert float(stepped(device, zero, up=False)) == pytest.approx(-0.002, rel=1e-4)


def test_linear_steps_shrink_by_gamma_towards_the_end_they_go_to() -> None:
    device = find_published("preset:aihwkit-ecram")
    assert device is not None
    exact = LinearStepDevice(0.002, (0.1153, 0.5085), -0.8276, 1.1724)
    assert float(stepped(exact, 1.0, up=True)) == pytest.approx(0.002 * (1 - 0.1153), rel=1e-3)
    assert float(stepped(exact, -1.0, up=False)) == pytest.approx(-0.002 * (1 - 0.5085), rel=1e-3)
    assert device.device.mean_steps == pytest.approx(exact.mean_steps)


@pytest.mark.parametrize("multiplicative", [True, False])
def test_noise_is_a_share_of_the_step_or_of_the_one_at_zero(multiplicative: bool) -> None:
    """20,000 steps know σ within 0.5 %: 3 % is a false alarm in 10⁸ seeds."""
    device = LinearStepDevice(0.01, (1.0, 1.0), noise=0.3, is_multiplicative=multiplicative)
    steps = stepped(device, 0.5, up=True, count=20_000)
    expected = 0.01 * 0.3 * (0.5 if multiplicative else 1.0)
    assert float(steps.std()) == pytest.approx(expected, rel=0.03)


def test_mean_steps_are_those_of_a_weight_anywhere_in_the_range() -> None:
    device = LinearStepDevice(0.002, (0.4152, 0.7342), -0.8286, 1.1714)
    weights = torch.linspace(-1, 1, 2001, dtype=torch.float64)
    for up, mean in zip((True, False), device.mean_steps, strict=True):
        moved = device.pulse(weights, torch.full((2001,), up), torch.Generator()) - weights
        assert abs(float(moved.mean())) == pytest.approx(mean, rel=1e-6)


def test_table_1_and_the_fits_have_names_of_their_own() -> None:
    assert len(PUBLISHED) == len(TECHNOLOGIES) + 8
    assert find_published("preset:taox-hfox") is TECHNOLOGIES[3]
    assert find_published("taox-hfox") is None
    assert all(entry.source for entry in PUBLISHED.values())
