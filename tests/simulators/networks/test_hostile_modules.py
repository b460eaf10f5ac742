"""Modules that do more than call each layer once: converted rightly, or refused by name."""

import copy
from collections.abc import Callable
from functools import partial
from typing import Any, cast

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

from dwmtj.simulators.networks.crossbar.analog_network import AnalogNetwork
from dwmtj.simulators.networks.crossbar.conversion.comparison import deviation
from dwmtj.simulators.networks.crossbar.converters import Converters
from dwmtj.simulators.networks.crossbar.devices import ConductanceRange
from dwmtj.simulators.networks.crossbar.network import to_analog
from dwmtj.simulators.networks.crossbar.settings import LayerSettings
from dwmtj.simulators.networks.errors import NetworkError

EXACT = ConductanceRange(std_S=0)
FINE = Converters(16, 16, share=1.0)
Forward = Callable[..., Any]


class Small(nn.Module):
    """A convolution, a batch norm and a linear layer, computed with as `code` says."""

    def __init__(self, code: Forward) -> None:
        super().__init__()
        self.code = code
        self.conv, self.norm = nn.Conv2d(3, 4, 3, padding=1), nn.BatchNorm2d(4)
        self.linear, self.last = nn.Linear(4, 4), nn.Linear(4, 5)
        nn.init.uniform_(self.norm.get_buffer("running_mean"), -1, 1)
        nn.init.uniform_(self.norm.get_buffer("running_var"), 0.3, 2)

    def forward(self, *args: Any, **options: Any) -> Any:
        return self.code(self, *args, **options)


def small(code: Forward) -> Small:
    torch.manual_seed(2)
    return Small(code)


def images(count: int = 3, seed: int = 0) -> Tensor:
    return torch.randn(count, 3, 6, 6, generator=torch.Generator().manual_seed(seed))


def ends(m: Small, x: Tensor) -> Tensor:
    outputs: Tensor = m.last(torch.relu(x).mean((2, 3)))
    return outputs


def plain(m: Small, x: Tensor) -> Tensor:
    return ends(m, m.norm(m.conv(x)))


def same(model: nn.Module, *inputs: Any, converters: bool = True) -> AnalogNetwork:
    """Convert a model, and assert that it computes the same on many levels, with converters too."""
    before = copy.deepcopy(model).eval()
    example = inputs or (images(),)
    analog = to_analog(model, EXACT, 16, example=example)
    got = analog.quantised()
    with torch.no_grad():
        assert deviation(_seeded(before, example), _seeded(got, example)) < 1e-3
        assert deviation(_seeded(model.eval(), example), _seeded(got, example)) < 1e-3
        if converters:
            fine = to_analog(model, EXACT, 16, converters=FINE, calibration=example)
            expected = _seeded(before, example)
            assert deviation(expected, _seeded(fine.programmed(0), example)) < 1e-3
    return analog


def _seeded(model: nn.Module, inputs: tuple[Any, ...]) -> Any:
    torch.manual_seed(9)
    return model(*inputs)


def norms(analog: AnalogNetwork) -> dict[str, str]:
    return dict(analog.report().digital_norms)


def test_one_layer_under_two_names_has_one_set_of_devices() -> None:
    model = small(lambda m, x: m.again(m.linear(ends(m, m.norm(m.conv(x)))[:, :4])))
    model.again = model.linear
    analog = same(model)
    assert [layer.name for layer in analog.layers] == ["conv", "linear", "last"]


def test_a_layer_called_twice_has_converters_that_hold_the_values_of_both_calls() -> None:
    def code(m: Small, x: Tensor) -> Any:
        return m.last(m.linear(10 * torch.relu(m.linear(m.conv(x).mean((2, 3))))))

    model, given = small(code), []
    model.linear.register_forward_pre_hook(lambda _layer, x: given.append(float(x[0].abs().max())))
    converters = Converters(8, 8, share=1.0)
    reach = to_analog(model, EXACT, converters=converters, calibration=images()).reaches["linear"]
    assert reach is not None
    assert reach.input_reach == pytest.approx(max(given[:2]), rel=1e-3)
    assert given[1] > 2 * given[0]
    same(small(code))


