"""Networks on devices: levels, errors in law and by number, what is refused."""

from pathlib import Path

import numpy as np
import pytest
import torch
from scipy import stats
from torch import Tensor, nn

from dwmtj.simulators.networks.crossbar.analog_network import AnalogNetwork
from dwmtj.simulators.networks.crossbar.converters import Converters
from dwmtj.simulators.networks.crossbar.devices import (
    ConductanceRange,
    DeviceLevels,
    levels_of_range,
)
from dwmtj.simulators.networks.crossbar.mapping import Clipping
from dwmtj.simulators.networks.crossbar.network import from_analog, to_analog
from dwmtj.simulators.networks.crossbar.random_streams import programming_noise
from dwmtj.simulators.networks.errors import NetworkError

EXACT = ConductanceRange(std_S=0)


def small(seed: int = 0) -> nn.Sequential:
    torch.manual_seed(seed)
    network = nn.Sequential(
        nn.Conv2d(3, 6, 3, padding=1, bias=False),
        nn.BatchNorm2d(6),
        nn.ReLU(),
        nn.Conv2d(6, 8, 3, stride=2, padding=1, groups=2),
        nn.ReLU(),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Linear(8, 5),
    )
    return network.eval()


def images(count: int = 12) -> Tensor:
    return torch.randn(count, 3, 8, 8, generator=torch.Generator().manual_seed(5))


def weights(network: nn.Module) -> list[Tensor]:
    return [value for name, value in network.named_parameters() if name.endswith("weight")]


@pytest.mark.parametrize("bits", [2, 4, 8])
def test_weights_are_whole_steps_of_the_range_at_most_half_a_step_off(bits: int) -> None:
    analog = to_analog(small(), EXACT, bits)
    steps = 2 ** (bits - 1) - 1
    for layer, got, meant in zip(
        analog.layers, weights(analog.quantised()), weights(analog.folded), strict=True
    ):
        in_steps = got / layer.scale * steps
        torch.testing.assert_close(in_steps, layer.steps.float(), rtol=1e-4, atol=1e-4)
        assert int(layer.steps.abs().max()) == steps
        assert float((got - meant).abs().max()) <= float(layer.scale.max()) / steps / 2 * 1.0001


def test_many_bits_without_errors_are_the_network_itself_and_back_is_exact() -> None:
    model = small()
    analog = to_analog(model, EXACT, bits=12)
    torch.testing.assert_close(analog.programmed(0)(images()), model(images()), rtol=0, atol=2e-3)
    torch.testing.assert_close(from_analog(analog)(images()), model(images()))


def test_conductances_read_back_give_the_weights_that_were_meant() -> None:
    analog = to_analog(small(), EXACT, bits=5)
    conductance = torch.linspace(0.94e-3, 1.1e-3, 16, dtype=torch.float64)
    given = {}
    for layer in analog.layers:
        positive, negative = layer.targets()
        assert int(torch.minimum(positive, negative).max()) == 0
        given[layer.name] = layer.weights_of(
            conductance[positive.long()], conductance[negative.long()], analog.devices
        )
    read_back = analog.of_weights(given)
    torch.testing.assert_close(read_back(images()), analog.quantised()(images()))


def test_an_error_is_that_of_two_devices_one_of_them_at_its_lowest() -> None:
    """χ² of 20,000 devices at each of three levels: false alarms in 1 of 300 for each level."""
    spreads = (1e-6, 2e-6, 4e-6)
    devices = DeviceLevels((1e-3, 1.05e-3, 1.1e-3), spreads, (0.0, 0.0, 0.0))
    layer = nn.Linear(60, 1000, bias=False)
    nn.init.uniform_(layer.weight, -1, 1)
    with torch.no_grad():
        layer.weight[0, 0] = 1.0
    analog = to_analog(nn.Sequential(layer), devices)
    exact, got = weights(analog.quantised())[0], weights(analog.programmed(4))[0]
    steps = analog.layers[0].steps.abs()
    for level, spread in enumerate(spreads):
        errors = (got - exact)[steps == level].double().numpy() * 0.1e-3
        meant = np.hypot(spread, spreads[0])
        low, high = (stats.chi2.ppf(q, len(errors)) / len(errors) for q in (0.00165, 0.99835))
        assert low < (errors**2).mean() / meant**2 < high


