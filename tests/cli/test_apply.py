"""`dwmtj apply`: one command from readings to a network, and what it refuses in a sentence."""

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner, Result

from dwmtj.cli import app as command_line
from dwmtj.storage import Store
from dwmtj.storage.importing.run import read_run, store_run

EXAMPLE = Path(__file__).parents[2] / "examples" / "my-device.csv"
MAPS = ("cycle=cycle", "pulse (mV)=amplitude_mV", "G (uS)=conductance_uS")
APPLY = "dwmtj.simulators.networks.application.apply"
NET = """
import torch
from torch import nn

def net():
    network = nn.Linear(8, 4)
    nn.init.orthogonal_(network.weight)
    return network

def test_set():
    inputs = torch.randn(80, 8)
    return inputs, net_labels(inputs)

def net_labels(inputs):
    return (inputs[:, :4].argmax(1))
"""


@pytest.fixture
def apply(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Apply a source in a folder with a CSV file and a network, two drawn devices each."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DWMTJ_DATABASE", raising=False)
    monkeypatch.setattr("dwmtj.cli.console.out.width", 160)
    lines = EXAMPLE.read_text().splitlines()
    cycles = 4
    kept = [line for line in lines[2:] if int(line.split(",")[0]) <= cycles]
    (tmp_path / "mine.csv").write_text("\n".join([*lines[:2], *kept]) + "\n")
    (tmp_path / "net.py").write_text(NET)
    options = ("--draws", "2", "--jobs", "1", "--task", "net.py:net")
    return lambda *arguments: CliRunner().invoke(command_line.app, ["apply", *arguments, *options])


def test_a_file_its_run_and_its_model_give_the_same_accuracies(
    apply: Callable[..., Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = apply("mine.csv", "-o", "a", "--set", "pulse_width_ns=50")
    assert first.exit_code == 0, first.output
    assert "Columns are guessed: cycle=cycle, pulse (mV)=amplitude_mV" in first.output
    assert "A network of devices like mine" in first.output
    assert "Not contained: other devices than the one measured" in first.output
    assert (tmp_path / "a" / "apply.html").exists()
    for draws in ("save_figures", "write_page"):  # once is enough
        monkeypatch.setattr(f"{APPLY}.{draws}", lambda *_arguments: ())
    others = [
        apply("mine.csv", "-o", "b", "--set", "pulse_width_ns=50"),
        apply("1", "-o", "c"),
        apply("mine", "-o", "d"),
    ]
    assert [result.exit_code for result in others] == [0, 0, 0]
    with Store.open(create=False) as store:
        assert [run.id for run in store.runs()] == [1]
        assert [entry.version for entry in store.calibrations()] == [1]
        results = [entry.data for entry in store.results("apply")]
    assert len(results) == 4
    assert all(entry == results[0] for entry in results)


def test_files_that_do_not_do_are_refused_in_a_sentence(
    refused: Callable[..., str], tmp_path: Path
) -> None:
    shutil.copy(EXAMPLE, tmp_path / "mine.csv")
    (tmp_path / "net.py").write_text(NET)
    rng = np.random.default_rng(1)
    gradual = [
        f"{cycle},{0.5 + 0.1 * step:.1f},{10e3 - 200 * step + rng.normal(0, 30):.1f}"
        for cycle in range(4)
        for step in range(30)
    ]
    (tmp_path / "gradual.csv").write_text("\n".join(["cycle,V,R", *gradual]) + "\n")
    (tmp_path / "few.csv").write_text("V,R\n1,100\n")
    (tmp_path / "words.csv").write_text("who,what\n1,2\n3,4\n")
    out = ("-o", "out", "--task", "net.py:net")
    assert "(4.2 to 10 kΩ, gradual)" in (said := refused(tmp_path, "apply", "gradual.csv", *out))
    assert "--levels 8" in said
    assert "at least 2 are needed" in refused(tmp_path, "apply", "few.csv", *out)
    assert "No column of words.csv is recognised" in refused(tmp_path, "apply", "words.csv", *out)
    assert "missing.csv" in refused(tmp_path, "apply", "missing.csv", *out)
    assert "is a model: --map" in refused(tmp_path, "apply", "mine", *out, "-m", "V=amplitude_V")
    assert not (tmp_path / "out").exists()


def written_in(folder: Path) -> list[Path]:
    """Return what lies in a folder, but for Python's own copy of a module that it has read."""
    return sorted(path for path in folder.iterdir() if path.name != "__pycache__")


def test_what_is_refused_leaves_nothing_behind(
    refused: Callable[..., str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DWMTJ_DATA", str(tmp_path / "nothing"))
    lines = EXAMPLE.read_text().splitlines()
    (tmp_path / "mine.csv").write_text("\n".join(lines[:400]) + "\n")
    (tmp_path / "flat.py").write_text(NET.replace("return network", "return nn.Flatten(0)"))
    (tmp_path / "wide.py").write_text(NET.replace("return network", "return nn.Linear(7, 2)"))
    before = written_in(tmp_path)
    out = ("-o", "out", "--jobs", "1", "--task")
    for task, reason in (
        ("fashion-mnist", "nothing"),
        ("cifar100", "nothing"),
        ("no-such-task", "is no task"),
        ("missing.py:Net", "There is no file"),
        ("flat.py:net", "returns no tensor"),
        ("wide.py:net", "fails on test_set()"),
    ):
        assert reason in refused(tmp_path, "apply", "mine.csv", *out, task)
    many = ("apply", str(EXAMPLE), "--levels", "99", *out, "flat.py:net")
    assert "No plateau of the readings lies in level" in refused(tmp_path, *many)
    assert written_in(tmp_path) == before


def test_other_tasks_weights_and_unusable_folders_are_refused_first(
    refused: Callable[..., str], tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    out = ("apply", "missing.csv", "--task", "net.py:net", "-o")
    weights = refused(tmp_path, *out, "out", "--weights", "other.safetensors")
    assert "--weights are those of --task cifar100, and net.py:net" in weights
    assert "file is not a folder" in refused(tmp_path, *out, "file")
    assert written_in(tmp_path) == [tmp_path / "file"]


def test_a_stored_run_that_is_refused_makes_no_model(
    apply: Callable[..., Result], refused: Callable[..., str], tmp_path: Path
) -> None:
    refused_task = ("-o", "b", "--task", "missing.py:Net")
    with Store.open(tmp_path / "dwmtj.sqlite") as store:
        reading = read_run(tmp_path / "mine.csv", "staircase-write", MAPS)
        assert store_run(store, reading, "mine") == 1
    assert "There is no file" in refused(tmp_path, "apply", "1", *refused_task)
    with Store.open(tmp_path / "dwmtj.sqlite") as store:
        assert not store.calibrations()
