"""`dwmtj infer cifar100`: a table, a figure and a result; what is missing or wrong is named."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner, Result

from dwmtj.analysis import AnalysisError
from dwmtj.analysis.state_model.file import model_json
from dwmtj.cli import app as command_line
from dwmtj.simulators.networks import NetworkError
from dwmtj.storage import Store
from dwmtj.tests.analysis.test_write_policy import a_model
from dwmtj.tests.official_images import write_official_images

WEIGHTS = "cifar100/resnet20.safetensors"
THESE = ("--weights", WEIGHTS)
CELLS = ("--notches", "5", "--notches", "16", "--max-programmings", "3")
INFER = ("infer", "cifar100", "-o", "out", *THESE, *CELLS, "--jobs", "1")
PROGRAM = ("infer", "program", "-o", "out", "--model", "A3.json", *THESE)
FEW = ("--programmings", "2", "--images", "20")


@pytest.fixture(scope="module")
def images(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_official_images(tmp_path_factory.mktemp("images"), train=2, test=30)


@pytest.fixture
def infer(images: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Run a command in a folder with weights of a small untrained network."""
    import torch

    from dwmtj.simulators.networks.resnet.network import Resnet, ResnetShape
    from dwmtj.simulators.networks.resnet.weights_file import TrainedResnet, save_weights

    torch.manual_seed(1)
    shape = ResnetShape(8, 2)
    path = tmp_path / "cifar100" / "resnet20.safetensors"
    save_weights(path, TrainedResnet(shape, Resnet(shape), {"test_accuracy": 0.01}))
    monkeypatch.setenv("DWMTJ_DATA", str(images))
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DWMTJ_DATABASE", raising=False)
    monkeypatch.setattr("dwmtj.cli.console.out.width", 160)
    return lambda *arguments: CliRunner().invoke(command_line.app, list(arguments))


def test_inference_gives_a_table_a_figure_and_a_result(
    infer: Callable[..., Result], tmp_path: Path
) -> None:
    result = infer(*INFER, *FEW)
    assert result.exit_code == 0, result.output
    assert "10 × the error" in result.output
    table = pd.read_csv(tmp_path / "out" / "resnet20-inference.csv")
    assert table[["notches", "noise"]].values.tolist() == [
        [notches, noise] for notches in (5, 16) for noise in (0, 1, 10)
    ]
    assert {path.suffix for path in (tmp_path / "out").iterdir()} == {".png", ".svg", ".csv"}
    with Store.open(create=False) as store:
        (kept,) = store.results("infer-cifar100")
    assert kept.configuration["devices"]["std_S"] == 2.53e-6
    assert kept.data["images"] == 20
    assert len(kept.data["cells"]) == 6
    again = infer(*INFER, *FEW)
    assert "resnet20-inference.png already exists" in str(again.exception)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--notches", "1"), "A device has 2 to 32,768 levels here, not 1"),
        (("--after", "10"), "--after needs a --model"),
        (("--programmings", "1"), "give no interval"),
        (("--clip", "--clip-for-errors"), "exclude each other"),
        (("--line-resistance", "-1"), "0 Ω or more"),
        (("--line-resistance", "1", "--array", "7"), "an even number of columns"),
        (("--weights", "cifar100/nothing.safetensors"), "dwmtj learn cifar100 -o cifar100"),
    ],
)
def test_what_cannot_be_done_is_told_and_nothing_is_written(
    infer: Callable[..., Result], tmp_path: Path, options: tuple[str, ...], told: str
) -> None:
    result = infer(*INFER, *options)
    assert isinstance(result.exception, NetworkError), result.output
    assert told in str(result.exception)
    assert [path.name for path in tmp_path.iterdir()] == ["cifar100"]


def test_writing_a_network_gives_tables_a_figure_and_a_result(
    infer: Callable[..., Result], tmp_path: Path
) -> None:
    (tmp_path / "A3.json").write_text(model_json(a_model()))
    result = infer(*PROGRAM, "--programmings", "2", "--images", "20", "--track-resistance", "4000")
    assert result.exit_code == 0, result.output
    assert "3 levels per device, 5 weights per pair" in result.output
    assert "write-verify" in result.output
    table = pd.read_csv(tmp_path / "out" / "resnet20-programming.csv")
    assert set(table["writing"]) == {"single shot", "write-verify"}
    with Store.open(create=False) as store:
        (kept,) = store.results("infer-program")
    shot, verified = kept.data["writings"]
    assert shot["share_at_level"] < verified["share_at_level"] == 1
    assert verified["heat_J"] > shot["heat_J"] > 0
    assert (kept.configuration["model_name"], kept.configuration["model_version"]) == ("A3", 1)
    assert len(list((tmp_path / "out").iterdir())) == 3
    assert "resnet20-programming.png already exists" in str(infer(*PROGRAM).exception)


def test_a_model_that_cannot_be_written_is_told_before_anything_is_done(
    infer: Callable[..., Result], tmp_path: Path
) -> None:
    (tmp_path / "A3.json").write_text(model_json(a_model(down=None)))
    result = infer(*PROGRAM)
    assert isinstance(result.exception, AnalysisError)
    assert "calibrate it from write-reset-cycling runs" in str(result.exception)
    assert {path.name for path in tmp_path.iterdir()} == {"cifar100", "A3.json"}


def test_missing_weights_are_one_sentence_with_the_command_that_trains_them(
    refused: Callable[..., str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DWMTJ_DATA", str(tmp_path / "nowhere"))
    sentence = refused(tmp_path, "infer", "cifar100", "-o", "out", "--weights", WEIGHTS)
    assert sentence.startswith("error: No weights found at cifar100/resnet20.safetensors")
    assert "train them with dwmtj learn cifar100 -o cifar100" in sentence
    assert not list(tmp_path.iterdir())
