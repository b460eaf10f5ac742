"""Residual networks: their size, their training on a slice, killed and gone on with, their file."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from dwmtj.simulators.networks import Images, NetworkError
from dwmtj.simulators.networks.crossbar.conversion.convert import convert
from dwmtj.simulators.networks.crossbar.training_noise import with_weight_noise
from dwmtj.simulators.networks.data.image_batches import MARGIN, on_device, training_batches
from dwmtj.simulators.networks.resnet.network import RESNETS, Resnet, ResnetShape
from dwmtj.simulators.networks.resnet.training import (
    Epoch,
    ResnetConfiguration,
    epochs_kept,
    learning_rate,
    train_resnet,
)
from dwmtj.simulators.networks.resnet.weights_file import (
    TrainedResnet,
    load_weights,
    save_weights,
    weights_of,
)
from dwmtj.simulators.sweeps.checkpoint import Checkpoint

ROOT = Path(__file__).parents[3]
CPU = torch.device("cpu")
SMALL = ResnetConfiguration(ResnetShape(8, 8, 3), epochs=3, batch=16, seed=5)


def coloured(count: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return noise in which the class's own colour is brighter: easily learnt."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 3, count).astype(np.uint8)
    images = rng.integers(0, 160, (count, 3, 32, 32)).astype(np.uint8)
    images[np.arange(count), labels] += 80
    return images, labels


def the_images() -> Images:
    return Images(*coloured(64, 1), *coloured(40, 2), ("red", "green", "blue"))


def ignore(_what: str, _more: int) -> None:
    pass


@pytest.fixture(scope="module")
def one_thread() -> None:
    torch.set_num_threads(1)


@pytest.fixture(scope="module")
def learnt(
    tmp_path_factory: pytest.TempPathFactory, one_thread: None
) -> tuple[Resnet, list[Epoch]]:
    """The network that was trained on the slice without a break, and its epochs."""
    checkpoint = Checkpoint(tmp_path_factory.mktemp("whole") / "c", SMALL.document())
    return train_resnet(SMALL, the_images(), checkpoint, CPU, ignore)


def test_the_networks_have_as_many_weights_as_in_the_papers() -> None:
    counts = {}
    for name, shape in RESNETS.items():
        with torch.device("meta"):
            counts[name] = sum(value.numel() for value in Resnet(shape).parameters())
    assert counts["resnet56x4"] == 13_651_364
    assert round(counts["resnet56x4"] / 1e6, 1) == 13.7
    assert counts["resnet20"] == 278_324


def test_every_batch_norm_folds_into_a_convolution() -> None:
    network = Resnet(ResnetShape(14, 8))
    for _ in range(3):
        network(torch.rand(8, 3, 32, 32))
    images = torch.rand(4, 3, 32, 32)
    converted, _ = convert(network, images, fold=True)
    folded = converted.network
    assert not converted.staying
    assert not [part for part in folded.modules() if isinstance(part, nn.BatchNorm2d)]
    torch.testing.assert_close(folded(images), network.eval()(images), rtol=1e-4, atol=1e-5)


def test_a_slice_is_learnt_and_the_network_kept_is_the_one_that_was_trained(
    tmp_path: Path, learnt: tuple[Resnet, list[Epoch]]
) -> None:
    network, epochs = learnt
    assert epochs[-1].loss < 0.6 * epochs[0].loss
    assert epochs[-1].test_accuracy > 0.9  # 0.33 by chance
    path = save_weights(
        tmp_path / "w.safetensors", TrainedResnet(SMALL.shape, network, {"seed": 5})
    )
    loaded = load_weights(path)
    assert all(
        map(torch.equal, loaded.network.state_dict().values(), network.state_dict().values())
    )
    assert not loaded.network.training
    assert loaded.about == {"seed": 5}


def test_a_killed_training_goes_on_to_the_same_weights(
    tmp_path: Path, learnt: tuple[Resnet, list[Epoch]]
) -> None:
    script = f"""
import os, signal, sys, torch
sys.path[:0] = [{str(ROOT)!r}, {str(Path(__file__).parent)!r}]
from pathlib import Path
import test_resnet as here
torch.set_num_threads(1)
checkpoint = here.Checkpoint(Path({str(tmp_path / "killed")!r}), here.SMALL.document())
def report(what, _more):
    if what.startswith("epoch 3") and here.epochs_kept(checkpoint) == 2:
        os.kill(os.getpid(), signal.SIGKILL)
