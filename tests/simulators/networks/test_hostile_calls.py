"""What a network returns, keeps, copies and is compiled to: converted rightly, or refused."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils import prune

from dwmtj.simulators.networks.crossbar.conversion.comparison import deviation
from dwmtj.simulators.networks.crossbar.converters import Converters
from dwmtj.simulators.networks.crossbar.devices import ConductanceRange, DeviceLevels
from dwmtj.simulators.networks.crossbar.line_resistance import LineResistance
from dwmtj.simulators.networks.crossbar.network import to_analog
from dwmtj.simulators.networks.crossbar.settings import LayerSettings
from dwmtj.simulators.networks.errors import NetworkError
from dwmtj.tests.simulators.networks.test_hostile_modules import (
    EXACT,
    FINE,
    Small,
    ends,
    images,
    norms,
    plain,
    refused,
    same,
    small,
)

OTHER_PATH = "takes another path than its example"


def with_features(m: Small, x: Tensor, features: bool = False) -> Any:
    before = m.conv(x)
    outputs = ends(m, m.norm(before))
    return (outputs, before) if features else outputs


class Switched(Small):
    """Its norm can be switched off by an attribute of its own, of its class or of a table."""

    of_class = True

    def __init__(self) -> None:
        super().__init__(self.computed)
        self.of_module, self.table = True, {"norm": True}

    @staticmethod
    def computed(m: Any, x: Tensor) -> Tensor:
        x = m.conv(x)
        return ends(m, m.norm(x) if m.of_module and m.of_class and m.table["norm"] else x)


def compiled(network: nn.Module) -> Callable[..., Any]:
    made: Callable[..., Any] = torch.compile(network, backend="eager")
    return made


@pytest.mark.parametrize("way", [lambda network: network, compiled])
def test_features_before_a_folded_norm_are_not_handed_out(way: Any) -> None:
    network = way(to_analog(small(with_features), EXACT, 16, example=images()).quantised())
    assert deviation(small(with_features).eval()(images()), network(images())) < 1e-3
    with pytest.raises(NetworkError, match=OTHER_PATH):
        network(images(), features=True)
    unfolded = to_analog(small(with_features), EXACT, 16, example=images(), fold=False)
    expected = small(with_features).eval()(images(), features=True)
    assert deviation(expected, unfolded.quantised()(images(), features=True)) < 1e-3


def test_a_norm_whose_inputs_a_module_keeps_stays_digital() -> None:
    def code(m: Small, x: Tensor) -> Tensor:
        m.features = [m.conv(x)]  # type: ignore[assignment]
        return ends(m, m.norm(m.features[0]))  # type: ignore[index]

    analog = same(small(code))
    assert norms(analog) == {"norm": "the output of conv is used elsewhere, too"}


@pytest.mark.parametrize(
    "switch",
    [
        lambda network: setattr(network, "of_module", False),
        lambda network: setattr(type(network), "of_class", False),
        lambda network: network.table.update(norm=False),
        lambda network: network.conv.register_forward_hook(lambda _layer, _x, y: 3 * y),
    ],
)
def test_a_switch_or_a_later_hook_makes_another_kind_of_call(
    switch: Callable[[Any], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Switched, "of_class", True)
    network = to_analog(Switched(), EXACT, 16, example=images()).quantised()
    network(images())
    switch(network)
    with pytest.raises(NetworkError, match=OTHER_PATH):
        network(images())


def test_a_compiled_network_reads_its_devices_as_it_does_uncompiled() -> None:
    torch.manual_seed(0)
    model, x = nn.Sequential(nn.Linear(6, 5), nn.ReLU(), nn.Linear(5, 3)), torch.randn(9, 6)
    noisy = to_analog(model, ConductanceRange(read_std_S=1e-6), example=x)
    network, plainly = noisy.programmed(0), noisy.programmed(0)
    read = compiled(network)
    batches = [read(x) for _ in range(3)]
    assert all(torch.equal(batch, plainly(x)) for batch in batches)
    assert not torch.equal(batches[0], batches[1])
    coarse = to_analog(model, EXACT, converters=Converters(3, 3), calibration=x).programmed(0)
    assert torch.equal(compiled(coarse)(x), coarse(x))


def test_a_pruned_network_is_on_devices_as_it_is() -> None:
    model = small(plain)
    prune.l1_unstructured(model.conv, "weight", 0.5)  # type: ignore[no-untyped-call]
    prune.random_unstructured(model.last, "weight", 0.3)  # type: ignore[no-untyped-call]
    expected = model.eval()(images())
    analog = to_analog(model, EXACT, 16, example=images())
    assert deviation(expected, analog.quantised()(images())) < 1e-3
    assert [layer.name for layer in analog.layers] == ["conv", "linear", "last"]
    assert hasattr(model.conv, "weight_orig")


def test_weights_that_are_no_parameters_are_reported_as_digital() -> None:
    def code(m: Any, x: Tensor) -> Any:
        return functional.linear(m.last(functional.linear(x, m.fixed)), m.kept)

    model = small(code)
    model.conv = model.linear = nn.Identity()  # type: ignore[assignment]
    model.register_buffer("fixed", torch.randn(4, 6))
    model.kept = torch.randn(50, 5)
    found = same(model, torch.randn(7, 6)).report()
    notes = {layer.name: layer.note for layer in found.layers if layer.multiply_adds}
    assert notes == {
        "last": "",
        "fixed": "fixed: no parameter of its module",
        "kept": "fixed: no parameter of its module",
    }
    assert found.digital_multiply_adds == pytest.approx((4 * 6 + 50 * 5) / (4 * 6 + 50 * 5 + 4 * 5))
    assert found.digital_weights == found.digital_multiply_adds


class Forces(nn.Module):
    """Energies and their gradients, as networks of interatomic potentials have them."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.last = nn.Linear(3, 16), nn.Linear(16, 1)

    def forward(self, positions: Tensor) -> Any:
        with torch.enable_grad():
            positions = positions.detach().requires_grad_(True)
            energy = self.last(self.first(positions).tanh()).sum()
            return energy.detach(), -torch.autograd.grad(energy, positions)[0]


