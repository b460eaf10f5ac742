"""`dwmtj learn cifar100`: weights, figure and result; interrupted, gone on with, refused."""

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from dwmtj.cli import app as command_line
from dwmtj.simulators.networks import NetworkError
from dwmtj.storage import OutputFileError, Store
from dwmtj.tests.official_images import write_official_images

LEARN = ("learn", "cifar100", "-o", "out", "--epochs", "2", "--batch", "16")


@pytest.fixture(scope="module")
def images(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_official_images(tmp_path_factory.mktemp("images"), train=48, test=20)


@pytest.fixture
def learn(images: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Run a command in a folder of its own, on 48 training images."""
    monkeypatch.setenv("DWMTJ_DATA", str(images))
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DWMTJ_DATABASE", raising=False)
    return lambda *arguments: CliRunner().invoke(command_line.app, list(arguments))


def test_a_training_gives_weights_a_figure_and_a_result(
    learn: Callable[..., Result], tmp_path: Path
) -> None:
    from dwmtj.simulators.networks.resnet.weights_file import load_weights

    result = learn(*LEARN, "--images", "32")
    assert result.exit_code == 0, result.output
    assert "% of the test images correctly classified" in result.output
    made = {path.name for path in (tmp_path / "out").iterdir()}
    assert made == {
        "resnet20.safetensors",
        *(f"resnet20-training.{kind}" for kind in ("png", "svg", "csv")),
    }
    with Store.open(create=False) as store:
        (kept,) = store.results("cifar100")
    assert kept.configuration["images"] == 32
    assert len(kept.data["epochs"]) == 2
    trained = load_weights(tmp_path / "out" / "resnet20.safetensors")
    assert trained.about["test_accuracy"] == kept.data["test_accuracy"]
    again = learn(*LEARN)
    assert isinstance(again.exception, OutputFileError)
    assert "resnet20.safetensors already exists" in str(again.exception)


def test_a_training_that_was_stopped_goes_on_with_the_same_command_only(
    learn: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    from dwmtj.simulators.networks.data.image_batches import training_batches

    epochs: list[None] = []

    def interrupted(*arguments: object) -> object:
        epochs.append(None)
        if len(epochs) == 2:
            raise KeyboardInterrupt
        return training_batches(*arguments)  # type: ignore[arg-type]

    with monkeypatch.context() as patched:
        patched.setattr("dwmtj.simulators.networks.resnet.training.training_batches", interrupted)
        stopped = learn(*LEARN)
    assert stopped.exit_code == 1
    assert "are in out/resnet20.checkpoint: repeat the same call or command" in stopped.output
    other = learn(*LEARN, "--rate", "0.1")
    assert "is of another configuration" in str(other.exception)
    result = learn(*LEARN)
    assert result.exit_code == 0, result.output
    assert "Resuming after 1 finished parts" in result.output


def test_a_training_begins_with_weights_and_under_errors(
    learn: Callable[..., Result], tmp_path: Path
) -> None:
    from dwmtj.simulators.networks.resnet.network import RESNETS, Resnet
    from dwmtj.simulators.networks.resnet.weights_file import TrainedResnet, save_weights

    start = tmp_path / "start.safetensors"
    save_weights(
        start, TrainedResnet(RESNETS["resnet20"], Resnet(RESNETS["resnet20"]), {"seed": 0})
    )
    result = learn(*LEARN, "--start", str(start), "--weight-error", "0.02")
    assert result.exit_code == 0, result.output
    with Store.open(create=False) as store:
        (kept,) = store.results("cifar100")
    assert kept.configuration["weight_error"] == 0.02
    assert kept.configuration["start"] == hashlib.sha256(start.read_bytes()).hexdigest()


def test_weights_to_begin_with_that_are_not_there_or_of_another_network_are_named(
    learn: Callable[..., Result], tmp_path: Path
) -> None:
    from dwmtj.simulators.networks.resnet.network import Resnet, ResnetShape
    from dwmtj.simulators.networks.resnet.weights_file import TrainedResnet, save_weights

    missing = learn(*LEARN, "--start", "none.safetensors")
    assert "No weights found at none.safetensors" in str(missing.exception)
    small = ResnetShape(8, 4)
    save_weights(tmp_path / "small.safetensors", TrainedResnet(small, Resnet(small), {}))
    other = learn(*LEARN, "--start", "small.safetensors")
    assert "depth 8, width 4 and 100 classes" in str(other.exception)
    assert [path.name for path in tmp_path.iterdir()] == ["small.safetensors"]


def test_a_gpu_that_is_not_there_is_named(
    learn: Callable[..., Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    result = learn(*LEARN, "--on", "cuda")
    assert isinstance(result.exception, NetworkError)
    assert "This PyTorch finds no GPU" in str(result.exception)
    assert not list(tmp_path.iterdir())
