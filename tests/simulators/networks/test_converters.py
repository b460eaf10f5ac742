"""Converters have evenly spaced values within the range that images need."""

import pytest
import torch
from torch import nn

from dwmtj.simulators.networks.crossbar.conversion.example import Example
from dwmtj.simulators.networks.crossbar.converters import ConverterReach, Converters, reaches
from dwmtj.simulators.networks.errors import NetworkError


def converter(*, is_unsigned: bool, input_bits: int = 4, output_bits: int = 3) -> ConverterReach:
    converters = Converters(input_bits, output_bits)
    return ConverterReach(converters, 2.0, is_unsigned=is_unsigned, output_reach=3.0)


FINE = torch.linspace(-5, 5, 100_001)


@pytest.mark.parametrize(("bits", "is_unsigned"), [(2, True), (4, True), (2, False), (4, False)])
def test_an_input_has_two_to_the_bits_values_one_less_where_it_has_a_sign(
    bits: int, is_unsigned: bool
) -> None:
    count = 2**bits if is_unsigned else 2**bits - 1
    low = 0.0 if is_unsigned else -2.0
    given = converter(is_unsigned=is_unsigned, input_bits=bits).input(FINE)
    torch.testing.assert_close(torch.unique(given), torch.linspace(low, 2.0, count))
    within = (low <= FINE) & (FINE <= 2)
    half_step = (2 - low) / (count - 1) / 2
    assert float((given - FINE)[within].abs().max()) <= half_step * 1.001
    assert set(given[~within].tolist()) == {low, 2.0}


@pytest.mark.parametrize("bits", [2, 5])
@pytest.mark.parametrize("is_unsigned", [True, False])
def test_an_output_always_has_a_sign(bits: int, is_unsigned: bool) -> None:
    read = converter(is_unsigned=is_unsigned, output_bits=bits).output(FINE)
    torch.testing.assert_close(torch.unique(read), torch.linspace(-3, 3, 2**bits - 1))
    assert set(read[FINE.abs() > 3].abs().tolist()) == {3.0}


def test_a_layer_without_converters_is_exact() -> None:
    exact = ConverterReach(Converters(), 2.0, is_unsigned=True, output_reach=3.0)
    assert torch.equal(exact.input(FINE), FINE)
    assert torch.equal(exact.output(FINE), FINE)


def found(inputs: torch.Tensor, share: float = 1.0) -> ConverterReach:
    layer = nn.Linear(1, 1)
    nn.init.constant_(layer.weight, -2.0)
    nn.init.constant_(layer.bias, 100.0)
    example = Example.of(inputs[:, None])
    return reaches(layer, {"only": layer.weight}, Converters(8, 8, share), example)["only"]


def test_the_range_holds_the_largest_value_of_either_sign_and_not_the_digital_bias() -> None:
    either = found(torch.tensor([-3.0, 1.0]))
    assert (either.input_reach, either.output_reach) == (3.0, 6.0)
    assert not either.is_unsigned
    assert found(torch.tensor([0.0, 1.0])).is_unsigned


def test_the_range_leaves_out_the_share_of_values_that_it_is_asked_to() -> None:
    outlying = found(torch.arange(101.0), share=0.9)
    assert (outlying.input_reach, outlying.output_reach) == pytest.approx((90.0, 180.0))


def test_a_layer_that_gets_nothing_has_a_range_all_the_same() -> None:
    assert found(torch.zeros(3)).input_reach == 1.0


def test_the_range_holds_the_values_of_every_call() -> None:
    layer = nn.Linear(1, 1, bias=False)
    nn.init.constant_(layer.weight, 2.0)
    example = Example.of(torch.ones(3, 1))
    found = reaches(nn.Sequential(layer, layer), {"a": layer.weight}, Converters(8, 8), example)
    assert (found["a"].input_reach, found["a"].output_reach) == (2.0, 4.0)


@pytest.mark.parametrize("bits", [1, 17, 8.5, True])
def test_converters_of_one_bit_or_too_many_are_refused(bits: int) -> None:
    for given in ((bits, 8), (8, bits)):
        with pytest.raises(NetworkError, match=f"2 to 16 bits here, not {bits}"):
            Converters(*given)
    Converters(2, 16)


@pytest.mark.parametrize("share", [0, 1.5, -1, float("nan")])
def test_a_share_of_values_that_there_is_not_is_refused(share: float) -> None:
    with pytest.raises(NetworkError, match="a share above 0 and up to 1"):
        Converters(8, 8, share)
