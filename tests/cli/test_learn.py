"""`dwmtj learn`: tables, figures and results; interrupted, gone on with, refused in a sentence."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner, Result

from dwmtj.cli import app as command_line
from dwmtj.simulators.networks import NetworkError, require_learning
from dwmtj.simulators.sweeps.errors import SweepError
from dwmtj.simulators.sweeps.local import LocalProcesses
from dwmtj.storage import OutputFileError, Store
from dwmtj.tests.official_images import write_official_images

ANN = ("learn", "ann", "-o", "network", "--data", "mnist", "--epochs", "1")
STREAM = (
    *("learn", "stream", "-o", "stream", "--subsets", "2", "--epochs", "2", "--seeds", "2"),
    *("--jobs", "1", "-p", "subset_images=80", "-p", "batch=20", "-p", "hidden=16"),
)
COMPARE = ("learn", "compare", "-o", "technologies", "--only", "SONOS", "--seeds", "2")


@pytest.fixture(scope="module")
def images(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_official_images(tmp_path_factory.mktemp("images"), train=160, test=40)


@pytest.fixture
def learn(images: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Run a command in a folder of its own, on 160 training images."""
    monkeypatch.setenv("DWMTJ_DATA", str(images))
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DWMTJ_DATABASE", raising=False)
    monkeypatch.setattr("dwmtj.cli.console.out.width", 160)
    return lambda *arguments: CliRunner().invoke(command_line.app, list(arguments))


def test_the_network_gives_a_table_figures_and_a_result_for_each_seed(
    learn: Callable[..., Result], tmp_path: Path
) -> None:
    result = learn(*ANN, "--seeds", "2")
    assert result.exit_code == 0, result.output
    assert "mean ± standard deviation over 2 seeds" in result.output
    assert len(list((tmp_path / "network").glob("*.png"))) == 1 + 6
    assert not (tmp_path / "network" / "ann.checkpoint").exists()
    with Store.open(create=False) as store:
        kept = store.results("ann")
    assert [(entry.name, entry.seed) for entry in kept] == [("mnist", 0), ("mnist", 1)]
    assert kept[0].configuration["training"]["epochs"] == 1
    cells = kept[0].data["on_levels"]
    assert [cell["levels"] for cell in cells] == ["10 notches", "5 notches"]
    assert np.sum(cells[0]["confusion_fine_tuned"]) == 40
    again = learn(*ANN, "--seeds", "2")
    assert isinstance(again.exception, OutputFileError)
    assert "neuron.png already exists" in str(again.exception)


def test_what_was_interrupted_goes_on_with_the_same_command_only(
    learn: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_arguments: object) -> float:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(
            "dwmtj.simulators.networks.neuron_network.study.mse_optimal_scale", interrupted
        )
        stopped = learn(*ANN)
    assert stopped.exit_code == 1
    assert "Interrupted; finished parts are in network/ann.checkpoint" in stopped.output
    other = learn(*ANN, "--devices", "pair")
    assert isinstance(other.exception, SweepError)
    assert "is of another configuration" in str(other.exception)
    monkeypatch.setattr(  # drawn in the test above, which takes longer than learning
        "dwmtj.simulators.networks.neuron_network.learn.save_figures", lambda *_arguments: ()
    )
    result = learn(*ANN)
    assert result.exit_code == 0, result.output
    assert "Resuming after 1 finished parts" in result.output


def test_technologies_give_a_table_a_figure_and_a_result(
    learn: Callable[..., Result], tmp_path: Path
) -> None:
    result = learn(*COMPARE)
    assert result.exit_code == 0, result.output
    assert "states (printed: ~50): taken as 50" in result.output
    assert (tmp_path / "technologies" / "technologies.svg").exists()
    with Store.open(create=False) as store:
        (kept,) = store.results("compare")
    assert [entry["name"] for entry in kept.data["technologies"]] == ["ideal", "SONOS"]
    unknown = learn(*COMPARE, "--only", "memristor", "--overwrite")
    assert isinstance(unknown.exception, NetworkError)
    rule = learn(*COMPARE, "--rule", "sgd,adam", "--overwrite")
    assert rule.exit_code == 2
    assert "names no update rules" in rule.output


@pytest.mark.parametrize("command", ["ann", "compare", "stream"])
def test_a_missing_data_file_is_named_and_nothing_is_written(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, refused: Callable[..., str]
) -> None:
    monkeypatch.setenv("DWMTJ_DATA", str(tmp_path / "nowhere"))
    sentence = refused(tmp_path, "learn", command, "-o", "out")
    assert "is missing: put the official file there" in sentence
    assert not list(tmp_path.iterdir())


def test_stream_learning_gives_a_table_a_figure_and_a_result_for_each_network(
    learn: Callable[..., Result], tmp_path: Path
) -> None:
    result = learn(*STREAM)
    assert result.exit_code == 0, result.output
    assert "1:4, δ = 3" in result.output
    assert "about 86" in result.output
    folder = tmp_path / "stream"
    assert {path.name for path in folder.iterdir()} == {
        f"stream-5a.{kind}" for kind in ("png", "svg", "csv")
    }
    with Store.open(create=False) as store:
        kept = store.results("stream")
    assert len(kept) == 3 * 2 * 2
    assert kept[0].configuration["setup"]["asymmetry"] == 1.0
    assert len(kept[0].data["accuracies"]) == 2
    assert [entry.seed for entry in kept[:2]] == [0, 1]
    again = learn(*STREAM)
    assert isinstance(again.exception, OutputFileError)
    assert "stream-5a.png already exists" in str(again.exception)


