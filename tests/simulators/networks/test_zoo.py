"""Public architectures, rebuilt small from their papers: on many levels they compute the same."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from dwmtj.simulators.networks.crossbar.conversion.comparison import deviation
from dwmtj.simulators.networks.crossbar.devices import ConductanceRange
from dwmtj.simulators.networks.crossbar.network import to_analog
from dwmtj.tests.simulators.networks.zoo import mobile, plain, residual, sequences

EXACT = ConductanceRange(std_S=0)
IMAGES, GREY, WORDS = (3, 16, 16), (1, 28, 28), "words"
LARGE = (3, 32, 32)

ZOO: dict[str, tuple[Callable[[], nn.Module], Any]] = {
    "LeNet-5": (plain.lenet, GREY),
    "AlexNet": (plain.alexnet, LARGE),
    "VGG-11": (plain.vgg, LARGE),
    "network in network": (plain.network_in_network, IMAGES),
    "SqueezeNet": (plain.squeezenet, LARGE),
    "GoogLeNet": (plain.GoogLeNet, IMAGES),
    "DenseNet": (plain.DenseNet, IMAGES),
    "Xception": (plain.xception, IMAGES),
    "ResNet, basic": (partial(residual.ResNet, residual.BasicBlock), IMAGES),
    "ResNet, padded shortcuts": (partial(residual.ResNet, residual.PaddedBlock), IMAGES),
    "ResNet, bottleneck": (partial(residual.ResNet, residual.Bottleneck, depth=1), IMAGES),
    "ResNet, pre-activation": (partial(residual.ResNet, residual.PreActivation), IMAGES),
    "WideResNet": (
        partial(residual.ResNet, partial(residual.PreActivation, dropout=0.3), 8, depth=1),
        IMAGES,
    ),
    "ResNeXt": (partial(residual.ResNet, residual.ResNeXtBlock, depth=1), IMAGES),
    "SE-ResNet": (partial(residual.ResNet, residual.SqueezeExcitation), IMAGES),
    "U-Net": (residual.UNet, IMAGES),
    "autoencoder": (residual.autoencoder, IMAGES),
    "MobileNet": (mobile.mobilenet_v1, IMAGES),
    "MobileNetV2": (mobile.mobilenet_v2, IMAGES),
    "MobileNetV3": (mobile.mobilenet_v3, IMAGES),
    "EfficientNet": (mobile.efficientnet, IMAGES),
    "ShuffleNet": (mobile.shufflenet_v1, IMAGES),
    "ShuffleNetV2": (mobile.shufflenet_v2, IMAGES),
    "ConvMixer": (mobile.convmixer, IMAGES),
    "MLP-Mixer": (sequences.MLPMixer, IMAGES),
    "vision transformer": (sequences.VisionTransformer, IMAGES),
    "Swin": (sequences.Swin, IMAGES),
    "GPT": (sequences.GPT, WORDS),
    "LSTM": (partial(sequences.RecurrentClassifier, nn.LSTM), WORDS),
    "GRU": (partial(sequences.RecurrentClassifier, nn.GRU), WORDS),
    "TCN": (sequences.tcn, (3, 20)),
    "PointNet": (sequences.PointNet, (3, 25)),
    "Siamese": (sequences.Siamese, ((1, 12, 12), (1, 12, 12))),
}


def made(name: str) -> tuple[nn.Module, tuple[Tensor, ...]]:
    """Return a network whose batch norms do something, and inputs."""
    torch.manual_seed(1)
    make, kind = ZOO[name]
    network = make()
    for part in network.modules():
        if isinstance(part, nn.BatchNorm1d | nn.BatchNorm2d):
            nn.init.uniform_(part.weight, 0.5, 1.5)
            nn.init.uniform_(part.bias, -0.3, 0.3)
            nn.init.uniform_(part.get_buffer("running_mean"), -0.3, 0.3)
            nn.init.uniform_(part.get_buffer("running_var"), 0.5, 1.5)
    if kind == WORDS:
        return network, (torch.randint(20, (3, 12)),)
    shapes = kind if isinstance(kind[0], tuple) else (kind,)
    return network, tuple(torch.randn(3, *shape) for shape in shapes)


@pytest.mark.parametrize("name", ZOO)
def test_a_public_network_on_many_levels_computes_what_it_did_before(name: str) -> None:
    network, inputs = made(name)
    analog = to_analog(network, EXACT, bits=16, example=inputs)
    network.eval()
    with torch.no_grad():
        assert deviation(network(*inputs), analog.quantised()(*inputs)) < 1e-3
        assert deviation(network(*inputs), analog.programmed(0)(*inputs)) < 1e-3


# What remains digital of each, by count: embeddings, positions, tables, batch norms.
DIGITAL = {
    "vision transformer": {"token", "position"},
    "Swin": {"blocks.0.table", "blocks.1.table"},
    "GPT": {"places"},
    "LSTM": {"words"},
    "GRU": {"words"},
}
KEPT_NORMS = {
    "DenseNet": 5,
    "ResNet, pre-activation": 6,
    "WideResNet": 3,
    "ConvMixer": 5,
}


@pytest.mark.parametrize("name", ZOO)
def test_all_but_embeddings_and_positions_is_on_devices_and_norms_are_folded(name: str) -> None:
    network, inputs = made(name)
    analog = to_analog(network, EXACT, bits=4, example=inputs)
    found = analog.report()
    digital = {layer.name for layer in found.layers if not layer.devices}
    assert digital == DIGITAL.get(name, set())
    assert len(found.digital_norms) == KEPT_NORMS.get(name, 0)
    on_devices = sum(layer.multiply_adds for layer in found.layers)
    assert 0 < on_devices <= found.multiply_adds
