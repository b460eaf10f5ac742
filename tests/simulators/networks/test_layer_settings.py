"""Settings of single layers, levels of measured devices, and values that are refused."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import torch
from torch import nn

from dwmtj.simulators.networks.crossbar.converters import Converters
from dwmtj.simulators.networks.crossbar.devices import (
    ConductanceRange,
    DeviceLevels,
    levels_of_device,
    levels_of_range,
)
from dwmtj.simulators.networks.crossbar.line_resistance import LineResistance
from dwmtj.simulators.networks.crossbar.network import to_analog
from dwmtj.simulators.networks.crossbar.settings import LayerSettings
from dwmtj.simulators.networks.errors import NetworkError
from dwmtj.simulators.networks.inference.task import DeviceMapping
from dwmtj.simulators.networks.stream_learning.settings import StreamSetup
from dwmtj.tests.simulators.networks.test_analog_devices import model as state_model

EXACT = ConductanceRange(std_S=0)
INPUTS = torch.randn(4, 6, generator=torch.Generator().manual_seed(3))


def stacked() -> nn.Sequential:
    torch.manual_seed(4)
    return nn.Sequential(nn.Linear(6, 8), nn.ReLU(), nn.Linear(8, 8), nn.ReLU(), nn.Linear(8, 3))


def values(weight: torch.Tensor) -> int:
    return len(set(weight.abs().flatten().tolist()))


def test_layers_have_settings_of_their_own_by_name_pattern_and_predicate() -> None:
    settings: dict[Any, LayerSettings] = {
        "*": LayerSettings(bits=2),
        "2": LayerSettings(bits=3, per="output"),
        lambda _name, layer: layer.out_features == 3: LayerSettings(digital=True),
    }
    model = stacked()
    analog = to_analog(model, EXACT, example=INPUTS, settings=settings)
    first, second = analog.layers
    assert values(first.steps) == 2
    assert values(second.steps) == 4
    assert (first.scale.numel(), second.scale.numel()) == (1, 8)
    got = analog.quantised()
    assert torch.equal(got.get_parameter("4.weight"), model.get_parameter("4.weight"))
    assert values(got.get_parameter("0.weight")) == 2


def test_layers_on_other_devices_have_the_errors_of_those() -> None:
    exact, noisy = levels_of_range(EXACT, 8), levels_of_range(ConductanceRange(), 8)
    analog = to_analog(stacked(), exact, settings={"2": LayerSettings(devices=noisy)})
    ideal, programmed = (
        dict(n.named_parameters()) for n in (analog.quantised(), analog.programmed(0))
    )
    assert "Devices of 0, 4: 128 levels" in repr(analog)
    assert "Devices of 2: 128 levels from 0.94 to 1.1 mS, programming error σ ≤ 2.53" in repr(
        analog
    )
    assert torch.equal(ideal["0.weight"], programmed["0.weight"])
    assert not torch.equal(ideal["2.weight"], programmed["2.weight"])


def test_converters_may_be_those_of_single_layers() -> None:
    settings = {"4": LayerSettings(converters=Converters(None, 2, share=1.0))}
    model = stacked()
    analog = to_analog(model, EXACT, 12, calibration=INPUTS, settings=settings)
    assert set(analog.reaches) == {"4"}
    outputs = analog.programmed(0)(INPUTS) - model[4].bias
    assert values(outputs) <= 2


def test_a_measured_device_has_the_levels_that_it_has_and_others_on_request_alone() -> None:
    model = state_model()
    analog = to_analog(stacked(), model)
    assert analog.devices.conductance_S == pytest.approx((1.0, 1.25, 2.0))
    for layer in analog.layers:
        assert set(layer.steps.flatten().tolist()) <= {-2, -1, 0, 1, 2}
    with pytest.raises(NetworkError, match=r"Model A3 has 3 levels, whatever the bits: leave bits"):
        to_analog(stacked(), model, bits=8)
    interpolated = to_analog(stacked(), levels_of_device(model, 8))
    assert len(interpolated.devices.conductance_S) == 128
    with pytest.raises(NetworkError, match=r"The device has 128 levels, whatever the bits"):
        to_analog(stacked(), levels_of_device(model, 8), bits=8)


def test_groups_of_a_convolution_have_arrays_of_their_own() -> None:
    """Two groups give what two convolutions give, each with the lines of its own array."""
    torch.manual_seed(5)
    both = nn.Conv2d(4, 6, 3, groups=2, bias=False)
    lines = LineResistance(20.0, rows=64, columns=64)
    x = torch.randn(2, 4, 5, 5)
    grouped = to_analog(both, EXACT, per="output", lines=lines, example=x).quantised()(x)
    for number in range(2):
        own = nn.Conv2d(2, 3, 3, bias=False)
        own.weight = nn.Parameter(both.weight[3 * number : 3 * number + 3].detach().clone())
        part = x[:, 2 * number : 2 * number + 2]
        alone = to_analog(own, EXACT, per="output", lines=lines, example=part).quantised()(part)
        torch.testing.assert_close(grouped[:, 3 * number : 3 * number + 3], alone)
    exact = to_analog(both, EXACT, per="output", example=x).quantised()(x)
    assert not torch.allclose(grouped, exact, rtol=0.01)


NOT_SORTED = ((1e-3, 3e-3, 2e-3), (0.0,) * 3, (0.0,) * 3)
REFUSED: dict[str, tuple[Callable[[], object], str]] = {
    "clipping": (
        lambda: to_analog(stacked(), EXACT, clipping="percentile"),  # type: ignore[arg-type]
        "clipping is none or least-squares or expected-error, not 'percentile'.",
    ),
    "per": (
        lambda: to_analog(stacked(), EXACT, per="channel"),  # type: ignore[arg-type]
        "per is layer or output, not 'channel'.",
    ),
    "per of a study": (
        lambda: DeviceMapping(per="channel"),  # type: ignore[arg-type]
        "per is layer or output, not 'channel'.",
    ),
    "precision of a study": (
        lambda: DeviceMapping(precision="float16"),  # type: ignore[arg-type]
        "precision is float32 or bfloat16, not 'float16'.",
    ),
    "seed": (lambda: to_analog(stacked(), EXACT, seed=-1), "0 or more, not -1."),
    "seed of a study": (lambda: DeviceMapping(seed=-1), "0 or more, not -1."),
    "bits": (lambda: to_analog(stacked(), EXACT, 4.5), "2 to 16 bits here, not 4.5."),  # type: ignore[arg-type]
    "trial": (lambda: to_analog(stacked(), EXACT).programmed(-1), "0 or more, not -1."),
    "noise": (
        lambda: to_analog(stacked(), EXACT).programmed(0, noise=float("nan")),
        "0 or more, not nan.",
    ),
    "devices": (lambda: to_analog(stacked(), 8), "or a state model, not 8."),  # type: ignore[arg-type]
    "model": (lambda: to_analog([1], EXACT), "is a torch.nn.Module, not list."),  # type: ignore[arg-type]
    "sorted": (lambda: DeviceLevels(*NOT_SORTED), "0.002 S follows 0.003 S: sort them"),
    "one level": (lambda: DeviceLevels((1e-3,), (0.0,), (0.0,)), "two or more levels"),
    "stds": (lambda: DeviceLevels((1e-3, 2e-3), (0.0,), (0.0, 0.0)), "std_S has one standard"),
    "negative": (
        lambda: DeviceLevels((1e-3, 2e-3), (0.0, 0.0), (0.0, -1.0)),
        "read_std_S has one standard deviation of 0 or more",
    ),
    "aged": (
        lambda: DeviceLevels((1e-3, 2e-3), (0.0, 0.0), (0.0, 0.0), ((0.5, 0.6), (0.0, 1.0))),
        "which add up to 1",
    ),
    "levels": (
        lambda: levels_of_device(state_model(), 4, "nearest"),  # type: ignore[arg-type]
        "Levels are interpolated or measured, not 'nearest'.",
    ),
    "name": (
        lambda: to_analog(stacked(), EXACT, settings={"fc": LayerSettings(bits=4)}),
        "No layer is called 'fc': the layers are 0, 2, 4.",
    ),
    "settings": (
        lambda: to_analog(stacked(), EXACT, settings={"0": {"bits": 4}}),  # type: ignore[dict-item]
        "give LayerSettings",
    ),
    "all digital": (
        lambda: to_analog(stacked(), EXACT, settings={"*": LayerSettings(digital=True)}),
        "nothing would be on devices.",
    ),
    "notches of a stream": (lambda: StreamSetup(levels=4.5), "levels is a whole number, not 4.5."),  # type: ignore[arg-type]
    "switch of a stream": (
        lambda: StreamSetup().changed(["binarised=no"]),
        "binarised is true or false, not 'no'.",
    ),
    "rate of a stream": (
        lambda: StreamSetup(learning_rate=float("nan")),
        "learning_rate is a number, not nan.",
    ),
    "empty example": (
        lambda: to_analog(stacked(), EXACT, example=torch.empty(0, 6)),
        "no tensor with values in it",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_impossible_values_are_refused_in_a_sentence(name: str) -> None:
    attempt, ending = REFUSED[name]
    with pytest.raises(NetworkError) as caught:
        attempt()
    assert ending in str(caught.value)
    assert str(caught.value).count("\n") == 0


def test_what_a_setting_does_not_give_is_that_of_the_network() -> None:
    network = LayerSettings(False, EXACT, 6, "least-squares", "output", None)
    own = LayerSettings(bits=3).over(network)
    assert own == replace(network, bits=3)
    other = LayerSettings(devices=levels_of_range(EXACT, 4)).over(network)
    assert other.bits is None
    assert (other.clipping, other.per) == ("least-squares", "output")
