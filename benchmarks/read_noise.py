"""Read noise of ResNet-20's layers: one number for each output beside one for each device read.

Every pair of devices that an output reads adds noise of its own, σ n_ij x_j. The plain way draws
n_ij for each of them, image by image; the same in law is one number of variance σ² Σ x_j² for each
output (tests/simulators/networks/test_analog.py holds one to the other). Both ways compute the
noise alone, on one thread, of the layers' true inputs for a few images, in turns.
"""

import statistics
import time
from collections.abc import Callable
from functools import partial

import numpy as np
import torch
from threadpoolctl import threadpool_limits
from torch import Tensor
from torch.nn.functional import unfold

from dwmtj.simulators.networks import load_images
from dwmtj.simulators.networks.crossbar.devices import ConductanceRange
from dwmtj.simulators.networks.crossbar.layer_kinds import Product
from dwmtj.simulators.networks.crossbar.layers import AnalogArray
from dwmtj.simulators.networks.crossbar.network import to_analog
from dwmtj.simulators.networks.resnet.pretrained import RESNET20
from dwmtj.simulators.networks.resnet.weights_file import load_weights

ROUNDS, IMAGES, WINDOWS = 5, 20, 64
TARGET = 100.0


def arrays_and_products(images: Tensor) -> list[tuple[AnalogArray, Product]]:
    """Return the network's noisy arrays, and the products that they are read for."""
    network = to_analog(
        load_weights(RESNET20).network, ConductanceRange(read_std_S=1e-6)
    ).programmed(0)
    given: list[tuple[AnalogArray, Product]] = []

    def read(array: AnalogArray, product: Product, *_: int) -> Tensor:
        given.append((array, product))
        return product.with_bias(product.of(product.inputs))

    for part in network.modules():
        if isinstance(part, AnalogArray):
            part.read = partial(read, part)  # type: ignore[method-assign]
    network(images)
    return given


def at_outputs(array: AnalogArray, product: Product, like: Tensor) -> Tensor:
    """Return the noise of all outputs, a number for each."""
    array.begin()
    return array.read_noise(product, product.inputs, like, 0, IMAGES)


def by_device(
    array: AnalogArray, product: Product, rng: np.random.Generator
) -> tuple[Tensor, float]:
    """Return the noise of some windows of one image, and which share of its outputs they are."""
    read = windows_of(product)
    some = read[: min(WINDOWS, len(read))]
    outputs = product.weight.shape[0]
    draws = torch.from_numpy(rng.standard_normal((len(some), outputs, some.shape[1]), np.float32))
    noise = torch.bmm(draws, some[:, :, None])[:, :, 0] * array.get_buffer("read_std")
    return noise, len(some) / len(read)


def windows_of(product: Product) -> Tensor:
    """Return what each place of the first image's outputs reads, (places, devices of an output)."""
    if not product.kind.axes:
        return product.inputs[:1]
    stride, padding = product.rest[:2]
    windows = unfold(product.inputs[:1], product.weight.shape[2:], 1, padding, stride)
    return windows[0].T.contiguous()


def main() -> None:
    """Print the medians of interleaved rounds and their ratio."""
    torch.set_num_threads(1)
    torch.set_grad_enabled(False)
    images = torch.from_numpy(load_images("cifar-100").test_images[:IMAGES]).float() / 255
    rng = np.random.default_rng(0)
    given = arrays_and_products(images)
    likes = [product.of(product.inputs) for _, product in given]

    def seconds(work: Callable[[], object]) -> float:
        start = time.perf_counter()
        work()
        return time.perf_counter() - start

    outputs_s, devices_s, draws_s = [], [], []
    with threadpool_limits(1):
        for _ in range(ROUNDS):
            fast = slow = drawn = 0.0
            for (array, product), like in zip(given, likes, strict=True):
                fast += seconds(lambda: at_outputs(array, product, like)) / IMAGES  # noqa: B023
                drawn += seconds(lambda: rng.standard_normal(like.shape, np.float32)) / IMAGES  # noqa: B023
                start = time.perf_counter()
                share = by_device(array, product, rng)[1]
                slow += (time.perf_counter() - start) / share
            outputs_s.append(fast)
            devices_s.append(slow)
            draws_s.append(drawn)
    ratio = statistics.median(s / f for s, f in zip(devices_s, outputs_s, strict=True))
    share = statistics.median(d / f for d, f in zip(draws_s, outputs_s, strict=True))
    print(
        f"read noise of ResNet-20, one image, one thread: {1e3 * statistics.median(outputs_s):.1f} "
        f"ms at the outputs, {statistics.median(devices_s):.2f} s device by device; ratio "
        f"{ratio:.0f}, target ≥ {TARGET:.0f}; of it random numbers {100 * share:.0f} %"
    )


if __name__ == "__main__":
    main()
