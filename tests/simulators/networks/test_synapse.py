"""Synapses do what they are asked on average, as their data sheet says, and count pulses."""

import pytest
import torch

from dwmtj.simulators.networks.synapses.exponential_device import ExponentialDevice
from dwmtj.simulators.networks.synapses.synapse import IdealSynapse, PulsedSynapse


def generator(seed: int = 1) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def swept(device: ExponentialDevice, upward: bool, pulses: int) -> torch.Tensor:
    """Return the weight after each pulse from the end it moves away from."""
    weight = torch.tensor([-1.0 if upward else 1.0])
    way = []
    for _ in range(pulses):
        weight = device.pulse(weight, torch.tensor([upward]), generator())
        way.append(weight)
    return torch.cat(way)


@pytest.mark.parametrize("nonlinearity", [(0.0, 0.0), (0.8, -0.81), (3.0, -1.0), (1.75, 1.46)])
def test_a_full_sweep_takes_the_pulses_of_the_data_sheet(
    nonlinearity: tuple[float, float],
) -> None:
    device = ExponentialDevice((31, 20), nonlinearity)
    up, down = swept(device, True, 31), swept(device, False, 20)
    assert up[-1] == pytest.approx(1, abs=1e-5)
    assert down[-1] == pytest.approx(-1, abs=1e-5)
    assert up[-2] < 1
    assert down[-2] > -1


def test_the_curve_is_the_exponential_of_the_share_of_pulses() -> None:
    device = ExponentialDevice((40, 40), (2.0, -3.0))
    share = torch.arange(1, 41) / 40
    rise = (1 - torch.exp(-2 * share)) / (1 - torch.exp(torch.tensor(-2.0)))
    fall = 1 - (1 - torch.exp(-3 * share)) / (1 - torch.exp(torch.tensor(-3.0)))
    assert torch.allclose((swept(device, True, 40) + 1) / 2, rise, atol=1e-5)
    assert torch.allclose((swept(device, False, 40) + 1) / 2, fall, atol=1e-5)


def test_the_sign_of_the_nonlinearity_says_where_steps_are_small() -> None:
    for nonlinearity, upward, shrink in (
        ((2.0, -2.0), True, True),
        ((2.0, -2.0), False, True),
        ((-2.0, 2.0), True, False),
        ((-2.0, 2.0), False, False),
    ):
        way = swept(ExponentialDevice((10, 10), nonlinearity), upward, 9).diff().abs()
        assert bool((way.diff() < 0).all()) is shrink


def test_write_noise_grows_as_the_root_of_the_step() -> None:
    # 20,000 draws: the standard error of a standard deviation is 0.5 %, so 3 % is 6 of them.
    for pulses in (10, 40):
        device = ExponentialDevice((pulses, pulses), write_noise=0.05)
        weights = device.pulse(
            torch.zeros(20_000), torch.ones(20_000, dtype=torch.bool), generator()
        )
        assert float(weights.mean()) == pytest.approx(2 / pulses, rel=0.02)
        assert float(weights.std()) == pytest.approx(2 * 0.05 * pulses**-0.5, rel=0.03)


def test_pulses_come_to_the_increment_on_average_however_small() -> None:
    """Each mean of 100,000 weights within 5 standard errors of what was asked for."""
    device = ExponentialDevice((10, 20))
    synapse = PulsedSynapse(device)
    for asked, step in ((0.003, 0.2), (-0.003, 0.1), (0.31, 0.2), (-0.31, 0.1)):
        written = synapse.update(torch.zeros(100_000), torch.full((100_000,), asked), generator(2))
        fraction = abs(asked) / step % 1
        error = step * (fraction * (1 - fraction) / 100_000) ** 0.5
        assert float(written.weights.mean()) == pytest.approx(asked, abs=5 * error)
        moved = float(written.weights.abs().sum()) / step
        assert written.pulses == pytest.approx(moved, rel=1e-4)


def test_trains_up_and_down_are_counted_one_after_the_other() -> None:
    synapse = PulsedSynapse(ExponentialDevice((10, 10)))
    asked = torch.tensor([[0.4, 0.2], [-0.6, 0.0]])  # 2, 1, 3 and no pulses of 0.2
    written = synapse.update(torch.zeros(2, 2), asked, generator())
    assert torch.allclose(written.weights, asked, atol=1e-6)
    assert (written.pulses, written.longest) == (6, 5)
    still = synapse.update(torch.ones(2, 2), torch.zeros(2, 2), generator())
    assert (still.pulses, still.longest) == (0, 0)


def test_no_synapse_leaves_its_range() -> None:
    noisy = ExponentialDevice((5, 5), (3.0, -3.0), write_noise=0.5)
    asked = torch.randn(1000, generator=generator(3)) * 3
    for synapse in (PulsedSynapse(noisy), IdealSynapse()):
        written = synapse.update(torch.zeros(1000), asked, generator(4))
        assert float(written.weights.abs().max()) <= 1


@pytest.mark.parametrize("nonlinearity", [(0.0, 0.0), (2.0, -2.0), (-2.0, 2.0), (-2.0, -2.0)])
@pytest.mark.parametrize("near_end", [0.99, 1.0])
def test_a_pulse_near_the_end_of_the_range_goes_to_the_end(
    nonlinearity: tuple[float, float], near_end: float
) -> None:
    device = ExponentialDevice((4, 4), nonlinearity)
    up = device.pulse(torch.tensor([near_end]), torch.tensor([True]), generator())
    down = device.pulse(torch.tensor([-near_end]), torch.tensor([False]), generator())
    assert near_end <= float(up) <= 1
    assert -1 <= float(down) <= -near_end
    if nonlinearity == (0.0, 0.0):
        assert (float(up), float(down)) == pytest.approx((1, -1))


def test_an_ideal_synapse_adds_within_the_range_and_fires_nothing() -> None:
    weights, asked = torch.tensor([0.5, -0.5, 0.9, -0.9]), torch.tensor([0.25, -0.25, 0.2, -0.2])
    written = IdealSynapse().update(weights, asked, generator())
    assert written.weights.tolist() == [0.75, -0.75, 1.0, -1.0]
    assert (written.pulses, written.longest) == (0, 0)
    assert weights.tolist() == pytest.approx([0.5, -0.5, 0.9, -0.9])


def test_what_a_synapse_does_follows_from_the_generators_seed_alone() -> None:
    synapse = PulsedSynapse(ExponentialDevice((10, 20), (1.0, -2.0), write_noise=0.1))
    asked = torch.randn(100, generator=generator(3))
    once, again, other = (
        synapse.update(torch.zeros(100), asked, generator(seed)).weights for seed in (4, 4, 5)
    )
    assert torch.equal(once, again)
    assert not torch.equal(once, other)