def test_gradients_inside_a_network_are_right_and_refused_with_converters_and_read_noise() -> None:
    x = torch.randn(5, 3)
    assert same(Forces(), x, converters=False).report().digital_multiply_adds == 0.5
    match = "computes gradients inside its forward"
    with pytest.raises(NetworkError, match=match):
        to_analog(Forces(), EXACT, converters=FINE, calibration=x)
    with pytest.raises(NetworkError, match=match):
        to_analog(Forces(), ConductanceRange(read_std_S=1e-6), example=x)


@dataclass
class Head:
    logits: Tensor


class Answer(dict[str, Any]):
    """A table of a class of its own, as libraries of published networks return."""


class Slotted:
    __slots__ = ("features",)

    def __init__(self, features: Tensor) -> None:
        self.features = features


def test_outputs_are_found_in_objects_of_any_class() -> None:
    def code(m: Small, x: Tensor) -> Any:
        before = m.conv(x)
        return Answer(heads=[Head(ends(m, m.norm(before)))], more=Slotted(before))

    analog = to_analog(small(code), EXACT, 16, example=images())
    assert norms(analog) == {"norm": "the output of conv is used elsewhere, too"}
    got, expected = analog.quantised()(images()), small(code).eval()(images())
    assert deviation(expected, got) < 1e-3
    assert deviation(expected["more"].features, got["more"].features) < 1e-3
    assert deviation(expected, Answer(heads=[], more=got["more"])) > 1


def test_an_example_of_equal_numbers_is_used_as_it_is_where_others_are_no_inputs() -> None:
    def code(m: Small, x: Tensor, mask: Tensor) -> Tensor:
        assert bool((mask >= 0).all())
        return plain(m, x) * mask[:, None]

    same(small(code), images(), torch.ones(3))


class OwnCopy(nn.Linear):
    def __deepcopy__(self, memo: Any) -> Any:
        made = type(self)(self.in_features, self.out_features)
        made.load_state_dict(self.state_dict())
        return made


class SinglePrecision(OwnCopy):
    """Fails in double precision, so that all copies are of one precision."""

    def forward(self, x: Tensor) -> Tensor:
        assert x.dtype == torch.float32
        return super().forward(x)


