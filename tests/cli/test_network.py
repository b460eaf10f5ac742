"""`dwmtj network program`: a layer onto an array and back; killed, resumed, and bad input."""

import json
import os
import signal
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from dwmtj.analysis.state_model.file import model_document
from dwmtj.analysis.state_model.model import StateModel
from dwmtj.cli import app as command_line
from dwmtj.cli.network.resuming import with_lasting_array
from dwmtj.instruments import load_bench_file
from dwmtj.protocols import ProtocolError
from dwmtj.storage import RunRecord, Status, Store
from dwmtj.tests.command_line import stored
from dwmtj.tests.fork_server import start_command
from dwmtj.tests.official_images import write_official_images

PROGRAM = ("network", "program", "-w", "net.safetensors", "-m", "straight.json", "-o", "out")


@pytest.fixture(scope="module")
def images(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_official_images(tmp_path_factory.mktemp("images"), train=60, test=40)


@pytest.fixture
def program(
    images: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, straight_model: StateModel
) -> Callable[..., Result]:
    """Run a command in a folder with a model and a network whose readout has six weights."""
    import torch

    from dwmtj.simulators.networks.neuron_network.activation import NeuronCurve
    from dwmtj.simulators.networks.neuron_network.file import TrainedAnn, save_ann
    from dwmtj.simulators.networks.neuron_network.training import SHAPES

    readout = torch.zeros(SHAPES[1])
    readout[0, 0], readout[1, 0], readout[3, 1] = 1.0, -1.0, 0.5
    readout[9, 60], readout[4, 127], readout[5, 127] = -0.45, 0.1, 0.9
    hidden = torch.rand(SHAPES[0], generator=torch.Generator().manual_seed(1)) * 0.01
    save_ann(
        tmp_path / "net.safetensors", TrainedAnn([hidden, readout], NeuronCurve(), "mnist", {})
    )
    (tmp_path / "straight.json").write_text(json.dumps(model_document(straight_model)))
    monkeypatch.setenv("DWMTJ_DATA", str(images))
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DWMTJ_DATABASE", raising=False)
    monkeypatch.setenv("COLUMNS", "160")
    return lambda *arguments: CliRunner().invoke(command_line.app, list(arguments))


def kill_when_half_written(folder: Path) -> None:
    """Begin writing in a process of its own, and kill that without warning."""
    written = "SELECT COUNT(DISTINCT cycle) FROM points"
    process = start_command(folder, ["dwmtj", *PROGRAM], folder)
    while process.is_alive() and stored(folder / "dwmtj.sqlite", written) < 1300:
        time.sleep(0.02)
    process.kill()
    process.join()
    assert process.exitcode == -signal.SIGKILL


@pytest.mark.skipif(
    "DWMTJ_ALL_PAGES" not in os.environ,
    reason="writes 2,560 devices; python3 make.py pages runs it",
)
@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs processes that can be killed")
def test_a_killed_writing_resumes_where_it_was_and_the_array_holds_the_network(
    program: Callable[..., Result], tmp_path: Path
) -> None:
    kill_when_half_written(tmp_path)
    result = program(*PROGRAM, "--resume", "1")
    assert result.exit_code == 0, result.output
    assert "2560 of 2560" in result.output
    assert "After 30 days 0 of 2560 devices read as another level" in result.output
    assert "has no retention" in result.output
    with Store.open(create=False) as store:
        first, *readings = store.runs()
        assert (first.protocol, first.status) == ("write-verify", Status.FINISHED)
        assert [run.protocol for run in readings] == ["read-array", "read-array"]
        points = store.points(1, all_attempts=True)
        (kept,) = store.results("network-program")
    first_attempt, second = (points.loc[points["attempt"] == n, "cycle"] for n in (1, 2))
    assert second.min() == first_attempt.max() > 1200
    last = points.groupby("cycle").tail(1)
    assert (last["level"] == last["target"]).all()
    assert int((last["target"] > 0).sum()) == 6
    assert kept.data["writing"]["written"] == 2560
    assert kept.data["writing"]["energy_J"] > 0
    names = [stage["name"] for stage in kept.data["stages"]]
    assert names == ["float32", "on levels", "as written", "as written, after 30 days"]
    written_files = {path.name for path in (tmp_path / "out").iterdir()}
    assert {"array.png", "pulses.csv", "accuracy.svg", "array.state"} <= written_files

    assert "array.png already exists" in str(program(*PROGRAM, "--resume", "1").exception)
    other = program(*PROGRAM, "--resume", "2", "--overwrite")
    assert "Run 2 is a read-array, not a write-verify" in str(other.exception)
    seed = program(*PROGRAM, "--resume", "1", "--seed", "4", "--overwrite")
    assert "Run 1 was started with no seed, not 4" in str(seed.exception)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("-w", "none.safetensors"), "train one with dwmtj learn ann"),
        (("-m", "nobody"), "There is no database"),
        (("-b", "virtual-straight"), "has no switch, so it reaches one device only"),
        (("--resume", "7"), "dwmtj.sqlite"),
    ],
)
def test_what_is_wrong_is_one_sentence_and_nothing_is_written(
    program: Callable[..., Result], tmp_path: Path, options: tuple[str, ...], told: str
) -> None:
    result = program(*PROGRAM, *options)
    assert result.exception is not None
    assert told in str(result.exception)
    assert not (tmp_path / "dwmtj.sqlite").exists()
    assert not (tmp_path / "out" / "array.png").exists()


