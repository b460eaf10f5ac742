"""Images a second of ResNet-20 on devices, and programmings a second, beside CrossSim.

Both have pairs of devices with 128 levels, the straight synapse's error and no converters, on one
thread, in seconds of the processor. A programming is compiled here to plain weights, batch norm
folded, bfloat16, channels-last. The weights are the trained ones that come along.
"""

import statistics
import time
from collections.abc import Callable, Sequence

import torch
from threadpoolctl import threadpool_limits
from torch import Tensor, nn

from dwmtj.benchmarks._crosssim import INSTALL, CrossSim
from dwmtj.simulators.networks import load_images
from dwmtj.simulators.networks.crossbar.analog_network import AnalogNetwork
from dwmtj.simulators.networks.crossbar.devices import ConductanceRange
from dwmtj.simulators.networks.crossbar.network import from_analog, to_analog
from dwmtj.simulators.networks.crossbar.random_streams import programming_noise
from dwmtj.simulators.networks.data.image_batches import ImageBytes, on_device, predictions
from dwmtj.simulators.networks.inference.result import half_width
from dwmtj.simulators.networks.resnet.pretrained import RESNET20
from dwmtj.simulators.networks.resnet.weights_file import load_weights

DEVICES, BITS = ConductanceRange(), 8
ROUNDS, TIMED, SHOWN, PROGRAMMINGS = 7, 200, 300, 10
IMAGES_TARGET, PROGRAMMING_TARGET = 8.0, 5.0


def seconds(work: Callable[[], object], times: int = 1) -> float:
    start = time.process_time()
    for _ in range(times):
        work()
    return (time.process_time() - start) / times


def convolutions(network: nn.Module, images: Tensor) -> float:
    """Return the seconds of the convolutions and the linear layer alone."""
    given: list[tuple[nn.Module, Tensor]] = []
    layers = [part for part in network.modules() if isinstance(part, nn.Conv2d | nn.Linear)]
    hooks = [
        part.register_forward_hook(lambda layer, inputs, _out: given.append((layer, inputs[0])))
        for part in layers
    ]
    network(images)
    for hook in hooks:
        hook.remove()
    return seconds(lambda: [layer(inputs) for layer, inputs in given], 5)


def draws(analog: AnalogNetwork) -> None:
    for layer in analog.layers:
        programming_noise(0, layer.number, 0, layer.steps.shape)


def told(values: Sequence[float], factor: float = 100) -> str:
    reach = half_width(tuple(values))
    return f"{factor * statistics.mean(values):.2f} ± {factor * reach:.2f}"


def quality(
    networks: Callable[[int], Callable[[Tensor], Tensor]], analog: AnalogNetwork, data: ImageBytes
) -> tuple[list[float], list[float]]:
    """Return, by programming, the accuracy and how far outputs are off, of their own spread."""
    ideal = outputs(analog.quantised(), data)
    right, off = [], []
    for trial in range(PROGRAMMINGS):
        got = outputs(networks(trial), data)
        right.append(float((got.argmax(1) == data.labels).double().mean()))
        off.append(float((got - ideal).pow(2).mean().sqrt() / ideal.std()))
    return right, off


def outputs(network: Callable[[Tensor], Tensor], data: ImageBytes) -> Tensor:
    return torch.cat([network(part.float() / 255) for part in torch.split(data.images, 25)])