def test_batch_norm_over_the_steps_of_a_linear_layer_stays_digital() -> None:
    model = nn.Sequential(nn.Linear(4, 5), nn.BatchNorm1d(5), nn.ReLU(), nn.Linear(5, 2))
    nn.init.uniform_(model[1].running_var, 0.3, 3)  # type: ignore[arg-type]
    analog = same(model, torch.randn(3, 5, 4))
    assert norms(analog) == {"1": "the outputs of 0 are not along its channels"}


def test_an_argument_with_a_default_may_be_given_or_not() -> None:
    def code(m: Small, x: Tensor, shift: Tensor | None = None) -> Tensor:
        x = m.norm(m.conv(x))
        return ends(m, x if shift is None else x + shift)

    model, shift = small(code), torch.randn(4, 1, 1)
    analog = same(model)
    assert norms(analog) == {}
    network = analog.quantised()
    assert deviation(model.eval()(images(), shift=shift), network(images(), shift=shift)) < 1e-3


def test_a_layer_with_a_hook_keeps_its_batch_norm() -> None:
    model = small(plain)
    model.conv.register_forward_hook(lambda _layer, _inputs, outputs: outputs * 3)
    assert norms(same(model)) == {"norm": "it does not follow a layer directly"}
    watched, seen = small(plain), []
    watched.conv.register_forward_hook(lambda _layer, _inputs, outputs: seen.append(outputs.std()))
    assert norms(same(watched)) == {"norm": "the output of conv is used elsewhere, too"}


def test_a_weight_that_is_used_elsewhere_too_is_read_twice_and_not_scaled() -> None:
    def code(m: Small, x: Tensor) -> Tensor:
        return ends(m, m.norm(m.conv(x)) + functional.conv2d(x, m.conv.weight, padding=1))

    assert norms(same(small(code))) == {"norm": "the weight of conv is used elsewhere, too"}


def test_a_weight_that_is_no_product_alone_stays_digital_and_says_so() -> None:
    def code(m: Small, x: Tensor) -> Any:
        return ends(m, m.norm(m.conv(x))) * m.linear.weight.norm() + m.linear.weight.sum()

    analog = same(small(code))
    notes = {layer.name: layer.note for layer in analog.report().layers}
    assert notes == {"conv": "", "linear": "used by norm, sum", "last": ""}


def test_random_numbers_stay_random() -> None:
    model = small(lambda m, x: ends(m, m.norm(m.conv(x)) + torch.randn(4, 6, 6)))
    network = same(model, converters=False).quantised()
    assert not torch.allclose(network(images()), network(images()))


def test_functions_of_weights_have_converters_like_layers() -> None:
    def code(m: Small, x: Tensor) -> Tensor:
        return functional.linear(m.conv(x).mean((2, 3)), m.last.weight, m.last.bias)

    coarse = Converters(3, 3)
    analog = to_analog(small(code), EXACT, 16, converters=coarse, calibration=images(20))
    assert set(analog.reaches) >= {"conv", "last"}
    outputs = analog.programmed(0)(images(20)) - small(code).last.bias
    assert all(len(torch.unique(column)) <= 7 for column in outputs.T)


def test_all_four_projections_of_attention_have_converters() -> None:
    torch.manual_seed(0)
    attention, x = nn.MultiheadAttention(8, 2, batch_first=True), torch.randn(4, 6, 8)
    analog = to_analog(attention, EXACT, 16, converters=Converters(4, 3), calibration=(x, x, x))
    assert set(analog.reaches) == {"q", "k", "v", "out_proj"}
    outputs, _ = analog.programmed(0)(x, x, x)
    columns = (outputs - attention.out_proj.bias).flatten(0, 1).T
    assert all(len(torch.unique(column)) <= 7 for column in columns)


