"""Folding batch norm changes nothing that is computed, and leaves what cannot be folded."""

import pytest
import torch
from torch import Tensor, nn

from dwmtj.simulators.networks.crossbar.folding import fold_batch_norm
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
        if isinstance(module, nn.BatchNorm1d | nn.BatchNorm2d):
            nn.init.uniform_(module.weight, 0.3, 2)
            nn.init.uniform_(module.bias, -1, 1)
    for _ in range(20):
        model(2 * torch.randn(shape) + 0.5)
    return model.eval()


def test_the_folded_network_computes_the_same_to_rounding() -> None:
    model = trained(Branched(), (32, 3, 6, 6)).double()
    images = torch.randn(16, 3, 6, 6, dtype=torch.float64)
    folded = fold_batch_norm(model)
    torch.testing.assert_close(folded(images), model(images), rtol=1e-12, atol=1e-12)


def test_norms_that_follow_a_layer_alone_are_gone_and_layers_keep_their_names() -> None:
    folded = fold_batch_norm(trained(Branched(), (32, 3, 6, 6)))
    left = {name for name, part in folded.named_modules() if "norm" in name}
    assert left == {"second_norm", "sum_norm"}
    assert isinstance(folded.get_submodule("first"), nn.Conv2d)
    assert isinstance(folded.get_submodule("last"), nn.Linear)


def test_the_model_itself_is_left_alone() -> None:
    model = trained(Branched(), (32, 3, 6, 6)).train()
    before = {name: value.clone() for name, value in model.state_dict().items()}
    fold_batch_norm(model)
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
    torch.testing.assert_close(fold_batch_norm(model)(inputs), model(inputs))


def test_a_model_that_cannot_be_traced_is_refused_in_a_sentence() -> None:
    with pytest.raises(NetworkError, match=r"norms of Untraceable follow cannot be traced"):
        fold_batch_norm(Untraceable())