def test_the_same_trial_draws_the_same_whatever_else_was_drawn() -> None:
    analog = to_analog(small(), ConductanceRange(), seed=7)
    first = weights(analog.programmed(3))
    analog.programmed(1)
    assert all(map(torch.equal, first, weights(analog.programmed(3))))
    assert not torch.equal(first[0], weights(analog.programmed(4))[0])
    other = to_analog(small(), ConductanceRange(), seed=8)
    assert not torch.equal(first[0], weights(other.programmed(3))[0])


def test_noise_levels_and_notches_share_their_random_numbers() -> None:
    def errors(bits: int, noise: float) -> Tensor:
        analog = to_analog(small(), ConductanceRange(), bits)
        exact = weights(analog.quantised())[0]
        return weights(analog.programmed(2, noise=noise))[0] - exact

    torch.testing.assert_close(errors(8, 10), 10 * errors(8, 1), rtol=1e-3, atol=1e-6)
    torch.testing.assert_close(errors(4, 1), errors(8, 1), rtol=1e-3, atol=1e-6)


@pytest.mark.parametrize("layer", [nn.Linear(40, 3), nn.Conv2d(4, 6, 3, stride=2, groups=2)])
def test_read_noise_of_outputs_has_the_law_of_the_sum_over_devices(layer: nn.Module) -> None:
    """Kolmogorov-Smirnov of 6,000 normalised outputs, on either way: 1 false alarm in 500 each."""
    torch.manual_seed(2)
    read_std_S = 2e-6
    devices = ConductanceRange(std_S=0, read_std_S=read_std_S)
    shape = (1, 40) if isinstance(layer, nn.Linear) else (1, 4, 7, 7)
    inputs = torch.randn(shape)
    analog = to_analog(nn.Sequential(layer), devices, seed=1)
    exact = analog.quantised()(inputs)
    count = 6000 // exact.numel() + 1
    at_outputs = analog.programmed(0)(inputs.expand(count, *shape[1:])) - exact

    scale = float(analog.layers[0].scale) / (1.1e-3 - 0.94e-3)
    plain = analog.quantised()
    parameter = weights(plain)[0]
    meant, by_device = parameter.clone(), []
    for _ in range(count):
        pairs = torch.randn(2, *meant.shape) * read_std_S * scale
        parameter.data = meant + pairs[0] - pairs[1]
        by_device.append(plain(inputs) - exact)
    sums = torch.cat(by_device)

    ones = analog.quantised()
    weights(ones)[0].data = torch.ones_like(meant)
    ones[0].bias = None  # type: ignore[index]
    sigma = np.sqrt(2) * read_std_S * scale * ones(inputs.square()).sqrt()
    for noise in (at_outputs, sums):
        normalised = (noise / sigma).detach().flatten().numpy()
        assert stats.kstest(normalised, "norm").pvalue > 0.002
    independent = np.corrcoef(at_outputs.detach().flatten(1).numpy().T)
    assert np.abs(independent - np.eye(len(independent))).max() < 5 / np.sqrt(count)


def test_an_image_is_read_with_the_same_noise_in_any_batch() -> None:
    analog = to_analog(small(), ConductanceRange(read_std_S=2e-6))
    network, batch = analog.programmed(0), images(12)
    together = network(batch)
    apart = [network(batch[n : n + size], first_image=n) for n, size in ((5, 7), (0, 5))]
    torch.testing.assert_close(together, torch.cat(apart[::-1]))
    assert not torch.allclose(together, network(batch, first_image=1))
    assert not torch.allclose(together, analog.programmed(1)(batch))


