"""Weights come to lie on exactly the levels a synapse has, spread as its devices are."""

import pytest
import torch

from dwmtj.analysis.state_model.model import LevelState, Prior, Pulses, Quantity, Source, StateModel
from dwmtj.simulators.networks import NetworkError
from dwmtj.simulators.networks.neuron_network.on_levels import nearest_levels, straight_through
from dwmtj.simulators.networks.synapses.levels import (
    MEASURED_SPREAD,
    levels_of_model,
    max_abs_scale,
    mse_optimal_scale,
    notched_levels,
    weight_levels,
)

WEIGHTS = torch.randn(2000, generator=torch.Generator().manual_seed(3)) * 0.05


def model(cycle_std_ohm: Quantity | None) -> StateModel:
    source = Source((1,), "lab.sqlite", "0.1.0", "2025-03-01T22:15:00+00:00", "", "")
    levels = tuple(
        LevelState(Quantity(ohm), cycle_std_ohm, 0.0, None, 5) for ohm in (100.0, 80.0, 50.0)
    )
    counts = (tuple(tuple(int(i == j) for j in range(3)) for i in range(3)),)
    pulses = Pulses("positive", None, None, None, None, (1.0,), counts, source)
    return StateModel("A3", 1, ("A3",), levels, source, (pulses,), Prior(), None, None, None)


def test_one_device_has_a_level_more_than_notches_and_a_pair_twice_as_many_and_zero() -> None:
    assert len(notched_levels(10).values) == 11
    assert len(notched_levels(5).values) == 6
    pair = notched_levels(5, "pair").values
    assert len(pair) == 11
    assert pair[5] == 0
    assert pair == tuple(-value for value in reversed(pair))


def test_resistance_linear_in_position_crowds_the_levels_at_low_conductance() -> None:
    levels = notched_levels(2, spacing="resistance").values  # 20, 15 and 10 kΩ
    assert levels == pytest.approx((-1, 2 * (1 / 15 - 1 / 20) / (1 / 10 - 1 / 20) - 1, 1))


@pytest.mark.parametrize("devices", ["one", "pair"])
def test_a_weight_goes_to_the_nearest_level_and_stays_there(devices: str) -> None:
    levels = notched_levels(5, "pair" if devices == "pair" else "one")
    on = levels.nearest(WEIGHTS, 0.1)
    apart = (WEIGHTS[:, None].clamp(-0.1, 0.1) - levels.tensor() * 0.1).abs().min(dim=1).values
    assert torch.allclose((on - WEIGHTS.clamp(-0.1, 0.1)).abs(), apart, atol=1e-7)
    assert torch.equal(levels.nearest(on, 0.1), on)
    assert set(on.tolist()) <= set((levels.tensor() * 0.1).tolist())


def test_clipping_the_range_puts_weights_on_levels_with_less_error() -> None:
    levels = notched_levels(5)
    best = mse_optimal_scale(WEIGHTS, levels)
    assert best < max_abs_scale(WEIGHTS)

    def error(reach: float) -> float:
        return float(((levels.nearest(WEIGHTS, reach) - WEIGHTS) ** 2).sum())

    assert error(best) < 0.5 * error(max_abs_scale(WEIGHTS))


def test_the_gradient_goes_through_the_levels_but_not_through_what_is_clipped() -> None:
    levels, weights = notched_levels(5), WEIGHTS.clone().requires_grad_()
    (seen,) = straight_through([weights], levels, [0.1])
    (slope,) = torch.autograd.grad(seen.sum(), weights)
    assert torch.equal(slope, (WEIGHTS.abs() <= 0.1).float())
    (on,) = nearest_levels([WEIGHTS], levels, [0.1])
    assert torch.allclose(seen, on, atol=1e-7)


def test_spread_is_that_of_two_devices_for_a_pair_and_twice_one_for_a_device_alone() -> None:
    # 20,000 draws: the estimate's standard error is 0.5 %, so 3 % is 6 of them.
    generator = torch.Generator().manual_seed(4)
    for levels, expected in (
        (notched_levels(10), 2 * MEASURED_SPREAD),
        (notched_levels(10, "pair"), 2**0.5 * MEASURED_SPREAD),
    ):
        on = levels.nearest(torch.zeros(20_000), 1.0)
        std = float((levels.with_noise(on, 1.0, generator) - on).std())
        assert std == pytest.approx(expected, rel=0.03)


def test_a_measured_model_gives_its_levels_and_spreads_over_its_range() -> None:
    levels = levels_of_model(model(Quantity(0.5)))
    assert levels.values == pytest.approx((-1, -0.5, 1))
    assert levels.spreads == pytest.approx([2 * 0.5 / ohm**2 / 0.01 for ohm in (100, 80, 50)])


def test_a_level_visited_once_and_no_notch_at_all_are_refused() -> None:
    with pytest.raises(NetworkError, match="Level 0 of model A3 was visited once"):
        levels_of_model(model(None))
    with pytest.raises(NetworkError, match="at least 1 notch, not 0"):
        notched_levels(0)


def test_notches_are_equally_spaced_in_conductance_and_all_have_a_spread() -> None:
    levels = notched_levels(4)
    assert levels.values == pytest.approx((-1, -0.5, 0, 0.5, 1))
    assert levels.spreads == pytest.approx((2 * MEASURED_SPREAD,) * 5)


def test_the_spread_of_a_pair_is_that_of_the_level_and_of_the_other_devices_lowest() -> None:
    pair = weight_levels([0, 0.3, 1], [0.3, 0.4, 1.6], "pair")
    assert pair.values == pytest.approx((-1, -0.3, 0, 0.3, 1))
    outer, inner, zero = (0.3**2 + 1.6**2) ** 0.5, 0.5, 0.3 * 2**0.5
    assert pair.spreads == pytest.approx((outer, inner, zero, inner, outer))
    one = weight_levels([0, 0.3, 1], [0.3, 0.4, 1.6], "one")
    assert one.values == pytest.approx((-1, -0.4, 1))
    assert one.spreads == pytest.approx((0.6, 0.8, 3.2))


@pytest.mark.parametrize("notches", [1, 5, 20])
def test_no_other_scale_puts_the_weights_on_levels_with_clearly_less_error(notches: int) -> None:
    levels = notched_levels(notches)

    def error(scale: float) -> float:
        return float(((levels.nearest(WEIGHTS, scale) - WEIGHTS) ** 2).sum())

    largest = max_abs_scale(WEIGHTS)
    least = min(error(largest * share / 500) for share in range(1, 501))
    best = mse_optimal_scale(WEIGHTS, levels)
    assert 0 < best <= largest
    assert error(best) <= 1.03 * least


def test_weights_that_lie_on_levels_are_not_scaled() -> None:
    levels = notched_levels(1)
    assert mse_optimal_scale(torch.tensor([0.5, -0.5, 0.5]), levels) == pytest.approx(0.5)


def test_programming_noise_follows_from_the_generators_seed_alone() -> None:
    levels = notched_levels(5)
    once, again, other = (
        levels.with_noise(WEIGHTS, 0.1, torch.Generator().manual_seed(seed)) for seed in (4, 4, 5)
    )
    assert torch.equal(once, again)
    assert not torch.equal(once, other)
