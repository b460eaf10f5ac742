"""Products of weights: what their read noise scales with, and layers opened into products."""

import copy
import pickle
from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

from dwmtj.simulators.networks.crossbar.conversion.comparison import deviation
from dwmtj.simulators.networks.crossbar.converters import Converters
from dwmtj.simulators.networks.crossbar.devices import ConductanceRange
from dwmtj.simulators.networks.crossbar.layer_kinds import product_of
from dwmtj.simulators.networks.crossbar.network import to_analog
from dwmtj.simulators.networks.crossbar.opening import open_layers

EXACT = ConductanceRange(std_S=0)
FINE = Converters(16, 16, share=1.0)
PRODUCTS: dict[str, tuple[Any, dict[str, Any], tuple[int, ...], tuple[int, ...]]] = {
    "linear": (functional.linear, {}, (3, 4), (5, 4)),
    "linear of steps": (functional.linear, {}, (3, 2, 4), (5, 4)),
    "conv1d": (torch.conv1d, {"stride": 2, "padding": 1}, (2, 4, 7), (6, 4, 3)),
    "conv2d": (torch.conv2d, {"groups": 2, "dilation": 2}, (2, 4, 7, 7), (6, 2, 3, 3)),
    "conv2d, one image": (torch.conv2d, {"padding": "same"}, (4, 5, 5), (6, 4, 3, 3)),
    "conv3d": (torch.conv3d, {}, (1, 2, 3, 3, 3), (3, 2, 2, 2, 2)),
    "depthwise": (torch.conv2d, {"groups": 4}, (2, 4, 5, 5), (8, 1, 3, 3)),
    "transposed 1d": (torch.conv_transpose1d, {"stride": 2}, (2, 4, 5), (4, 3, 3)),
    "transposed 2d": (
        torch.conv_transpose2d,
        {"stride": 2, "output_padding": 1, "groups": 2},
        (2, 4, 3, 3),
        (4, 3, 3, 3),
    ),
}


@pytest.mark.parametrize("name", PRODUCTS)
def test_read_noise_scales_with_what_each_output_reads(name: str) -> None:
    """Σx² of an output is Σ(∂y/∂w)²; by autograd, for every output."""
    function, options, shape, weight_shape = PRODUCTS[name]
    torch.manual_seed(0)
    x, weight = torch.randn(shape).double(), torch.randn(weight_shape).double()
    product = product_of(function, (x, weight), options)
    assert product is not None
    outputs = product.of(x)
    slopes = torch.func.jacrev(product_with(product))(weight)
    expected = slopes.flatten(outputs.dim()).square().sum(-1).sqrt()
    got = product.root_of_squares(x, outputs).expand_as(outputs)
    torch.testing.assert_close(got, expected)
    dense = slopes.reshape(outputs.numel(), -1)
    assert product.multiply_adds(outputs) >= int((dense != 0).sum())


def product_with(product: Any) -> Any:
    return lambda weight: product.of(product.inputs, weight)


