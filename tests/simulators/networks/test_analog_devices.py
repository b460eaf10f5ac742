"""Devices of a model or a range: levels, spreads between measured levels, ageing, refusals."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn

from dwmtj.analysis.state_model.model import (
    LevelState,
    ModelReadNoise,
    ModelRetention,
    Prior,
    Pulses,
    Quantity,
    Source,
    StateModel,
)
from dwmtj.simulators.networks.crossbar.devices import (
    ConductanceRange,
    after,
    all_levels,
    device_levels,
    even_levels,
    levels_of_device,
    levels_of_range,
)
from dwmtj.simulators.networks.crossbar.network import to_analog
from dwmtj.simulators.networks.errors import NetworkError
from dwmtj.simulators.networks.inference.cifar100 import InferenceStudy

SOURCE = Source((1,), "lab.sqlite", "0.1.0", "2025-03-01T22:15:00+00:00", "", "")


def model(lifetimes_s: tuple[float, ...] = (), temperature_K: float = 300.0) -> StateModel:
    """A device of 1, 1.25 and 2 S with σ_G of 0.02 S at the ends and 0.05 S in the middle."""
    told = ((1.0, 0.02), (0.8, 0.032), (0.5, 0.005))
    levels = tuple(LevelState(Quantity(ohm), Quantity(std), 0.0, None, 5) for ohm, std in told)
    counts = (tuple(tuple(int(i == j) for j in range(3)) for i in range(3)),)
    pulses = Pulses("positive", None, None, None, None, (1.0,), counts, SOURCE)
    noise = ModelReadNoise(Quantity(0.01), None, SOURCE)
    retention = tuple(
        ModelRetention(level, Quantity(life), temperature_K, SOURCE)
        for level, life in enumerate(lifetimes_s)
    )
    return StateModel(
        "A3", 1, ("A3",), levels, SOURCE, (pulses,), Prior(), None, None, noise, retention
    )


def test_a_range_has_two_to_the_bits_less_one_even_levels() -> None:
    levels = levels_of_range(ConductanceRange(), bits=8)
    assert len(levels.conductance_S) == 128
    assert np.diff(levels.conductance_S) == pytest.approx(0.16e-3 / 127)
    assert set(levels.std_S) == {2.53e-6}
    assert set(levels.scaled(10).std_S) == {2.53e-5}


@pytest.mark.parametrize("count", [2, 5, 6, 7, 11])
def test_any_number_of_levels_gives_twice_as_many_weights_of_a_pair_less_one(count: int) -> None:
    between = ConductanceRange(0.5, 1.0, 0.0)
    for levels in (even_levels(between, count), device_levels(model(), count)):
        assert np.diff(levels.conductance_S) == pytest.approx(levels.range_S / (count - 1))
    layer = nn.Linear(400, 1, bias=False)
    layer.weight.data = torch.linspace(-1, 1, 400)[None]
    analog = to_analog(nn.Sequential(layer), even_levels(between, count))
    (weight,) = analog.quantised().parameters()
    expected = np.linspace(-1, 1, 2 * count - 1)
    assert torch.unique(weight).tolist() == pytest.approx(expected.tolist(), abs=1e-6)


def test_a_study_takes_the_levels_that_the_model_has_and_spaces_others_evenly() -> None:
    found = InferenceStudy(model=model(), notches=(5, 3)).levels()
    assert found == {3: all_levels(model()), 5: device_levels(model(), 5)}
    assert found[3].conductance_S == (1.0, 1.25, 2.0)
    assert found[5].conductance_S == (1.0, 1.25, 1.5, 1.75, 2.0)
    assert 3 in InferenceStudy(model=model()).levels()
    assert list(InferenceStudy().levels()) == [2, 4, 8, 16, 32, 64, 128]


@pytest.mark.parametrize("count", [1, 0, -2, 2.0, True, 40_000])
def test_a_device_of_fewer_than_two_or_of_too_many_levels_is_refused(count: int) -> None:
    with pytest.raises(NetworkError, match=r"A device has 2 to 32,768 levels here"):
        even_levels(ConductanceRange(), count)


def test_spreads_are_interpolated_between_the_measured_levels() -> None:
    levels = levels_of_device(model(), bits=4)
    assert levels.conductance_S == pytest.approx(np.linspace(1, 2, 8))
    assert levels.std_S == pytest.approx(
        np.interp(np.linspace(1, 2, 8), (1.0, 1.25, 2.0), (0.02, 0.05, 0.02))
    )
    assert levels.read_std_S == pytest.approx(0.01 * np.linspace(1, 2, 8))


def test_measured_levels_are_taken_as_they_are_and_weights_lie_between_them() -> None:
    levels = levels_of_device(model(), bits=2, levels="measured")
    assert levels.conductance_S == pytest.approx((1.0, 2.0))
    layer = nn.Linear(3, 1, bias=False)
    layer.weight.data = torch.tensor([[1.0, -0.4, 0.6]])
    uneven = replace(levels, conductance_S=(1.0, 1.25, 2.0), std_S=(0, 0, 0), read_std_S=(0, 0, 0))
    (weight,) = to_analog(nn.Sequential(layer), uneven).quantised().parameters()
    assert weight.flatten().tolist() == pytest.approx([1.0, -0.25, 0.25])


def test_a_range_outside_the_levels_and_bits_beyond_them_are_refused() -> None:
    with pytest.raises(NetworkError, match=r"span 1 … 2 S, not 0.9 … 2 S"):
        levels_of_device(model(), 4, range_S=(0.9, 2.0))
    with pytest.raises(NetworkError, match=r"4 levels are asked for, and model A3 has 3"):
        levels_of_device(model(), 3, levels="measured")
    once = replace(model().levels[1], cycle_std_ohm=None)
    with pytest.raises(NetworkError, match=r"visited once"):
        levels_of_device(replace(model(), levels=(model().levels[0], once, model().levels[2])), 4)


def test_a_short_time_loses_what_the_lifetimes_say_and_a_long_one_forgets() -> None:
    known = model((100.0, 10.0, 1000.0))
    soon = np.array(after(levels_of_device(known, 2, "measured"), known, 1.0).aged)
    assert soon[0] == pytest.approx((1 - 0.01, 0.01), abs=2e-4)
    assert soon[1] == pytest.approx((0.001, 0.999), abs=2e-5)
    levels = levels_of_device(known, 4)
    late = np.array(after(levels, known, 1e9).aged)
    assert late == pytest.approx(np.tile(late[0], (8, 1)), abs=1e-6)
    assert np.array(after(levels, known, 0.0).aged) == pytest.approx(np.eye(8))


def test_aged_devices_are_found_as_often_on_other_levels_as_the_probabilities_say() -> None:
    """40,000 devices, within 4 standard deviations: 1 false alarm in 16,000."""
    known = model((100.0, 10.0, 1000.0))
    exact = replace(levels_of_device(known, 2, "measured"), std_S=(0.0, 0.0), read_std_S=(0.0, 0.0))
    aged = after(exact, known, 40.0)
    layer = nn.Linear(200, 200, bias=False)
    nn.init.ones_(layer.weight)
    analog = to_analog(nn.Sequential(layer), aged, seed=3)
    (weight,) = analog.programmed(0).parameters()
    assert aged.aged is not None
    stays, leaves = aged.aged[1][1], aged.aged[0][1]
    for value, chance in ((1, stays * (1 - leaves)), (-1, (1 - stays) * leaves)):
        share = float((weight == value).double().mean())
        assert abs(share - chance) < 4 * np.sqrt(chance * (1 - chance) / 40_000)
    assert torch.equal(weight, next(analog.programmed(0).parameters()))


def test_retention_that_is_not_known_is_asked_for() -> None:
    lasting = model((1.0,))
    (entry,) = lasting.retention
    warm = replace(entry, temperature_K=358.0)
    at_two = replace(lasting, retention=(entry, warm))
    for known, time_s, temperature_K, message in (
        (model(), 10.0, None, "Model A3 has no retention"),
        (lasting, 10.0, 400.0, "not at 400 K"),
        (lasting, -1.0, None, "0 s or more, not -1 s"),
        (at_two, 10.0, None, "and 358 K\\): give temperature_K"),
    ):
        with pytest.raises(NetworkError, match=message):
            after(levels_of_device(known, 4), known, time_s, temperature_K)
    assert after(levels_of_device(at_two, 4), at_two, 10.0, 358.0).aged is not None


def test_all_levels_of_a_device_keep_their_spacing_spreads_and_read_noise() -> None:
    levels = all_levels(model())
    assert levels.conductance_S == pytest.approx((1.0, 1.25, 2.0))
    assert levels.std_S == pytest.approx((0.02, 0.05, 0.02))
    assert levels.read_std_S == pytest.approx((0.01, 0.0125, 0.02))
    assert levels.aged is None
    silent = replace(model(), read_noise=None)
    assert all_levels(silent).read_std_S == (0.0, 0.0, 0.0)
    assert levels_of_device(silent, 2).read_std_S == (0.0, 0.0)


def test_levels_in_between_have_the_read_noise_of_their_conductance() -> None:
    levels = levels_of_device(model(), 3, range_S=(1.0, 1.75))
    assert levels.conductance_S == pytest.approx((1.0, 1.25, 1.5, 1.75))
    assert levels.read_std_S == pytest.approx((0.01, 0.0125, 0.015, 0.0175))
    with pytest.raises(NetworkError, match=r"not 1 … 2\.1 S"):
        levels_of_device(model(), 3, range_S=(1.0, 2.1))
    with pytest.raises(NetworkError, match=r"not 1\.5 … 1\.5 S"):
        levels_of_device(model(), 3, range_S=(1.5, 1.5))
