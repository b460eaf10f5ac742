from dataclasses import asdict

import numpy as np
import numpy.typing as npt
import pytest
import torch

from dwmtj.simulators.networks.stream_learning.network import StreamNetwork, as_input
from dwmtj.simulators.networks.stream_learning.pytorch_reference import PlainNetwork
from dwmtj.simulators.networks.stream_learning.settings import StreamSetup

SMALL = StreamSetup(hidden=64, batch=50, subset_images=200, epochs=15, subsets=1)


def stripes(count: int, seed: int) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.int64]]:
    """Images of ten classes, a bright bar at a place of its own for each, in noise."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 10, count)
    images = rng.integers(0, 120, (count, 28, 28)).astype(np.uint8)
    for image, label in zip(images, labels, strict=True):
        image[2 * label : 2 * label + 4] += 100
    return images, labels


def learnt(setup: StreamSetup, seed: int) -> StreamNetwork:
    images, labels = stripes(setup.subset_images, 1)
    inputs = as_input(images)
    network = StreamNetwork(setup, np.random.default_rng(seed))
    for _ in range(setup.epochs):
        order = network.rng.permutation(len(labels)).reshape(-1, setup.batch)
        for chosen in order:
            network.train(inputs[torch.from_numpy(chosen)], labels[chosen])
    return network


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"levels": None},
        {"levels": 32, "binarised": False, "width_ratio": 1.0, "asymmetry": 1.0},
        {"statistics": "subset"},
    ],
)
def test_a_small_slice_learns(values: dict[str, object]) -> None:
    setup = StreamSetup(**{**asdict(SMALL), **values})
    images, labels = stripes(500, 2)
    network = learnt(setup, 0)
    subset = as_input(stripes(setup.subset_images, 1)[0])
    assert network.accuracy(as_input(images), labels, subset) > 0.7


def test_a_seed_gives_the_same_weights() -> None:
    first, again, other = (learnt(SMALL, seed) for seed in (0, 0, 1))
    for a, b, c in zip(first.layers, again.layers, other.layers, strict=True):
        np.testing.assert_array_equal(a.weight, b.weight)
        assert (a.weight != c.weight).mean() > 0.2


def test_the_gradients_are_those_of_autograd() -> None:
    """Equal to within what bfloat16 leaves of a gradient, 2⁻⁸ of its size in each product."""
    setup = StreamSetup(level_encoding="weight", hidden=64, batch=100)
    images, labels = stripes(100, 3)
    fast = StreamNetwork(setup, np.random.default_rng(0))
    plain = PlainNetwork(setup, torch.Generator())
    for layer, weight in zip(fast.layers, plain.weights, strict=True):
        weight.data = torch.from_numpy(layer.weight.copy())
    loss = fast.train(as_input(images), labels)
    plain_loss = plain.train(as_input(images).float(), torch.from_numpy(labels))
    assert loss == pytest.approx(plain_loss, rel=1e-5)
    for layer, m, mean in zip(fast.layers, plain.m, plain.running, strict=True):
        summed = m.numpy() * setup.batch
        difference = np.linalg.norm(layer.m - summed) / np.linalg.norm(summed)
        assert difference < 0.02
        np.testing.assert_allclose(layer.running_mean, mean[0], rtol=1e-3, atol=1e-3)


def test_both_networks_learn_alike() -> None:
    images, labels = stripes(SMALL.subset_images, 1)
    test_images, test_labels = stripes(500, 2)
    plain = PlainNetwork(SMALL, torch.Generator().manual_seed(0))
    inputs, targets = as_input(images).float(), torch.from_numpy(labels)
    for _ in range(SMALL.epochs):
        for chosen in torch.randperm(len(labels)).reshape(-1, SMALL.batch):
            plain.train(inputs[chosen], targets[chosen])
    reached = plain.accuracy(as_input(test_images).float(), torch.from_numpy(test_labels))
    fast = learnt(SMALL, 0).accuracy(as_input(test_images), test_labels, as_input(images))
    assert reached > 0.7
    assert fast > 0.7


def test_a_restored_network_goes_on_as_the_original() -> None:
    images, labels = stripes(50, 4)
    inputs = as_input(images)
    original = learnt(SMALL, 0)
    copy = StreamNetwork(SMALL, np.random.default_rng(9))
    copy.restore(original.state())
    for network in (original, copy):
        for _ in range(3):
            network.train(inputs, labels)
    for a, b in zip(original.layers, copy.layers, strict=True):
        for (name, one), (_, other) in zip(a.kept(), b.kept(), strict=True):
            np.testing.assert_array_equal(one, other, err_msg=name)


def test_products_of_readouts_are_exact() -> None:
    rng = np.random.default_rng(5)
    network = StreamNetwork(StreamSetup(), rng)
    images = as_input(rng.integers(0, 256, (20, 28, 28)).astype(np.uint8))
    layer = network.layers[0]
    expected = images.numpy().astype(int) @ layer.read.astype(int).T
    np.testing.assert_array_equal(layer.sums(images).numpy(), expected)