def test_an_ordinary_loop_of_evaluation_reads_with_noise_anew_and_reproducibly() -> None:
    analog = to_analog(small(), ConductanceRange(read_std_S=2e-6), seed=4)
    loops = []
    for _ in range(2):
        network = analog.programmed(0)
        network.eval()
        loops.append([network(batch) for batch in (images(4), images(4), images(3))])
    first, second, third = loops[0]
    assert not torch.allclose(first, second)
    assert not torch.allclose(second[:3], third)
    for one, again in zip(*loops, strict=True):
        torch.testing.assert_close(one, again, rtol=0, atol=0)
    whole = analog.programmed(0)(torch.cat([images(4), images(4), images(3)]))
    torch.testing.assert_close(whole, torch.cat(loops[0]))


def test_an_analogue_network_is_called_as_its_first_programming() -> None:
    analog = to_analog(small(), ConductanceRange())
    torch.testing.assert_close(analog(images()), analog.programmed(0)(images()), rtol=0, atol=0)


def test_noise_and_converters_travel_in_the_state_dict(tmp_path: Path) -> None:
    def converted(seed: int, bits: int) -> nn.Module:
        converters = Converters(bits, bits)
        devices = ConductanceRange(read_std_S=2e-6)
        analog = to_analog(small(), devices, seed=seed, converters=converters, calibration=images())
        return analog.programmed(0)

    network, other = converted(1, 5), converted(2, 9)
    torch.save(network.state_dict(), tmp_path / "state.pt")
    assert not torch.allclose(network(images()), other(images()))
    other.load_state_dict(torch.load(tmp_path / "state.pt", weights_only=True))
    torch.testing.assert_close(network(images(), first_image=0), other(images()), rtol=0, atol=0)


def test_converters_of_many_bits_change_nothing_and_of_few_bits_much() -> None:
    def outputs(bits: int | None) -> Tensor:
        converters = Converters(bits, bits, share=1.0)
        analog = to_analog(small(), EXACT, converters=converters, calibration=images())
        got: Tensor = analog.quantised()(images())
        return got

    exact = to_analog(small(), EXACT).quantised()(images())
    torch.testing.assert_close(outputs(None), exact)
    errors = [float((outputs(bits) - exact).abs().max()) for bits in (15, 8, 3)]
    assert errors[0] < 1e-3 < errors[1] < errors[2]


def test_least_squares_ranges_and_ranges_for_each_output_lessen_the_error() -> None:
    def error(analog: AnalogNetwork) -> float:
        pairs = zip(weights(analog.quantised()), weights(analog.folded), strict=True)
        return sum(float(((got - meant) ** 2).sum()) for got, meant in pairs)

    whole = error(to_analog(small(), EXACT, 3))
    clipped = error(to_analog(small(), EXACT, 3, clipping="least-squares"))
    each = error(to_analog(small(), EXACT, 3, clipping="least-squares", per="output"))
    assert each < clipped < whole


def test_ranges_of_least_expected_error_give_way_to_the_spread_of_devices() -> None:
    """Over 20 programmings of 10 × the spread; without spread they are those of least squares."""
    weight = nn.Linear(50, 60, bias=False)
    nn.init.normal_(weight.weight, generator=torch.Generator().manual_seed(3))
    network, wide = nn.Sequential(weight), levels_of_range(ConductanceRange(), 8).scaled(10)

    def error(devices: DeviceLevels, clipping: Clipping) -> float:
        analog = to_analog(network, devices, clipping=clipping)
        (meant,) = weights(analog.folded)
        got = [weights(analog.programmed(trial))[0] for trial in range(20)]
        return float(torch.stack([(one - meant).square().mean() for one in got]).mean())

    assert error(wide, "expected-error") < 0.8 * error(wide, "least-squares")
    exact = wide.scaled(0)
    assert error(exact, "expected-error") == error(exact, "least-squares")


