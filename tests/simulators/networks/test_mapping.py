"""A pair of devices is the difference of both, with the errors of both."""

import pytest
import torch

from dwmtj.simulators.networks.crossbar import mapping
from dwmtj.simulators.networks.crossbar.devices import (
    ConductanceRange,
    DeviceLevels,
    levels_of_range,
)
from dwmtj.simulators.networks.crossbar.mapping import MappedLayer, map_layer, pairs_on
from dwmtj.simulators.networks.synapses.levels import SCALES

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


def test_conductances_of_given_weights_share_their_errors_evenly_between_two_devices() -> None:
    steps = torch.tensor([[2, -1, 0]], dtype=torch.int16)
    layer = MappedLayer("a", 0, steps, SCALE.view(1, 1))
    positive, negative = layer.targets()
    weights = torch.tensor([[0.45, -0.2, 0.05]])
    positive_S, negative_S = layer.conductances_of(weights, positive, negative, DEVICES)
    torch.testing.assert_close(layer.weights_of(positive_S, negative_S, DEVICES), weights)
    levels_S = torch.tensor(DEVICES.conductance_S, dtype=torch.float64)
    errors_S = positive_S - levels_S[positive.long()], negative_S - levels_S[negative.long()]
    torch.testing.assert_close(errors_S[0], -errors_S[1], rtol=0, atol=1e-12)
    assert positive_S.dtype == torch.float64


def test_weights_on_levels_have_the_levels_conductances() -> None:
    layer = MappedLayer("a", 0, torch.tensor([[2, -1, 0]], dtype=torch.int16), SCALE.view(1, 1))
    positive, negative = layer.targets()
    weights = pairs_on(DEVICES, positive, negative, SCALE).weights
    given = layer.conductances_of(weights, positive, negative, DEVICES)
    for conductance_S, expected in zip(
        given, ([5e-3, 1e-3, 1e-3], [1e-3, 2e-3, 1e-3]), strict=True
    ):
        assert conductance_S.flatten().tolist() == pytest.approx(expected)


def test_each_output_has_the_range_of_its_own_largest_weight() -> None:
    weight = torch.tensor([[1.0, -2.0], [0.5, 0.1], [0.0, 0.0]])
    mapped = map_layer("a", 3, weight, DEVICES.pair, "none", "output")
    assert mapped.scale.tolist() == [[2.0], [0.5], [1.0]]  # any range does for zeros
    assert mapped.steps.tolist() == [[1, -2], [2, 1], [0, 0]]
    whole = map_layer("a", 3, weight, DEVICES.pair, "none", "layer")
    assert whole.scale.tolist() == [[2.0]]
    assert (whole.name, whole.number) == ("a", 3)
    assert whole.steps.dtype == torch.int16


@pytest.mark.parametrize("clipping", ["least-squares", "expected-error"])
@pytest.mark.parametrize("seed", range(8))
def test_the_range_is_the_best_of_all_that_are_tried(clipping: str, seed: int) -> None:
    weight = torch.randn(1, 20, generator=torch.Generator().manual_seed(seed))
    wide = DeviceLevels(DEVICES.conductance_S, (1e-3, 3e-4, 2e-3), DEVICES.read_std_S)
    pair = wide.pair
    spreads = torch.tensor(pair.spreads) * (clipping == "expected-error")

    def error(scale: float) -> float:
        index = pair.index(weight, scale)
        rounding = (pair.tensor()[index] * scale - weight).square().sum()
        return float(rounding + (spreads[index] * scale).square().sum())

    largest = float(weight.abs().max())
    tried = [largest * number / SCALES for number in range(1, SCALES + 1)]
    mapped = map_layer("a", 0, weight, pair, clipping, "layer")  # type: ignore[arg-type]
    assert float(mapped.scale) == pytest.approx(min(tried, key=error))


@pytest.mark.parametrize("clipping", ["least-squares", "expected-error"])
def test_each_output_has_the_range_that_it_would_have_alone(clipping: str) -> None:
    weight = torch.randn(4, 20, generator=torch.Generator().manual_seed(1)) * torch.tensor(
        [[1.0], [0.1], [3.0], [0.5]]
    )
    wide = DeviceLevels(DEVICES.conductance_S, (1e-3, 3e-4, 2e-3), DEVICES.read_std_S).pair
    whole = map_layer("a", 0, weight, wide, clipping, "output")  # type: ignore[arg-type]
    alone = [map_layer("a", 0, row[None], wide, clipping, "layer") for row in weight]  # type: ignore[arg-type]
    assert whole.scale.flatten().tolist() == [float(one.scale) for one in alone]


def test_a_range_may_be_the_smallest_share_of_the_largest_weight() -> None:
    weight = torch.tensor([[0.25, 1.0]]).repeat(1, 50_000)
    weight[0, 0] = SCALES
    mapped = map_layer("a", 0, weight, DEVICES.pair, "least-squares", "layer")
    assert float(mapped.scale) == pytest.approx(1.0)


@pytest.mark.parametrize("clipping", ["least-squares", "expected-error"])
@pytest.mark.parametrize("bits", [2, 4, 7])
def test_sorted_weights_have_the_errors_that_single_weights_have(clipping: str, bits: int) -> None:
    """Ranges, too, whether rows have more weights than there are levels or fewer."""
    generator = torch.Generator().manual_seed(bits)
    rows = torch.randn(5, 90, generator=generator) ** 3
    rows[1], rows[2, :50] = 0, rows[2, 0]  # zeros, and weights that are equal
    pair = levels_of_range(ConductanceRange(), bits).scaled(3).pair
    spreads = torch.tensor(pair.spreads).double() * (clipping == "expected-error")
    largest = torch.where((found := rows.abs().amax(1, keepdim=True)) > 0, found, 1.0)
    ranges = largest.double() * torch.arange(SCALES, 0, -1) / SCALES
    by_weight = mapping._by_weight(rows.double(), ranges, pair, spreads)
    by_level = mapping._by_level(rows.double(), ranges, pair, spreads)
    squares = rows.double().square().sum(dim=1, keepdim=True)
    torch.testing.assert_close(by_level + squares, by_weight, rtol=0, atol=1e-9)
    mapped = map_layer("a", 0, rows, pair, clipping, "output")  # type: ignore[arg-type]
    best = ranges.gather(1, by_weight.argmin(dim=1, keepdim=True))
    torch.testing.assert_close(mapped.scale.double(), best, rtol=1e-6, atol=0)