def test_stopped_stream_learning_goes_on_with_the_same_command_only(
    learn: Callable[..., Result], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from dwmtj.simulators.networks.stream_learning.network import StreamNetwork

    validate, validated = StreamNetwork.accuracy, iter(range(3))

    def interrupted(*arguments: Any) -> float:
        if next(validated, None) is None:
            raise KeyboardInterrupt
        return validate(*arguments)

    with monkeypatch.context() as patched:
        patched.setattr(
            "dwmtj.simulators.networks.stream_learning.training.CHECKPOINT_INTERVAL_s", 0.0
        )
        patched.setattr(StreamNetwork, "accuracy", interrupted)
        stopped = learn(*STREAM)
    assert stopped.exit_code == 1
    assert "Interrupted; finished parts are in stream/checkpoints" in stopped.output
    other = learn(*STREAM, "-p", "asymmetry=2.0", "-p", "threshold=0.1")
    assert isinstance(other.exception, SweepError)
    assert "is of another configuration" in str(other.exception)
    result = learn(*STREAM)
    assert result.exit_code == 0, result.output
    assert "Resuming after 2 finished parts" in result.output
    assert not (tmp_path / "stream" / "checkpoints").exists()
    with Store.open(create=False) as store:
        kept = store.results("stream")
    assert len({entry.key for entry in kept}) == len(kept) == 3 * 2 * 2


def test_networks_that_figures_share_are_trained_once(
    learn: Callable[..., Result],
) -> None:
    assert learn(*STREAM, "--no-at-once").exit_code == 0
    other = learn(*STREAM, "--figure", "rounding")
    assert other.exit_code == 0, other.output
    assert "Resuming after 2 finished parts" in other.output
    with Store.open(create=False) as store:
        names = [entry.name for entry in store.results("stream")]
    assert len(names) == 3 * 2 + 2
    assert names.count("trapezoid-seed-0") == 1
    assert "results 5 to 8: stored in" in other.output


def test_stream_learning_is_given_as_many_processes_as_it_says(
    learn: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What several processes learn is what one does: `test_stream_task`."""
    opened: list[int] = []

    def refuse(_processes: LocalProcesses, jobs: int) -> None:
        opened.append(jobs)
        raise SweepError("no processes here")

    monkeypatch.setattr(LocalProcesses, "__init__", refuse)
    assert learn(*STREAM, "--jobs", "2").exit_code != 0
    assert opened == [2]


@pytest.mark.parametrize(
    ("where", "told"),
    [("slurm", "'slurm' is no executor"), ("dask://127.0.0.1:9", "No dask scheduler answers")],
)
def test_where_nothing_can_be_computed_nothing_is_written(
    learn: Callable[..., Result],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    where: str,
    told: str,
) -> None:
    monkeypatch.setattr("dwmtj.simulators.sweeps.dask.TIMEOUT_s", 0.5)
    result = learn(*STREAM, "--executor", where)
    assert isinstance(result.exception, SweepError)
    assert told in str(result.exception)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("--draws", "3"), "--draws needs --model"),
        (("-p", "level=8"), "sets nothing"),
        (("-p", "levels=100"), "up to 64"),
        (("--subsets", "9"), "9 subsets of 80 images are more than the 160"),
        (("--held-out", "70"), "2 subsets of 80 images are more than the 90"),
        (("--held-out", "81"), "between 1 and 80"),
    ],
)
def test_stream_learning_refuses_what_cannot_be_in_a_sentence(
    learn: Callable[..., Result], options: tuple[str, ...], sentence: str, tmp_path: Path
) -> None:
    result = learn(*STREAM, *options)
    assert isinstance(result.exception, NetworkError)
    assert sentence in str(result.exception)
    assert not (tmp_path / "stream").exists()


def test_held_out_images_are_classified_instead_of_the_test_images(
    learn: Callable[..., Result], tmp_path: Path
) -> None:
    few = (*STREAM, "--no-at-once", "--figure", "5b", "--subsets", "1", "--held-out", "70")
    result = learn(*few)
    assert result.exit_code == 0, result.output
    assert "Accuracy on 70 held-out training images after the last subset" in result.output
    assert "about 86" not in result.output  # the paper's accuracies are on test images
    assert "Accuracy on held-out images" in (tmp_path / "stream" / "stream-5b.svg").read_text()
    with Store.open(create=False) as store:
        kept = store.results("stream")
    assert {entry.configuration["held_out"] for entry in kept} == {70}
    shares = 70 * np.array([entry.data["accuracies"] for entry in kept])
    np.testing.assert_allclose(shares, shares.round(), atol=1e-9)


def test_a_formulation_is_what_the_networks_of_a_figure_begin_from(
    learn: Callable[..., Result],
) -> None:
    result = learn(*STREAM, "--formulation", "float-accumulator", "--no-at-once", "-p", "levels=8")
    assert result.exit_code == 0, result.output
    with Store.open(create=False) as store:
        setups = [kept.configuration["setup"] for kept in store.results("stream")]
    assert {setup["rounding"] for setup in setups} == {"float_accumulator"}
    assert {(setup["levels"], setup["counted"]) for setup in setups} == {(8, "weight")}
    assert {setup["asymmetry"] for setup in setups} == {1.0, 3.0}


def test_without_the_extra_the_line_that_installs_it_is_printed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("dwmtj.simulators.networks.extra.find_spec", lambda name: None)
    with pytest.raises(NetworkError, match=r"pip install 'dwmtj\[learning\]'"):
        require_learning()
