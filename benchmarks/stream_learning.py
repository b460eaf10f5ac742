"""Training steps a second of the stream-learning network, beside plain PyTorch on one thread.

The peer is `dwmtj.simulators.networks.stream_learning.pytorch_reference`: the same network and
update in eager PyTorch, float32, one parameter at a time. Both learn the same subsets in turns;
what limits the fast one is shown as the time of each of its parts alone.
"""

import statistics
import time
from collections.abc import Callable

import numpy as np
import torch

from dwmtj.simulators.networks import load_images
from dwmtj.simulators.networks.stream_learning.network import StreamNetwork
from dwmtj.simulators.networks.stream_learning.pytorch_reference import PlainNetwork
from dwmtj.simulators.networks.stream_learning.settings import StreamSetup
from dwmtj.simulators.networks.stream_learning.training import StreamData, stream_data
from dwmtj.simulators.networks.stream_learning.update import corrections, pulse_levels, rule_of

ROUNDS, STEPS = 9, 30
SUBSETS, EPOCHS = 3, 10
TARGET = 3.0


def seconds(step: Callable[[], object], steps: int = STEPS) -> float:
    """Return the seconds of one step, the mean of some."""
    start = time.perf_counter()
    for _ in range(steps):
        step()
    return (time.perf_counter() - start) / steps


def accuracies(data: StreamData, setup: StreamSetup) -> tuple[float, float]:
    """Return what both reach on the test images after a few subsets."""
    fast = StreamNetwork(setup, np.random.default_rng(0))
    plain = PlainNetwork(setup, torch.Generator().manual_seed(0))
    order = np.random.default_rng(1)
    for subset in range(SUBSETS):
        for _ in range(EPOCHS):
            shuffled = order.permutation(setup.subset_images) + subset * setup.subset_images
            for chosen in shuffled.reshape(-1, setup.batch):
                images, labels = data.train_images[chosen], data.train_labels[chosen]
                fast.train(images, labels)
                plain.train(images.float(), torch.from_numpy(labels))
    right = torch.from_numpy(data.test_labels)
    return (
        fast.accuracy(data.test_images, data.test_labels, data.train_images[:1000]),
        plain.accuracy(data.test_images.float(), right),
    )


def parts(network: StreamNetwork, images: torch.Tensor) -> dict[str, float]:
    """Return the seconds of a step's matrix products and of its updates alone."""
    inputs = [images, *(torch.from_numpy(layer.active) for layer in network.layers[:-1])]
    rule = rule_of(network.setup)
    rate, square = corrections(rule, network.setup.learning_rate, 100)
    keys = np.array([1, 2], dtype=np.uint32)

    def products() -> None:
        for number, (layer, active) in enumerate(zip(network.layers, inputs, strict=True)):
            layer.sums(active)
            torch.mm(layer.back.T, active.to(torch.bfloat16))
            if number:
                layer.slope_of_input()

    def updates() -> None:
        for layer in network.layers:
            arrays = (layer.weight, layer.m, layer.v, layer.gradient(), layer.read)
            weight, m, v, gradient, read = (array.reshape(-1) for array in arrays)
            flat = (weight, m, v, gradient, read)
            pulse_levels(*flat, rule, rate, square, np.float32(0), *keys)

    return {"matrix products": seconds(products), "updates": seconds(updates)}


def main() -> None:
    """Print the medians of interleaved rounds, their ratio, and what a fast step consists of."""
    torch.set_num_threads(1)
    setup = StreamSetup(level_encoding="weight")  # at 0 plain PyTorch has no comparator that holds
    data = stream_data(load_images("fashion-mnist"), setup)
    images, labels = data.train_images[:100], data.train_labels[:100]
    floats, targets = images.float(), torch.from_numpy(labels)
    fast = StreamNetwork(setup, np.random.default_rng(0))
    plain = PlainNetwork(setup, torch.Generator().manual_seed(0))
    fast.train(images, labels)
    ratios, fast_s, plain_s, shares = [], [], [], []
    for _ in range(ROUNDS):
        plain_s.append(seconds(lambda: plain.train(floats, targets)))
        fast_s.append(seconds(lambda: fast.train(images, labels)))
        ratios.append(plain_s[-1] / fast_s[-1])
        shares.append({k: s / fast_s[-1] for k, s in parts(fast, images).items()})
    print(
        f"stream learning, one thread: {1 / statistics.median(fast_s):.0f} steps/s, plain PyTorch "
        f"{1 / statistics.median(plain_s):.0f} steps/s; ratio {statistics.median(ratios):.1f}, "
        f"target ≥ {TARGET:.0f}"
    )
    told = ", ".join(
        f"{name} {100 * statistics.median(share[name] for share in shares):.0f} %"
        for name in shares[0]
    )
    print(f"stream learning, of a step: {told}")
    ours, theirs = accuracies(data, setup)
    print(
        f"stream learning, {SUBSETS} subsets × {EPOCHS} epochs: {100 * ours:.1f} %, plain PyTorch "
        f"{100 * theirs:.1f} %"
    )


if __name__ == "__main__":
    main()