def test_wrappers_and_precisions_of_published_networks_are_seen_through() -> None:
    for wrap in (nn.DataParallel, partial(torch.compile, backend="eager")):
        analog = to_analog(cast("nn.Module", wrap(small(plain))), EXACT, 16, example=images())
        assert [layer.name for layer in analog.layers] == ["conv", "linear", "last"]
        assert deviation(small(plain).eval()(images()), analog.quantised()(images())) < 1e-3
    inner = small(plain)
    inner.add_module("conv", cast("nn.Module", torch.compile(inner.conv, backend="eager")))
    analog = to_analog(inner, EXACT, 16, example=images())
    assert deviation(small(plain).eval()(images()), analog.quantised()(images())) < 1e-3


@pytest.mark.parametrize(
    ("dtype", "off"), [(torch.float64, 1e-3), (torch.float16, 0.01), (torch.bfloat16, 0.06)]
)
def test_every_precision_is_kept(dtype: torch.dtype, off: float) -> None:
    model = small(plain).to(dtype)
    analog = to_analog(model, EXACT, 16, example=images())
    outputs = analog.quantised()(images().to(dtype))
    assert outputs.dtype == dtype
    assert deviation(small(plain).eval()(images()), outputs) < off
    noisy = to_analog(model, ConductanceRange(read_std_S=1e-6), 8, example=images())
    assert noisy.programmed(0)(images().to(dtype)).dtype == dtype


@pytest.mark.filterwarnings("ignore:.*weight_norm. is deprecated")
@pytest.mark.parametrize("kind", ["weight_norm", "spectral_norm"])
@pytest.mark.parametrize("way", [nn.utils, nn.utils.parametrizations])
def test_weight_and_spectral_norm_are_computed_once_and_the_model_keeps_them(
    way: Any, kind: str
) -> None:
    model = small(plain)
    for layer in (model.conv, model.last):
        getattr(way, kind)(layer)
    outputs = model(images())  # with gradients, which the hooks keep
    assert outputs.requires_grad
    expected = model.eval()(images())
    analog = to_analog(model, EXACT, 16, example=images())
    assert deviation(expected, analog.quantised()(images())) < 1e-3
    assert {layer.name for layer in analog.layers} == {"conv", "linear", "last"}
    assert norms(analog) == {}
    torch.testing.assert_close(model(images()), expected, rtol=0, atol=0)
    assert not isinstance(model.conv.weight, nn.Parameter)


def test_a_weight_that_is_standardised_at_each_call_stays_digital() -> None:
    class Standardised(nn.Conv2d):
        def forward(self, x: Tensor) -> Tensor:
            weight = self.weight - self.weight.mean((1, 2, 3), keepdim=True)
            return functional.conv2d(x, weight, self.bias, padding=1)

    model = small(plain)
    model.conv = Standardised(3, 4, 3)
    analog = same(model)
    assert analog.report().layers[0].note == "used by mean, sub"


def test_paths_chosen_by_values_are_all_right() -> None:
    def code(m: Small, x: Tensor) -> Tensor:
        x = m.conv(x)
        return ends(m, m.norm(x) if x.mean() > 0 else x)

    model = small(code)
    network = same(model).quantised()
    for shift in (-5, 5):
        assert deviation(model.eval()(images() + shift), network(images() + shift)) < 1e-3


def test_a_norm_after_two_layers_stays_digital() -> None:
    def code(m: Small, x: Tensor) -> Tensor:
        return ends(m, m.norm(m.conv(x)) + m.norm(m.get_submodule("other")(x)))

    model = small(code)
    model.other = nn.Conv2d(3, 4, 1)
    assert norms(same(model)) == {"norm": "it follows several layers"}


