"""Folding batch norm changes nothing that is computed, and leaves what cannot be folded."""

from concurrent.futures import ThreadPoolExecutor

import pytest
import torch
from torch import Tensor, nn

from dwmtj.simulators.networks.crossbar.conversion.convert import Converted, convert
from dwmtj.simulators.networks.errors import NetworkError


class Branched(nn.Module):
    """Two norms that follow layers directly, one of an output that is used twice, one of a sum."""

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Conv2d(3, 8, 3, padding=1, bias=False)
        self.first_norm = nn.BatchNorm2d(8)
        self.second = nn.Conv2d(8, 8, 3, padding=1, groups=2)
        self.second_norm = nn.BatchNorm2d(8)
        self.sum_norm = nn.BatchNorm2d(8)
        self.last = nn.Linear(8, 5)
        self.last_norm = nn.BatchNorm1d(5)

    def forward(self, images: Tensor) -> Tensor:
        first = torch.relu(self.first_norm(self.first(images)))
        second = self.second(first)
        both = self.sum_norm(second + first) + self.second_norm(second)
        outputs: Tensor = self.last_norm(self.last(both.mean(dim=(2, 3))))
        return outputs


class Untraceable(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.layer, self.norm = nn.Linear(4, 4), nn.BatchNorm1d(4)

    def forward(self, inputs: Tensor) -> Tensor:
        outputs: Tensor = self.norm(self.layer(inputs))
        return outputs if float(inputs.sum()) > 0 else -outputs


def trained(model: nn.Module, shape: tuple[int, ...]) -> nn.Module:
    """Give the batch norms statistics and affine maps that are not the identity."""
    torch.manual_seed(3)
    for module in model.modules():
        if isinstance(module, nn.BatchNorm1d | nn.BatchNorm2d | nn.BatchNorm3d):
            nn.init.uniform_(module.weight, 0.3, 2)
            nn.init.uniform_(module.bias, -1, 1)
    for _ in range(20):
        model(2 * torch.randn(shape) + 0.5)
    return model.eval()


def folded(model: nn.Module, inputs: Tensor) -> Converted:
    converted, _ = convert(model, inputs, fold=True)
    return converted


def norms(network: nn.Module) -> set[str]:
    kinds = (nn.BatchNorm1d, nn.BatchNorm2d)
    return {name for name, part in network.named_modules() if isinstance(part, kinds)}


def test_the_folded_network_computes_the_same_to_rounding() -> None:
    model = trained(Branched(), (32, 3, 6, 6)).double()
    images = torch.randn(16, 3, 6, 6, dtype=torch.float64)
    got = folded(model, images).network
    torch.testing.assert_close(got(images), model(images), rtol=1e-12, atol=1e-12)


def test_norms_that_follow_a_layer_alone_are_gone_and_the_others_say_why() -> None:
    converted = folded(trained(Branched(), (32, 3, 6, 6)), torch.randn(2, 3, 6, 6))
    assert norms(converted.network) == {"second_norm", "sum_norm"}
    assert dict(converted.staying) == {
        "second_norm": "the output of second is used elsewhere, too",
        "sum_norm": "it does not follow a layer directly",
    }
    assert isinstance(converted.network.get_submodule("first"), nn.Conv2d)
    assert isinstance(converted.network.get_submodule("last"), nn.Linear)


def test_the_model_itself_is_left_alone() -> None:
    model = trained(Branched(), (32, 3, 6, 6)).train()
    before = {name: value.clone() for name, value in model.state_dict().items()}
    folded(model, torch.randn(2, 3, 6, 6))
    assert model.training
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())


def test_a_layer_that_is_called_twice_keeps_its_norm() -> None:
    class Twice(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.layer, self.norm = nn.Linear(4, 4), nn.BatchNorm1d(4)

        def forward(self, inputs: Tensor) -> Tensor:
            outputs: Tensor = self.layer(self.norm(self.layer(inputs)))
            return outputs

    model = trained(Twice(), (32, 4))
    inputs = torch.randn(8, 4)
    converted = folded(model, inputs)
    torch.testing.assert_close(converted.network(inputs), model(inputs))
    assert dict(converted.staying) == {"norm": "the weight of layer is used elsewhere, too"}


def test_a_network_that_looks_at_values_keeps_its_norms_and_both_its_paths() -> None:
    model = trained(Untraceable(), (32, 4))
    inputs = torch.ones(8, 4)
    converted = folded(model, inputs)
    assert "looks at values (__float__)" in converted.staying["norm"]
    for given in (inputs, -inputs):
        torch.testing.assert_close(converted.network(given), model(given))


@pytest.mark.parametrize("groups", [1, 3])
@pytest.mark.parametrize("kind", [nn.Conv1d, nn.Conv3d, nn.ConvTranspose1d, nn.ConvTranspose2d])
def test_every_kind_of_layer_takes_its_batch_norm(kind: type[nn.Module], groups: int) -> None:
    axes = int(kind.__name__[-2])
    norm = (nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d)[axes - 1](12)
    layer = kind(6, 12, 3, stride=2, groups=groups)
    model = trained(nn.Sequential(layer, norm), (16, 6, *[7] * axes)).double()
    inputs = torch.randn(4, 6, *[7] * axes, dtype=torch.float64)
    converted = folded(model, inputs)
    assert not converted.staying
    torch.testing.assert_close(converted.network(inputs), model(inputs))


class ByShape(nn.Module):
    """The output of the layer is used a second time for long inputs."""

    def __init__(self) -> None:
        super().__init__()
        self.layer, self.norm = nn.Conv1d(2, 4, 3), nn.BatchNorm1d(4)

    def forward(self, inputs: Tensor) -> Tensor:
        outputs = self.layer(inputs)
        normalised: Tensor = self.norm(outputs)
        return normalised + outputs if inputs.shape[-1] > 10 else normalised


def test_a_path_that_the_example_did_not_take_is_refused_where_a_norm_was_folded() -> None:
    model = trained(ByShape(), (16, 2, 8))
    short, long = torch.randn(2, 2, 8), torch.randn(2, 2, 12)
    network = folded(model, short).network
    torch.testing.assert_close(network(short), model(short))
    replaced = folded(model, short).network
    replaced.set_submodule("layer", nn.Sequential(nn.Identity(), replaced.get_submodule("layer")))
    torch.testing.assert_close(replaced(short), model(short))  # by another library, say
    for _ in range(2):
        with pytest.raises(NetworkError, match=r"takes another path than its example: .* layer"):
            network(long)
    torch.testing.assert_close(folded(model, long).network(long), model(long))
    torch.testing.assert_close(network(short), model(short))


def test_threads_and_failing_calls_leave_each_other_alone() -> None:
    model = trained(ByShape(), (16, 2, 8))
    network = folded(model, torch.randn(2, 2, 8)).network

    def call(length: int) -> None:
        with torch.no_grad():
            inputs = torch.randn(2, 2, length)
            torch.testing.assert_close(network(inputs), model(inputs))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(call, [4 + number % 6 for number in range(24)]))
    for _ in range(2):
        with pytest.raises(RuntimeError, match="channels"):
            network(torch.randn(2, 3, 8))
    call(9)
