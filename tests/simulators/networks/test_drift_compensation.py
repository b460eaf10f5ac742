"""Drift compensation: what walls that have moved cost, made up for by reading input lines again."""

from dataclasses import replace

import pytest
import torch
from torch import nn

from dwmtj.simulators.networks import NetworkError, to_analog
from dwmtj.simulators.networks.crossbar.converters import Converters
from dwmtj.simulators.networks.crossbar.devices import DeviceLevels
from dwmtj.simulators.networks.crossbar.periphery.drift_compensation import DriftCompensation
from dwmtj.simulators.networks.inference.cifar100 import InferenceStudy
from dwmtj.simulators.networks.inference.task import DeviceMapping

FALLING = DeviceLevels(
    (1.0, 2.0, 3.0), (0.0,) * 3, (0.0,) * 3, ((1.0, 0, 0), (0.4, 0.6, 0), (0, 0.6, 0.4))
)


def drifted(compensation: DriftCompensation, devices: DeviceLevels = FALLING) -> torch.Tensor:
    """Return outputs of a layer whose devices fall by a level, over those right after writing."""
    torch.manual_seed(1)
    layer = nn.Linear(4000, 3, bias=False)
    layer.weight.data = torch.sign(torch.randn(3, 4000))
    layer.weight.data[2] *= 0.5
    network = to_analog(nn.Sequential(layer), devices, seed=2, compensation=compensation)
    inputs = layer.weight.data.sign()
    with torch.no_grad():
        left: torch.Tensor = network.programmed(0)(inputs) / layer(inputs)
    return left.diagonal()


def test_factors_are_those_of_an_array_or_of_each_column() -> None:
    """Means of 4,000 devices: their standard deviations are 0.004 and 0.008."""
    assert drifted("none").tolist() == pytest.approx([0.7, 0.7, 0.6], abs=0.035)
    assert drifted("column").tolist() == pytest.approx([1, 1, 1], abs=1e-5)
    together = (1 + 1 + 0.25) / (0.7 + 0.7 + 0.25 * 0.6)
    expected = [0.7 * together, 0.7 * together, 0.6 * together]
    assert drifted("global").tolist() == pytest.approx(expected, abs=0.05)


def test_devices_that_have_not_aged_and_networks_not_asked_are_left_alone() -> None:
    fresh = replace(FALLING, aged=None)
    for compensation in ("none", "global", "column"):
        assert drifted(compensation, fresh).tolist() == pytest.approx([1, 1, 1])


def test_hops_at_random_are_no_gain_and_read_noise_hardly_changes_the_factors() -> None:
    noisy = replace(FALLING, read_std_S=(0.02,) * 3)
    assert drifted("column", noisy).tolist() == pytest.approx([1, 1, 1], abs=0.01)
    forgotten = replace(FALLING, aged=((1.0, 0, 0),) * 3)
    assert drifted("column", forgotten).tolist() == pytest.approx([0, 0, 0])


def test_compensation_returns_accuracy_that_drift_has_taken() -> None:
    """Shrunk weights against biases that stay: a classifier leans to the class of largest bias."""
    torch.manual_seed(5)
    inputs = torch.randn(2000, 40)
    layer = nn.Linear(40, 4)
    layer.bias.data = torch.tensor([0.6, 0.0, 0.0, 0.0])
    labels = layer(inputs).argmax(1)
    levels = tuple(float(step) for step in range(1, 17))
    half = tuple(tuple(float(to == level // 2) for to in range(16)) for level in range(16))
    devices = DeviceLevels(levels, (0.0,) * 16, (0.0,) * 16, half)
    right = {}
    for compensation in ("none", "global", "column"):
        analog = to_analog(nn.Sequential(layer), devices, compensation=compensation)
        right[compensation] = float((analog(inputs).argmax(1) == labels).double().mean())
    # 2,000 inputs: an accuracy is known to 0.02 with 95 %
    assert right["none"] < 0.75
    assert right["global"] > right["none"] + 0.1
    assert right["column"] > right["none"] + 0.1


def test_what_cannot_be_compensated_is_refused() -> None:
    layer = nn.Sequential(nn.Linear(4, 2))
    with pytest.raises(NetworkError, match="one of none, global, column, not 'layer'"):
        to_analog(layer, FALLING, compensation="layer")  # type: ignore[arg-type]
    with pytest.raises(NetworkError, match="behind converters is not simulated"):
        to_analog(
            layer,
            FALLING,
            converters=Converters(8, 8),
            calibration=torch.randn(5, 4),
            compensation="global",
        )
    with pytest.raises(NetworkError, match="give --after SECONDS"):
        InferenceStudy(mapping=DeviceMapping(compensation="global")).levels()