class Heads(nn.Module):
    """Weights without layers: x @ W, addmm of a bias, and a linear function."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.bias = nn.Parameter(torch.randn(6, 5)), nn.Parameter(torch.randn(5))
        self.second, self.third = nn.Parameter(torch.randn(5, 4)), nn.Parameter(torch.randn(3, 4))

    def forward(self, x: Tensor) -> Tensor:
        x = torch.relu(torch.addmm(self.bias, x, self.first))
        return functional.linear(torch.relu(x @ self.second), self.third)


def test_weights_without_layers_are_on_devices_with_outputs_along_rows() -> None:
    torch.manual_seed(1)
    model, x = Heads(), torch.randn(4, 6)
    analog = to_analog(model, EXACT, 16, example=x, converters=FINE, calibration=x)
    assert [tuple(layer.steps.shape) for layer in analog.layers] == [(5, 6), (4, 5), (3, 4)]
    for network in (analog.quantised(), analog.programmed(0)):
        assert deviation(model(x), network(x)) < 1e-3
    assert analog.report().digital_multiply_adds == 0
    coarse = to_analog(model, EXACT, 16, converters=Converters(8, 2, 1.0), calibration=x)
    assert len(set(coarse.programmed(0)(x).flatten().tolist())) <= 3


def mask(length: int) -> Tensor:
    return torch.ones(length, length, dtype=torch.bool).triu(1)


@pytest.mark.parametrize("batch_first", [True, False])
@pytest.mark.parametrize(
    "options", [{}, {"bias": False}, {"add_bias_kv": True, "add_zero_attn": True}, {"kdim": 5}]
)
def test_opened_attention_is_attention(options: dict[str, Any], batch_first: bool) -> None:
    torch.manual_seed(2)
    given = {**options, **({"vdim": 7} if "kdim" in options else {})}
    layer = nn.MultiheadAttention(8, 2, batch_first=batch_first, **given).double().eval()
    q = torch.randn(4, 4, 8).double()
    k, v = (torch.randn(4, 4, layer.kdim or 8), torch.randn(4, 4, layer.vdim or 8))
    padded = torch.tensor([[0, 0, 0, 1], [0, 0, 1, 1], [0, 0, 0, 0], [0, 0, 0, 1]]) > 0
    opened = copy.deepcopy(layer)
    open_layers(opened, {""})
    for masks in (
        {},
        {"attn_mask": mask(4)},
        {"attn_mask": torch.randn(8, 4, 4).double(), "average_attn_weights": False},
        {"key_padding_mask": padded, "attn_mask": mask(4)},
        {"need_weights": False, "attn_mask": mask(4), "is_causal": True},
    ):
        for one, other in zip(
            layer(q, k.double(), v.double(), **masks),
            opened(q, k.double(), v.double(), **masks),
            strict=True,
        ):
            torch.testing.assert_close(one, other)
    if "kdim" not in options:
        torch.testing.assert_close(layer(q[0], q[0], q[0]), opened(q[0], q[0], q[0]))


RECURRENT: dict[str, Callable[..., nn.Module]] = {
    "LSTM": lambda **more: nn.LSTM(4, 6, 2, bidirectional=True, **more),
    "LSTM, projected": lambda **more: nn.LSTM(4, 6, proj_size=3, **more),
    "GRU": lambda **more: nn.GRU(4, 6, 2, bidirectional=True, **more),
    "RNN": lambda **more: nn.RNN(4, 6, **more),
    "RNN, ReLU": lambda **more: nn.RNN(4, 6, nonlinearity="relu", bias=False, **more),
}


@pytest.mark.parametrize("batch_first", [True, False])
@pytest.mark.parametrize("name", RECURRENT)
def test_opened_recurrent_layers_are_recurrent_layers(name: str, batch_first: bool) -> None:
    torch.manual_seed(3)
    layer = RECURRENT[name](batch_first=batch_first).double()
    opened = copy.deepcopy(layer)
    open_layers(opened, {""})
    x = torch.randn(3, 5, 4).double()
    outputs, end = layer(x)
    torch.testing.assert_close(opened(x), (outputs, end))
    start = tuple(torch.randn_like(one) for one in end) if isinstance(end, tuple) else end.sin()
    torch.testing.assert_close(opened(x, start), layer(x, start))
    torch.testing.assert_close(opened(x[0]), layer(x[0]))


@pytest.mark.parametrize("kind", [nn.LSTMCell, nn.GRUCell, nn.RNNCell])
def test_opened_cells_are_cells(kind: Any) -> None:
    torch.manual_seed(4)
    cell, x = kind(4, 6).double(), torch.randn(3, 4).double()
    opened = copy.deepcopy(cell)
    open_layers(opened, {""})
    state = cell(x)
    torch.testing.assert_close(opened(x), state)
    torch.testing.assert_close(opened(x, state), cell(x, state))
    torch.testing.assert_close(opened(x[0]), cell(x[0]))


def test_networks_are_pickled_with_noise_converters_and_folded_norms() -> None:
    model = nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.ReLU()).eval()
    x = torch.randn(2, 3, 6, 6)
    devices = ConductanceRange(read_std_S=1e-6)
    analog = to_analog(model, devices, converters=Converters(8, 8), calibration=x)
    for network in (
        analog.quantised(),
        analog.programmed(1),
        to_analog(model, EXACT).programmed(0),
    ):
        again = pickle.loads(pickle.dumps(network))
        torch.testing.assert_close(again(x), network(x), rtol=0, atol=0)
