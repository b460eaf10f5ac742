"""Inference in one call from a script: outcome, stored result and files, and resuming."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
import torch

from dwmtj.simulators.networks import InferenceStudy, infer_cifar100
from dwmtj.simulators.networks.progress import Report, progress_bar
from dwmtj.simulators.networks.resnet.network import Resnet, ResnetShape
from dwmtj.simulators.networks.resnet.weights_file import TrainedResnet, save_weights
from dwmtj.storage import OutputFileError, Place, Store


@pytest.fixture
def study(
    official_images: Path, read_from: Callable[[Path], None], tmp_path: Path
) -> InferenceStudy:
    """Two programmings of a small untrained network, on ten images."""
    read_from(official_images)
    torch.manual_seed(1)
    shape = ResnetShape(8, 2)
    weights = save_weights(tmp_path / "tiny.safetensors", TrainedResnet(shape, Resnet(shape), {}))
    few = InferenceStudy(notches=(8,), noises=(0.0, 1.0), programmings=2, max_programmings=2)
    return replace(few, weights=weights, images=10)


def test_a_call_returns_the_outcome_keeps_a_result_and_writes_the_figure(
    study: InferenceStudy, tmp_path: Path
) -> None:
    database = tmp_path / "s.sqlite"
    output = infer_cifar100(tmp_path / "out", study, database=database, device="cpu", jobs=1)
    ideal, programmed = output.outcome.cells
    assert (ideal.noise, len(programmed.accuracies)) == (0.0, 2)
    assert {path.suffix for path in output.files} == {".png", ".svg", ".csv"}
    table = pd.read_csv(tmp_path / "out" / "tiny-inference.csv")
    assert table["accuracy_drop"].tolist() == [0, programmed.accuracy_drop]
    with Store.open(database, create=False) as store:
        (kept,) = store.results("infer-cifar100")
    assert output.results == (kept,)
    assert output.numbers == f"result {kept.id}"
    assert kept.configuration["most"] == 2  # the keys of documents stay what they were
    assert kept.data["cells"][1]["lost"] == programmed.accuracy_drop
    with pytest.raises(OutputFileError, match="already exists"):
        infer_cifar100(tmp_path / "out", study, database=database)


def test_an_interrupted_call_says_how_to_resume_and_resumes_to_the_same_numbers(
    study: InferenceStudy, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    @contextmanager
    def interrupted(total: int, resumed: int, kept_in: Place, unit: str) -> Iterator[Report]:
        with progress_bar(total, resumed, kept_in, unit) as report:

            def stop_at_a_programming(what: str, steps: int) -> None:
                report(what, steps)
                if "programming 1" in what:
                    raise KeyboardInterrupt

            yield stop_at_a_programming

    database = tmp_path / "s.sqlite"
    with pytest.raises(KeyboardInterrupt) as stopped:
        infer_cifar100(
            tmp_path, study, database=database, device="cpu", jobs=1, progress=interrupted
        )
    (note,) = stopped.value.__notes__
    assert note == (
        f"Interrupted; finished parts are in {database}: repeat the same call or command to resume."
    )
    resumed = infer_cifar100(tmp_path, study, database=database, device="cpu", jobs=1)
    assert "Resuming after 3 finished parts." in capsys.readouterr().err
    whole = infer_cifar100(
        tmp_path / "whole", study, database=tmp_path / "w.sqlite", device="cpu", jobs=1
    )
    assert resumed.outcome == whole.outcome