def test_a_tied_autoencoder_is_right_and_refused_with_converters() -> None:
    def code(m: Small, x: Tensor) -> Tensor:
        hidden = torch.relu(m.last(m.conv(x).mean((2, 3))))
        return functional.linear(hidden, m.last.weight.t())

    same(small(code), converters=False)
    with pytest.raises(NetworkError, match="layer last is used transposed or in part"):
        to_analog(small(code), EXACT, converters=FINE, calibration=images())


def test_outputs_of_any_structure_are_compared_and_inputs_changed_in_place_do_no_harm() -> None:
    def code(m: Small, x: Tensor) -> Any:
        x = x.relu_()
        return {"logits": plain(m, x), "more": [None, (m.conv(x), 3)]}

    same(small(code))


class Rememberer(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.layer, self.calls = nn.Linear(4, 3), 0

    def forward(self, x: Tensor) -> Tensor:
        self.calls += 1
        outputs: Tensor = self.layer(x)
        return outputs * self.calls


def refused(model: nn.Module, match: str, *example: Any, **options: Any) -> None:
    with pytest.raises(NetworkError, match=match) as caught:
        to_analog(model, EXACT, example=example or None, **options)
    sentence = str(caught.value)
    assert "\n" not in sentence
    assert sentence.endswith(".")


def test_what_cannot_be_converted_is_refused_by_name_in_a_sentence() -> None:
    rng = np.random.default_rng(0)
    refused(
        small(lambda m, x: plain(m, x) * float(rng.normal())),
        "Small gives other outputs at each call",
        images(),
    )
    refused(Rememberer(), "gives other outputs at each call", torch.randn(3, 4))
    capturing = small(plain)
    capturing.conv.register_forward_hook(lambda _m, x, _y: capturing.conv.forward(x[0]) * 2)
    refused(capturing, r"computes with conv\.weight of the original", images())
    hidden = small(plain)
    hidden.code = lambda m, x: plain(m, x) + hidden_layers[0](x.mean((2, 3)))
    hidden_layers = [nn.Linear(3, 5)]
    refused(hidden, "a weight of 5 × 3 that is none of its parameters", images())
    broken = small(plain)
    nn.init.constant_(broken.linear.weight, torch.nan)
    refused(broken, "Layer linear has weights that are not finite", images())
    refused(nn.Sequential(nn.LazyLinear(3)), "Layer 0 has no weight yet", torch.ones(1, 2))
    refused(nn.Linear(3, 2, device="meta"), "Linear has its weight on the meta device")
    with pytest.warns(DeprecationWarning):
        traced: Any = torch.jit.trace(nn.Linear(3, 2), torch.ones(1, 3))  # type: ignore[no-untyped-call]
    refused(traced, "compiled by torch.jit")
    refused(small(plain), "Small cannot compute its example", torch.randn(2, 5, 6, 6))
    refused(small(lambda m, x: plain(m, x)[:0].tolist()), "returns no tensors", images())
    refused(small(lambda m, x, y: plain(m, x + y.nothing)), "cannot be guessed")


def test_inputs_are_guessed_for_two_images_words_and_sequences() -> None:
    class Two(nn.Bilinear):
        def __init__(self) -> None:
            super().__init__(3, 4, 5)
            self.first, self.second = nn.Linear(6, 3), nn.Linear(6, 4)

        def forward(self, first: Tensor, second: Tensor) -> Tensor:
            return super().forward(self.first(first), self.second(second))

    for model in (
        Two(),
        nn.Sequential(nn.Embedding(7, 4), nn.Flatten(), nn.Linear(64, 3)),
        nn.Sequential(nn.Conv2d(1, 4, 5), nn.Flatten(), nn.Linear(4 * 24 * 24, 3)),
        nn.LSTM(5, 4),
    ):
        assert to_analog(model, EXACT).device_count > 0


def test_code_that_cannot_be_followed_is_found_and_stays_digital() -> None:
    def product(x: Tensor, weight: Tensor) -> Tensor:
        return torch.from_numpy(x.numpy() @ weight.numpy().T)

    analog = same(small(lambda m, x: product(m.conv(x).mean((2, 3)), m.last.weight.detach())))
    assert analog.report().layers[2].note == "used by code that cannot be followed"


def test_packed_sequences_are_right_and_refused_with_converters() -> None:
    packed = nn.utils.rnn.pack_padded_sequence(torch.randn(5, 2, 4), torch.tensor([5, 3]))
    model = nn.LSTM(4, 3)
    analog = to_analog(model, EXACT, 16, example=torch.randn(5, 2, 4))
    expected, got = (network(packed)[0].data for network in (model, analog.quantised()))
    assert deviation(expected, got) < 1e-3
    fine = to_analog(model, EXACT, converters=FINE, calibration=torch.randn(5, 2, 4))
    with pytest.raises(NetworkError, match="packed sequence in a layer LSTM"):
        fine.programmed(0)(packed)


def test_noise_of_a_weight_used_in_another_way_later_is_refused() -> None:
    def code(m: Small, x: Tensor, other: bool = False) -> Tensor:
        return plain(m, x) + (m.last.weight.sum() if other else 0)

    analog = to_analog(small(code), ConductanceRange(read_std_S=1e-6), example=images())
    network = analog.programmed(0)
    network(images())
    with pytest.raises(NetworkError, match="weight of layer last is used by sum"):
        network(images(), other=True)


def test_layers_set_digital_keep_their_weights() -> None:
    model = small(plain)
    analog = to_analog(
        model, EXACT, 2, example=images(), settings={"last": LayerSettings(digital=True)}
    )
    assert torch.equal(analog.quantised().get_parameter("last.weight"), model.last.weight)


@pytest.mark.parametrize("what", ["weight", "bias", "running_mean"])
def test_a_norm_whose_tensors_the_network_reads_itself_stays(what: str) -> None:
    def code(m: Small, x: Tensor) -> Any:
        return plain(m, x) * getattr(m.norm, what).sum()

    analog = same(small(code), converters=False)
    assert norms(analog) == {"norm": "folding it changes the outputs of the network"}


def test_a_bias_that_is_used_elsewhere_too_keeps_its_norm() -> None:
    def code(m: Small, x: Tensor) -> Tensor:
        return plain(m, x) + m.conv.bias.sum()  # type: ignore[union-attr]

    assert set(norms(same(small(code)))) == {"norm"}


def test_outputs_that_compare_nothing_are_refused_or_compared_layer_by_layer() -> None:
    refused(
        small(lambda m, x: plain(m, x) / 0 * 0), "returns numbers that are not finite", images()
    )
    same(small(lambda m, x: plain(m, x) * 0))
    doubled = small(lambda m, x: functional.linear(m.conv(x).mean((2, 3)), m.last.weight * 2))
    setting = {"last": LayerSettings(bits=2)}
    refused(doubled, "No layer is called 'last': the layers are conv", images(), settings=setting)
    only = nn.Sequential(nn.Embedding(5, 3))
    refused(only, r"No weights of Sequential .* \(0\.weight: looked up\)")


def test_axes_that_are_not_images_are_left_whole() -> None:
    attention = nn.MultiheadAttention(8, 2)

    class Masked(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.attention = attention

        def forward(self, x: Tensor) -> Tensor:
            mask = torch.ones(4, 4, dtype=torch.bool).triu(1)
            outputs: Tensor = self.attention(x, x, x, attn_mask=mask)[0]
            return outputs

    same(Masked(), torch.randn(4, 3, 8))
    same(nn.Linear(6, 3), torch.randn(6))


def test_a_converted_network_is_converted_again() -> None:
    model = small(plain)
    once = to_analog(model, EXACT, 16, example=images())
    again = to_analog(once.quantised(), EXACT, 16, example=images())
    assert deviation(model.eval()(images()), again.quantised()(images())) < 1e-3


class Symmetric(nn.Module):
    """A parametrization: the upper triangle mirrored."""

    def forward(self, weight: Tensor) -> Tensor:
        return weight.triu() + weight.triu(1).transpose(-1, -2)


class Nested(nn.Module):
    """Lists of lists of layers, and activations that are lambdas."""

    def __init__(self) -> None:
        super().__init__()
        pairs = [nn.ModuleList([nn.Linear(5, 5), nn.Linear(5, 5)]) for _ in range(2)]
        self.groups = nn.ModuleList(pairs)

    def forward(self, x: Tensor) -> Tensor:
        activations: tuple[Callable[[Tensor], Tensor], ...] = (
            lambda v: v.tanh(),
            lambda v: v.sin(),
        )
        for group in self.groups:
            for layer, activation in zip(cast("Any", group), activations, strict=True):
                x = activation(layer(x))
        return x


class LastStep(nn.Module):
    """A bidirectional GRU whose last step and final states are both used."""

    def __init__(self) -> None:
        super().__init__()
        self.gru = nn.GRU(6, 7, 2, bidirectional=True, batch_first=True)
        self.last = nn.Linear(14, 3)

    def forward(self, x: Tensor) -> Tensor:
        steps, states = self.gru(x)
        outputs: Tensor = self.last(steps[:, -1]) + states.mean()
        return outputs


class Complex(nn.Module):
    def __init__(self, *, has_real: bool) -> None:
        super().__init__()
        self.mixing = nn.Parameter(torch.randn(4, 4, dtype=torch.cfloat))
        self.last = nn.Linear(4, 2) if has_real else nn.Identity()

    def forward(self, x: Tensor) -> Tensor:
        outputs: Tensor = self.last((x.to(torch.cfloat) @ self.mixing).abs())
        return outputs


def test_further_modules_are_converted_as_they_compute() -> None:
    torch.manual_seed(4)
    mirrored = nn.Sequential(nn.Linear(6, 6), nn.ReLU(), nn.Linear(6, 3))
    nn.utils.parametrize.register_parametrization(mirrored[0], "weight", Symmetric())
    same(mirrored, torch.randn(9, 6), converters=False)
    same(Nested(), torch.randn(9, 5))
    same(LastStep(), torch.randn(4, 5, 6))
    layer = nn.TransformerEncoderLayer(16, 4, 32, batch_first=True, norm_first=True)
    same(nn.TransformerEncoder(layer, 1, enable_nested_tensor=False), torch.randn(3, 5, 16))
    padded = nn.Conv2d(3, 4, 3, padding=1, padding_mode="reflect")
    circular = nn.Conv2d(4, 2, 3, padding="same", padding_mode="circular")
    same(nn.Sequential(padded, nn.BatchNorm2d(4), nn.ReLU(), circular), images())
    training = nn.Sequential(
        nn.Linear(8, 16), nn.BatchNorm1d(16), nn.Dropout(0.5), nn.Linear(16, 4)
    )
    training.train()(torch.randn(32, 8))
    assert same(training, torch.randn(6, 8)).folded.training is False
    analog = same(Complex(has_real=True), torch.randn(6, 4), converters=False)
    assert analog.converted.digital == {"mixing": "complex64 weights"}


def test_further_modules_are_refused_by_name() -> None:
    refused(Complex(has_real=False), "mixing of Complex is complex", torch.randn(6, 4))
    listed = Nested()
    kept = [
        lambda x, layer=layer: layer(x) for group in listed.groups for layer in cast("Any", group)
    ]
    listed.forward = lambda x: kept[1](kept[0](x))  # type: ignore[method-assign]
    refused(listed, r"groups\.0\.0\.weight of the original", torch.randn(9, 5))
    broken = nn.Linear(4, 2)
    broken.weight.data[0, 0] = torch.nan
    refused(broken, "The layer has weights that are not finite", torch.randn(3, 4))