def main() -> None:
    """Print medians of interleaved rounds, their ratios, what limits them, and both accuracies."""
    torch.set_num_threads(1)
    torch.set_grad_enabled(False)
    images = load_images("cifar-100")
    cpu = torch.device("cpu")
    timed = on_device(images.test_images[:TIMED], images.test_labels[:TIMED], cpu)
    shown = on_device(images.test_images[:SHOWN], images.test_labels[:SHOWN], cpu)
    analog = to_analog(load_weights(RESNET20).network, DEVICES, BITS)
    fast = analog.to(torch.bfloat16, memory_format=torch.channels_last)
    peer = CrossSim(from_analog(analog), DEVICES, BITS) if CrossSim.is_installed() else None
    with threadpool_limits(1):
        if peer is None:
            print(f"CrossSim is not installed, so nothing is compared: {INSTALL}")
        else:
            peer.choose(ImageBytes(timed.images[:100], timed.labels[:100]))
        rounds = [one_round(fast, analog, peer, timed) for _ in range(ROUNDS)]
        report(rounds)
        if peer is not None:
            compare(fast, analog, peer, shown)


def one_round(
    fast: AnalogNetwork, analog: AnalogNetwork, peer: CrossSim | None, data: ImageBytes
) -> dict[str, float]:
    """Return the seconds of everything once."""
    compiled, plain = fast.programmed(0), analog.programmed(0)
    batch = (data.images[:100].bfloat16() / 255).contiguous(memory_format=torch.channels_last)
    found = {
        "bfloat16": seconds(lambda: predictions(compiled, data, torch.bfloat16)),
        "float32": seconds(lambda: predictions(plain, data)),
        "products": convolutions(compiled, batch) * len(data) / len(batch),
        "programming": seconds(lambda: fast.programmed(1), 10),
        "draws": seconds(lambda: draws(analog), 10),
    }
    if peer is not None:
        found["peer"] = seconds(lambda: predictions(peer.network, data, batch=peer.batch))
        found["peer programming"] = seconds(peer.reprogram, 5)
    return found


def report(rounds: Sequence[dict[str, float]]) -> None:
    def median(of: Callable[[dict[str, float]], float]) -> float:
        return statistics.median(map(of, rounds))

    print(
        f"inference of ResNet-20, one thread: {median(lambda r: TIMED / r['bfloat16']):.0f} "
        f"images/s in bfloat16, {median(lambda r: TIMED / r['float32']):.0f} in float32; of it "
        f"matrix products {100 * median(lambda r: r['products'] / r['bfloat16']):.0f} %"
    )
    print(
        f"programming of ResNet-20, one thread: {1e3 * median(lambda r: r['programming']):.1f} ms; "
        f"of it random numbers {100 * median(lambda r: r['draws'] / r['programming']):.0f} %"
    )
    if "peer" in rounds[0]:
        print(
            f"CrossSim: {median(lambda r: TIMED / r['peer']):.0f} images/s, ratio "
            f"{median(lambda r: r['peer'] / r['bfloat16']):.1f}, target ≥ {IMAGES_TARGET:.0f}; "
            f"programming {1e3 * median(lambda r: r['peer programming']):.1f} ms, ratio "
            f"{median(lambda r: r['peer programming'] / r['programming']):.1f}, target ≥ "
            f"{PROGRAMMING_TARGET:.0f}"
        )


def compare(fast: AnalogNetwork, analog: AnalogNetwork, peer: CrossSim, data: ImageBytes) -> None:
    """Print what both read, with 95 % intervals over programmings."""

    def of_peer(_trial: int) -> Callable[[Tensor], Tensor]:
        peer.reprogram()
        return peer.outputs

    def here(trial: int) -> Callable[[Tensor], Tensor]:
        compiled = fast.programmed(trial)

        def outputs(images: Tensor) -> Tensor:
            return compiled(images.bfloat16()).float()  # type: ignore[no-any-return]

        return outputs

    (right, off), (theirs, theirs_off) = (
        quality(networks, analog, data) for networks in (here, of_peer)
    )
    print(
        f"accuracy in % of {len(data)} images, {PROGRAMMINGS} programmings: {told(right)}, "
        f"CrossSim {told(theirs)}"
    )
    print(
        f"outputs off by % of their spread, {PROGRAMMINGS} programmings: {told(off)}, CrossSim "
        f"{told(theirs_off)}"
    )


if __name__ == "__main__":
    main()
