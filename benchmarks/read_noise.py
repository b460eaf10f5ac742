"""Read noise of ResNet-20's layers: one number for each output beside one for each device read.

Every pair of devices that an output reads adds noise of its own, σ n_ij x_j. The plain way draws
n_ij for each of them, image by image; the same in law is one number of variance σ² Σ x_j² for each
output (tests/simulators/networks/test_analog.py holds one to the other). Both ways compute the
noise alone, on one thread, of the layers' true inputs for a few images, in turns.
"""

import statistics
import time
from collections.abc import Callable

import numpy as np
import torch
from threadpoolctl import threadpool_limits
from torch import Tensor, nn
from torch.nn.functional import unfold

from dwmtj.simulators.networks import load_images
from dwmtj.simulators.networks.crossbar.devices import ConductanceRange
from dwmtj.simulators.networks.crossbar.layers import AnalogLayer
from dwmtj.simulators.networks.crossbar.network import to_analog
from dwmtj.simulators.networks.resnet.pretrained import RESNET20
from dwmtj.simulators.networks.resnet.weights_file import load_weights

ROUNDS, IMAGES, WINDOWS = 5, 20, 64
TARGET = 100.0


def layers_and_inputs(images: Tensor) -> list[tuple[AnalogLayer, Tensor]]:
    """Return the network's noisy layers, and what each of them is given."""
    network = to_analog(
        load_weights(RESNET20).network, ConductanceRange(read_std_S=1e-6)
    ).programmed(0)
    given: list[tuple[AnalogLayer, Tensor]] = []
    for part in network.modules():
        if isinstance(part, AnalogLayer):
            part.register_forward_hook(lambda layer, inputs, _: given.append((layer, inputs[0])))
    network(images)
    return given


def at_outputs(layer: AnalogLayer, inputs: Tensor, like: Tensor) -> Tensor:
    """Return the noise of all outputs, a number for each."""
    layer.begin(0)
    return layer.read_noise(inputs, like)


def by_device(layer: AnalogLayer, inputs: Tensor, rng: np.random.Generator) -> tuple[Tensor, float]:
    """Return the noise of some windows of one image, and which share of its outputs they are."""
    read = windows_of(layer.layer, inputs)
    some = read[: min(WINDOWS, len(read))]
    outputs = layer.layer.weight.shape[0]
    draws = torch.from_numpy(rng.standard_normal((len(some), outputs, some.shape[1]), np.float32))
    noise = torch.bmm(draws, some[:, :, None])[:, :, 0] * layer.get_buffer("read_std")
    return noise, len(some) / len(read)


def windows_of(layer: nn.Linear | nn.Conv2d, inputs: Tensor) -> Tensor:
    """Return what each place of the first image's outputs reads, (places, devices of an output)."""
    if isinstance(layer, nn.Linear):
        return inputs[:1]
    padding, stride = layer.padding, layer.stride
    return unfold(inputs[:1], layer.kernel_size, 1, padding, stride)[0].T.contiguous()  # type: ignore[arg-type]


def main() -> None:
    """Print the medians of interleaved rounds and their ratio."""
    torch.set_num_threads(1)
    torch.set_grad_enabled(False)
    images = torch.from_numpy(load_images("cifar-100").test_images[:IMAGES]).float() / 255
    rng = np.random.default_rng(0)
    given = layers_and_inputs(images)
    likes = [layer.layer(inputs) for layer, inputs in given]

    def seconds(work: Callable[[], object]) -> float:
        start = time.perf_counter()
        work()
        return time.perf_counter() - start

    outputs_s, devices_s, draws_s = [], [], []
    with threadpool_limits(1):
        for _ in range(ROUNDS):
            fast = slow = drawn = 0.0
            for (layer, inputs), like in zip(given, likes, strict=True):
                fast += seconds(lambda: at_outputs(layer, inputs, like)) / IMAGES  # noqa: B023
                drawn += seconds(lambda: rng.standard_normal(like.shape, np.float32)) / IMAGES  # noqa: B023
                start = time.perf_counter()
                share = by_device(layer, inputs, rng)[1]
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