def test_a_model_that_cannot_bring_walls_back_is_refused(
    program: Callable[..., Result], tmp_path: Path, straight_model: StateModel
) -> None:
    one_way = replace(straight_model, pulses=straight_model.pulses[:1])
    (tmp_path / "one-way.json").write_text(json.dumps(model_document(one_way)))
    result = program(*PROGRAM, "-m", "one-way.json")
    assert "write-reset-cycling" in str(result.exception)


TRAIN = ("network", "train", "-w", "net.safetensors", "-m", "straight.json", "-o", "trained")


def test_a_readout_is_trained_on_the_twin_and_not_resumed_otherwise(
    program: Callable[..., Result], tmp_path: Path
) -> None:
    short = ("--on", "twin", "--steps", "1", "--visits", "4", "--batch", "20")
    estimate = program(*TRAIN, *short, "--dry-run")
    assert estimate.exit_code == 0, estimate.output
    assert "nothing is stored" in estimate.output
    assert not (tmp_path / "dwmtj.sqlite").exists()
    result = program(*TRAIN, *short)
    assert result.exit_code == 0, result.output
    assert "test accuracy" in result.output
    with Store.open(create=False) as store:
        (trained,) = store.runs()
        (kept,) = store.results("network-train")
        points, record = store.points(1), store.run(1)
    assert (trained.protocol, trained.status) == ("train-array", Status.FINISHED)
    assert trained.device == "twin of straight"
    for stored_name in (kept.configuration["bench"], record.attempts[0].bench["name"]):
        assert stored_name == "the digital twin of straight:1"
    assert kept.data["devices"] == 2560
    assert 1 <= kept.data["pulses"] == int(points["amplitude_V"].notna().sum())
    assert (tmp_path / "trained" / "training.png").exists()
    for output in (estimate.output, result.output):
        assert "The digital twin of straight:1 answers" in output
        assert "virtual bench" not in output

    for changed, message in (
        (("--steps", "3"), "Run 1 was started with --steps 1, not --steps 3"),
        (("--no-erase",), "Run 1 was started with --erase, not --no-erase"),
        (("--on", "bench"), "Run 1 was started with --on twin"),
    ):
        refused = program(*TRAIN, *short, "-o", "other", "--resume", "1", *changed)
        assert message in str(refused.exception)
    assert not (tmp_path / "other").exists()
    check_that_the_array_stays(record, tmp_path)


def check_that_the_array_stays(run: RunRecord, folder: Path) -> None:
    """Check the array file of a run that was started in another folder, and that is then gone."""
    kept = folder / "array.state"
    bench = {"visa_library": f"array?state={kept}@dwmtj"}
    original = replace(run, attempts=(replace(run.attempts[0], bench=bench),))
    bench_file = load_bench_file("virtual-array")
    kept.touch()
    lasting = with_lasting_array(bench_file, folder / "other", original)
    assert lasting.visa_library == bench["visa_library"]
    kept.unlink()
    with pytest.raises(ProtocolError, match="The array of run 1 is gone: there is no file"):
        with_lasting_array(bench_file, folder / "other", original)


def test_training_is_refused_without_a_switch_and_nothing_is_written(
    program: Callable[..., Result], tmp_path: Path
) -> None:
    result = program(*TRAIN, "-b", "virtual-straight")
    assert "has no switch, so it reaches one device only" in str(result.exception)
    assert not (tmp_path / "dwmtj.sqlite").exists()
    assert not (tmp_path / "trained").exists()