class MaxNorm(nn.Conv2d):
    """A convolution that limits the norm of its weights at each call (EEGNet)."""

    def forward(self, x: Tensor) -> Tensor:
        self.weight.data = torch.renorm(self.weight.data, p=2, dim=0, maxnorm=1.0)
        return super().forward(x)


class Padded(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        layer = nn.TransformerEncoderLayer(16, 4, 32, batch_first=True)
        self.encoder = nn.TransformerEncoder(layer, 2)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        outputs: Tensor = self.encoder(x, src_key_padding_mask=mask)
        return outputs


@pytest.mark.filterwarnings("ignore:The PyTorch API of nested tensors")
def test_further_modules_are_refused_in_a_sentence() -> None:
    x = torch.randn(7, 6)
    for kind in (OwnCopy, SinglePrecision):
        model = nn.Sequential(kind(6, 5), nn.Linear(5, 3))
        with pytest.raises(NetworkError, match=f"Layer 0, {kind.__name__}, makes copies of itself"):
            to_analog(model, EXACT, 2, example=x).quantised()
    limited = nn.Sequential(MaxNorm(3, 4, 3), nn.Flatten(), nn.Linear(64, 3))
    refused(limited, r"gives 0\.weight other data at each call", images())
    mask = torch.zeros(3, 5, dtype=torch.bool)
    mask[1, 3:] = True
    refused(Padded(), "Layer encoder leaves padding out", torch.randn(3, 5, 16), mask)
    sparse = nn.Linear(6, 6)
    sparse.weight = nn.Parameter(torch.eye(6).to_sparse(), requires_grad=False)
    refused(sparse, "its weight in the layout sparse_coo", x)


def test_options_that_make_no_sense_are_refused_in_a_sentence() -> None:
    model, x = nn.Sequential(nn.Linear(6, 5), nn.ReLU(), nn.Linear(5, 3)), torch.randn(7, 6)
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"lines": 5}, "lines are a LineResistance"),
        ({"fold": "no"}, "fold is True or False"),
        ({"converters": 8}, "converters are Converters"),
        ({"settings": []}, "settings is a dictionary"),
        ({"settings": {0: LayerSettings()}}, "0 selects no layers"),
        ({"settings": {nn.Linear: LayerSettings()}}, "Linear'> selects no layers"),
        ({"settings": {(lambda _n, _m: False): LayerSettings()}}, "No layer is selected"),
    ]
    for options, match in wrong:
        refused(model, match, x, **options)
    unread = torch.where(x > 1, torch.nan, x)
    with pytest.raises(NetworkError, match="Layer 0 is given numbers that are not finite"):
        to_analog(model, EXACT, example=x, converters=FINE, calibration=unread)
    makers: list[tuple[Callable[[], Any], str]] = [
        (lambda: LayerSettings(bits=4.5), "2 to 16 bits"),  # type: ignore[arg-type]
        (lambda: ConductanceRange("a", "b"), "made of numbers"),  # type: ignore[arg-type]
        (lambda: DeviceLevels(("a", "b"), (0, 0), (0, 0)), "conductance_S has a number"),  # type: ignore[arg-type]
        (lambda: DeviceLevels((1, 2), (0, 0), (0, 0), ((1.5, -0.5), (0, 1))), "of 0 or more"),
        (lambda: LineResistance(1.0, 1.5), "whole number"),  # type: ignore[arg-type]
    ]
    for make, match in makers:
        with pytest.raises(NetworkError, match=match):
            make()
    analog = to_analog(model, ConductanceRange(read_std_S=1e-6), example=x)
    for weights in ({}, {"0": torch.zeros(2, 2)}, {"0": torch.full((5, 6), torch.nan)}):
        with pytest.raises(NetworkError, match="Layer 0 needs 5 × 6 finite weights"):
            analog.of_weights(weights)
    with pytest.raises(NetworkError, match="first_image is a whole number"):
        analog.programmed(0)(x, first_image=-1)
    as_arrays = DeviceLevels(np.array([1e-3, 2e-3]), np.zeros(2), np.zeros(2))  # type: ignore[arg-type]
    assert "2 levels" in repr(to_analog(model, as_arrays, example=x))
