import os
import runpy
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from dwmtj.simulators.networks import NetworkError
from dwmtj.simulators.networks.data.images import Images
from dwmtj.simulators.networks.stream_learning.settings import StreamSetup
from dwmtj.simulators.networks.stream_learning.study import (
    measured_curves,
    runs_of,
)
from dwmtj.simulators.networks.stream_learning.training import (
    StreamData,
    StreamRun,
    stream_data,
    train_stream,
)
from dwmtj.simulators.networks.synapses.transitions import Transitions
from dwmtj.simulators.sweeps.checkpoint import Checkpoint
from dwmtj.simulators.sweeps.errors import SweepError

ROOT = Path(__file__).parents[3]
SETUP = StreamSetup(hidden=32, batch=25, subset_images=100, subsets=3, epochs=4)
ONWARD = np.array([[0.4, 0.4, 0.2], [0.0, 0.7, 0.3], [0.0, 0.0, 1.0]])
BACK = np.array([[1.0, 0.0, 0.0], [0.3, 0.7, 0.0], [0.2, 0.0, 0.8]])
MEASURED = Transitions(ONWARD, BACK)


@pytest.fixture(scope="module")
def data() -> StreamData:
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 10, 400).astype(np.uint8)
    images = rng.integers(0, 120, (400, 28, 28)).astype(np.uint8)
    for image, label in zip(images, labels, strict=True):
        image[2 * label : 2 * label + 4] += 100
    return stream_data(Images(images[:300], labels[:300], images[300:], labels[300:], ()), SETUP)


def trained(run: StreamRun, data: StreamData, checkpoint: Checkpoint) -> list[float]:
    return train_stream(run, data, checkpoint, lambda: None)


def interrupted_after(epochs: int) -> Callable[[], None]:
    told = iter(range(epochs - 1))

    def report() -> None:
        if next(told, None) is None:
            raise KeyboardInterrupt

    return report


@pytest.mark.parametrize("transitions", [None, MEASURED], ids=["formula", "measured"])
@pytest.mark.parametrize("epochs", [1, 4, 7])
def test_a_stopped_run_goes_on_to_the_same_accuracies(
    transitions: Transitions | None,
    epochs: int,
    data: StreamData,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(
        "dwmtj.simulators.networks.stream_learning.training.CHECKPOINT_INTERVAL_s", 0.0
    )
    run = StreamRun("run", SETUP, 3, transitions, "epoch")
    whole = trained(run, data, Checkpoint(tmp_path / "whole", run.configuration()))
    broken = Checkpoint(tmp_path / "broken", run.configuration())
    with pytest.raises(KeyboardInterrupt):
        train_stream(run, data, broken, interrupted_after(epochs))
    again = trained(run, data, Checkpoint(tmp_path / "broken", run.configuration()))
    assert again == whole
    assert len(whole) == SETUP.subsets * SETUP.epochs


def test_a_killed_run_goes_on_to_the_same_accuracies(tmp_path: Path) -> None:
    script = runpy.run_path(str(Path(__file__).with_name("stream_to_be_killed.py")))
    run, data = script["RUN"], script["bars"]()
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, str(script["__file__"]), str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdout is not None
        for _ in range(30):
            process.stdout.readline()
        process.kill()
    kept = Checkpoint(tmp_path / "killed", run.configuration())
    epochs = kept.find("progress")["epochs"]  # type: ignore[index]
    assert 30 <= epochs < run.setup.subsets * run.setup.epochs
    assert trained(run, data, kept) == trained(
        run, data, Checkpoint(tmp_path / "whole", run.configuration())
    )


def test_a_finished_run_is_not_trained_again(data: StreamData, tmp_path: Path) -> None:
    run = StreamRun("run", SETUP, 0)
    first = trained(run, data, Checkpoint(tmp_path / "kept", run.configuration()))
    assert len(first) == SETUP.subsets
    kept = Checkpoint(tmp_path / "kept", run.configuration())
    untrainable = StreamData(None, data.train_labels, None, data.test_labels)
    assert trained(run, untrainable, kept) == first


def test_a_checkpoint_of_another_configuration_is_refused(data: StreamData, tmp_path: Path) -> None:
    run = StreamRun("run", SETUP, 0)
    trained(run, data, Checkpoint(tmp_path / "kept", run.configuration()))
    other = replace(run, setup=replace(SETUP, asymmetry=1.0))
    with pytest.raises(SweepError, match="another configuration"):
        Checkpoint(tmp_path / "kept", other.configuration())


def test_more_subsets_than_images_are_refused() -> None:
    images = np.zeros((300, 28, 28), np.uint8)
    labels = np.zeros(300, np.uint8)
    with pytest.raises(NetworkError, match="4 subsets of 100 images"):
        stream_data(Images(images, labels, images, labels, ()), replace(SETUP, subsets=4))


def test_drawn_devices_come_one_to_a_network(data: StreamData, tmp_path: Path) -> None:
    curves = measured_curves(SETUP, "trapezoid", MEASURED, [MEASURED] * 3)
    runs = runs_of(curves, 2, "subset", at_once=False)
    assert [name for name, _, _ in runs] == [
        "trapezoid", "trapezoid", "measured", "measured", "drawn", "drawn", "drawn",
    ]  # fmt: skip