here.train_resnet(here.SMALL, here.the_images(), checkpoint, here.CPU, report)
"""
    process = subprocess.run([sys.executable, "-c", script], env={**os.environ}, check=False)
    assert process.returncode == -signal.SIGKILL
    left = Checkpoint(tmp_path / "killed", SMALL.document())
    assert epochs_kept(left) == 2
    told: list[int] = []
    resumed, epochs = train_resnet(
        SMALL, the_images(), left, CPU, lambda _what, more: told.append(more)
    )
    assert sum(told) == 12
    assert told[0] == 8
    whole, meant = learnt
    assert epochs == meant
    assert all(map(torch.equal, resumed.state_dict().values(), whole.state_dict().values()))


def test_bfloat16_learns_the_slice_too(tmp_path: Path, one_thread: None) -> None:
    mixed = ResnetConfiguration(ResnetShape(8, 8, 3), 3, 16, precision="bfloat16", seed=5)
    _, epochs = train_resnet(
        mixed, the_images(), Checkpoint(tmp_path / "c", mixed.document()), CPU, ignore
    )
    assert epochs[-1].test_accuracy > 0.9


def test_training_goes_on_from_weights_and_leaves_those_alone(
    tmp_path: Path, learnt: tuple[Resnet, list[Epoch]]
) -> None:
    network, epochs = learnt
    before = {name: value.clone() for name, value in network.state_dict().items()}
    more = replace(SMALL, epochs=1, learning_rate=1e-3, start="of a test")
    again, further = train_resnet(
        more, the_images(), Checkpoint(tmp_path / "b", more.document()), CPU, ignore, network
    )
    assert further[0].loss < 0.5 * epochs[0].loss
    assert all(map(torch.equal, before.values(), network.state_dict().values()))
    assert not all(map(torch.equal, before.values(), again.state_dict().values()))


def test_weights_are_disturbed_by_a_share_of_their_outputs_largest_and_put_back() -> None:
    """20,000 normal numbers: σ is good to 0.5 %; four of that is a false alarm in 16,000."""
    layer = nn.Conv2d(20, 10, 10, bias=False)
    with torch.no_grad():
        layer.weight.mul_(torch.arange(1.0, 11).view(-1, 1, 1, 1))
    before = layer.weight.detach().clone()
    largest = before.abs().amax((1, 2, 3), keepdim=True)
    found = []
    for seed in (7, 7, 8):
        with with_weight_noise(nn.Sequential(layer), 0.05, torch.Generator().manual_seed(seed)):
            found.append((layer.weight.detach() - before) / largest)
        assert torch.equal(layer.weight, before)
    assert torch.equal(found[0], found[1])
    assert not torch.equal(found[0], found[2])
    assert abs(float(found[0].std()) / 0.05 - 1) < 0.02
    spread = found[0].flatten(1).std(1)  # 2,000 numbers each: 1.6 %
    assert float(spread.max() / spread.min()) < 1.15


def test_what_fails_under_disturbed_weights_puts_them_back() -> None:
    layer = nn.Linear(3, 2)
    before = layer.weight.detach().clone()
    with (
        pytest.raises(KeyboardInterrupt),
        with_weight_noise(layer, 0.5, torch.Generator().manual_seed(1)),
    ):
        raise KeyboardInterrupt
    assert torch.equal(layer.weight, before)


def test_weights_of_another_network_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "w.safetensors"
    save_weights(path, TrainedResnet(SMALL.shape, Resnet(SMALL.shape), {}))
    with pytest.raises(NetworkError, match=r"depth 8, width 8 and 3 classes, where depth 20"):
        weights_of(path, RESNETS["resnet20"])


def test_images_are_moved_and_mirrored_and_nothing_else() -> None:
    images, labels = coloured(6, 3)
    data = on_device(images, labels, CPU)
    ((batch, given),) = training_batches(data, 6, torch.Generator().manual_seed(1))
    assert sorted(given.tolist()) == sorted(labels.tolist())
    padded = np.pad(images, ((0, 0), (0, 0), (MARGIN, MARGIN), (MARGIN, MARGIN)))
    views = [
        np.ascontiguousarray(view[:, down : down + 32, right : right + 32])
        for image in padded
        for view in (image, image[:, :, ::-1])
        for down in range(2 * MARGIN + 1)
        for right in range(2 * MARGIN + 1)
    ]
    known = {view.tobytes() for view in views}
    cut = (batch * 255).round().to(torch.uint8)
    assert all(image.numpy().tobytes() in known for image in cut)


@pytest.mark.parametrize(("curve", "first"), [("one-cycle", 0.04), ("cosine", 1.0)])
def test_the_learning_rate_ends_at_zero(curve: str, first: float) -> None:
    config = ResnetConfiguration(ResnetShape(8, 8), 3, learning_rate=0.5, rate_curve=curve)  # type: ignore[arg-type]
    rates = [learning_rate(config, share) for share in np.linspace(0, 1, 101)]
    assert rates[0] == pytest.approx(0.5 * first)
    assert rates[-1] == pytest.approx(0, abs=1e-12)
    assert max(rates) == pytest.approx(0.5)


def test_a_loss_that_is_no_number_stops_the_training(tmp_path: Path, one_thread: None) -> None:
    wild = ResnetConfiguration(ResnetShape(8, 8, 3), 2, 16, learning_rate=1e30)
    with pytest.raises(NetworkError, match=r"train with a lower --rate"):
        train_resnet(wild, the_images(), Checkpoint(tmp_path / "c", wild.document()), CPU, ignore)


def cut_short(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:200])


def another_format(path: Path) -> None:
    path.write_text("weights")


@pytest.mark.parametrize("damage", [cut_short, another_format])
def test_a_file_that_holds_no_network_is_refused(
    damage: Callable[[Path], None], tmp_path: Path
) -> None:
    path = save_weights(
        tmp_path / "w.safetensors", TrainedResnet(SMALL.shape, Resnet(SMALL.shape), {})
    )
    damage(path)
    with pytest.raises(NetworkError, match=r"holds no weights that dwmtj learn cifar100 wrote"):
        load_weights(path)


def test_missing_weights_are_asked_for_with_the_command_that_trains_them(tmp_path: Path) -> None:
    with pytest.raises(NetworkError, match=r"train them with dwmtj learn cifar100 -o "):
        load_weights(tmp_path / "resnet20.safetensors")


def test_there_is_no_network_of_any_depth() -> None:
    with pytest.raises(NetworkError, match=r"its depth is 8, 14, 20"):
        ResnetShape(21, 16)