def test_a_network_in_another_precision_and_layout_has_the_same_programmings() -> None:
    analog = to_analog(small(), ConductanceRange(read_std_S=1e-6), seed=3)
    fast = analog.to(torch.bfloat16, memory_format=torch.channels_last)
    one, other = fast.programmed(2), analog.programmed(2)
    other.to(torch.bfloat16)
    for here, there in zip(one.parameters(), other.parameters(), strict=True):
        assert here.dtype == torch.bfloat16
        assert here.dim() != 4 or here.is_contiguous(memory_format=torch.channels_last)
        assert torch.equal(here, there)
    assert one(images().bfloat16()).dtype == torch.bfloat16
    assert fast.report().table().equals(analog.report().table())


def test_a_programming_computes_in_bfloat16_and_channels_last() -> None:
    analog = to_analog(small(), ConductanceRange())
    plain = analog.programmed(0)
    exact = plain(images())
    fast = plain.to(dtype=torch.bfloat16).to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    torch.testing.assert_close(fast(images().bfloat16()).float(), exact, rtol=0.1, atol=0.02)


def test_a_layer_of_zeros_is_on_the_lowest_levels() -> None:
    layer = nn.Linear(4, 3)
    nn.init.zeros_(layer.weight)
    analog = to_analog(nn.Sequential(layer), EXACT)
    assert not analog.layers[0].steps.any()
    assert not weights(analog.quantised())[0].any()


def test_what_cannot_be_mapped_is_refused_in_a_sentence() -> None:
    with pytest.raises(NetworkError, match=r"2 to 16 bits here, not 1"):
        to_analog(small(), EXACT, bits=1)
    with pytest.raises(NetworkError, match=r"no Linear, convolution, attention or recurrent layer"):
        to_analog(nn.Sequential(nn.ReLU()), EXACT)
    with pytest.raises(NetworkError, match=r"no range of conductances"):
        ConductanceRange(1e-3, 1e-3)
    with pytest.raises(NetworkError, match=r"need calibration images"):
        to_analog(small(), EXACT, converters=Converters(8, 8))
    broken = small()
    with torch.no_grad():
        broken[7].weight[0, 0] = torch.nan  # type: ignore[operator]
    with pytest.raises(NetworkError, match=r"Layer 7 has weights that are not finite"):
        to_analog(broken, EXACT)


@pytest.mark.parametrize("is_traced", [True, False])
def test_programmings_leave_each_other_and_the_trained_network_alone(is_traced: bool) -> None:
    model = small() if is_traced else nn.Sequential(nn.Conv2d(3, 2, 3), nn.Flatten()).eval()
    analog = to_analog(model, ConductanceRange())
    trained = from_analog(analog)(images())
    kept, other = analog.programmed(0), analog.programmed(1)
    exact = kept(images())
    with torch.no_grad():
        for parameter in other.parameters():
            parameter.zero_()
    other.to(torch.bfloat16)
    analog.quantised().to(torch.float64)
    torch.testing.assert_close(kept(images()), exact, rtol=0, atol=0)
    torch.testing.assert_close(analog.programmed(0)(images()), exact, rtol=0, atol=0)
    torch.testing.assert_close(from_analog(analog)(images()), trained, rtol=0, atol=0)


def test_a_layer_programmed_alone_has_the_numbers_of_the_whole_network() -> None:
    analog = to_analog(small(), ConductanceRange(), seed=5)
    whole = weights(analog.programmed(2))
    exact = weights(analog.quantised())
    for layer in reversed(analog.layers):
        draws = programming_noise(5, layer.number, 2, layer.steps.shape)
        errors = whole[layer.number] - exact[layer.number]
        std = np.sqrt(2) * 2.53e-6 / 0.16e-3 * float(layer.scale)
        torch.testing.assert_close(errors, draws * std, rtol=1e-4, atol=1e-6)
