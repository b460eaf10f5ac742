"""The neuron paper's network learns, on levels exactly, and an interrupted study resumes."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from dwmtj.simulators.networks import Images, load_images
from dwmtj.simulators.networks.data.images import DIGITS
from dwmtj.simulators.networks.neuron_network.figures import neuron_panel, study_panels
from dwmtj.simulators.networks.neuron_network.study import AnnConfiguration, SeedOutcome, run_study
from dwmtj.simulators.networks.neuron_network.training import (
    Schedule,
    accuracy,
    confusion,
    samples_of,
)
from dwmtj.simulators.networks.synapses.levels import notched_levels
from dwmtj.simulators.sweeps.checkpoint import Checkpoint

NEVER = 10**6
QUICK = Schedule(epochs=1, learning_rate=2e-3, batch=32)


@pytest.fixture(scope="module")
def images() -> Images:
    """Ten classes that differ by which rows of the image are bright, with noise."""
    rng = np.random.default_rng(5)

    def drawn(count: int) -> tuple[np.ndarray, np.ndarray]:
        labels = rng.integers(0, 10, count).astype(np.uint8)
        pictures = rng.integers(0, 60, (count, 28, 28)).astype(np.uint8)
        for picture, label in zip(pictures, labels, strict=True):
            picture[2 * label + 4 : 2 * label + 7] += 150
        return pictures, labels

    return Images(*drawn(640), *drawn(200), DIGITS)


@pytest.fixture(scope="module")
def configuration() -> AnnConfiguration:
    return AnnConfiguration(
        data_sets=("mnist",),
        seeds=(0, 1),
        levels={"5 notches": notched_levels(5)},
        training=Schedule(epochs=4, learning_rate=2e-3, batch=32),
        fine_tuning=QUICK,
        spread_draws=3,
    )


Run = Callable[[Path, int], tuple[list[SeedOutcome], int]]


@pytest.fixture(scope="module")
def run(configuration: AnnConfiguration, images: Images) -> Run:
    """Run the study with a checkpoint; return what it found and the epochs it told of.

    It is interrupted after more than the given number of them.
    """

    def run_to(path: Path, stop_after: int) -> tuple[list[SeedOutcome], int]:
        told = Counter[str]()

        def report(what: str, epochs: int) -> None:
            told[what] += epochs
            if told.total() > stop_after:
                raise KeyboardInterrupt

        checkpoint = Checkpoint(path, configuration.document())
        return run_study(configuration, {"mnist": images}, checkpoint, report), told.total()

    return run_to


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("study") / "finished.checkpoint"


@pytest.fixture(scope="module")
def study(run: Run, finished: Path, configuration: AnnConfiguration) -> list[SeedOutcome]:
    """The study, run without a break."""
    outcomes, epochs = run(finished, NEVER)
    assert epochs == configuration.epochs == 10
    return outcomes


def test_weights_trained_on_levels_are_levels_exactly(study: list[SeedOutcome]) -> None:
    for outcome in study:
        (cell,) = outcome.on_levels
        for weights, reach in zip(cell.fine_tuned, cell.scales, strict=True):
            assert set(weights.flatten().tolist()) <= set(
                (notched_levels(5).tensor() * reach).tolist()
            )


def test_the_network_learns_and_its_confusion_adds_up(
    study: list[SeedOutcome], images: Images
) -> None:
    for outcome in study:
        (cell,) = outcome.on_levels
        assert outcome.trained.accuracy > 0.9
        assert cell.accuracy_fine_tuned > 0.9
        matrix = confusion(outcome.trained.read, torch.from_numpy(images.test_labels).long())
        assert int(matrix.sum()) == 200
        assert int(matrix.trace()) == round(200 * outcome.trained.accuracy)


def test_the_last_training_accuracy_is_that_of_the_weights(
    study: list[SeedOutcome], images: Images, configuration: AnnConfiguration
) -> None:
    training, _ = samples_of(images)
    for outcome in study:
        (cell,) = outcome.on_levels
        for course, weights, epochs in (
            (outcome.trained.training_accuracies, outcome.trained.weights, 4),
            (cell.training_accuracies, cell.fine_tuned, 1),
        ):
            assert len(course) == epochs
            assert course[-1] == accuracy(weights, training, configuration.neuron)


def test_a_part_kept_without_its_course_is_trained_again(
    run: Run, study: list[SeedOutcome], finished: Path, configuration: AnnConfiguration
) -> None:
    older = finished.with_name("older.checkpoint")
    older.write_bytes(finished.read_bytes())
    checkpoint = Checkpoint(older, configuration.document())
    part = dict(checkpoint.find("mnist, seed 0, float32") or {})
    del part["training_accuracies"]
    checkpoint.keep("mnist, seed 0, float32", part)
    again, _ = run(older, NEVER)
    assert [entry.document() for entry in again] == [entry.document() for entry in study]


def test_an_interrupted_study_resumes_to_the_same_numbers(
    run: Run, study: list[SeedOutcome], tmp_path: Path
) -> None:
    with pytest.raises(KeyboardInterrupt):
        run(tmp_path / "interrupted", 7)
    again, _ = run(tmp_path / "interrupted", NEVER)
    assert [entry.document() for entry in again] == [entry.document() for entry in study]


def test_a_finished_study_tells_of_all_its_epochs_again(
    run: Run, study: list[SeedOutcome], finished: Path, configuration: AnnConfiguration
) -> None:
    again, epochs = run(finished, NEVER)
    assert epochs == configuration.epochs
    assert [entry.document() for entry in again] == [entry.document() for entry in study]


def test_every_panel_has_its_numbers(
    study: list[SeedOutcome], images: Images, configuration: AnnConfiguration
) -> None:
    panels = study_panels(study, {"mnist": images})
    names = [panel.name for panel in panels]
    assert names == [
        "training-mnist",
        "weights-mnist",
        "confusion-mnist-float32",
        "confusion-mnist-on-levels",
        "confusion-mnist-trained-on-levels",
        "misread-mnist",
    ]
    course, weights, first = (panel.data for panel in panels[:3])
    assert course["epoch"].tolist() == [1, 2, 3, 4, 5] * 2
    for _what, part in weights.groupby("what"):
        assert part["synapses"].sum() == 784 * 128
    assert first.drop(columns="class").to_numpy().sum() == 200
    assert neuron_panel(configuration.neuron).data["conductance"].min() == 0


def test_real_digits_are_read_after_one_epoch(real_data: Path, tmp_path: Path) -> None:
    configuration = AnnConfiguration(
        data_sets=("mnist",),
        seeds=(0,),
        levels={"10 notches": notched_levels(10)},
        training=Schedule(epochs=1, learning_rate=2e-3, batch=128),
        fine_tuning=Schedule(epochs=1, learning_rate=1e-3, batch=128),
        spread_draws=2,
    )
    checkpoint = Checkpoint(tmp_path / "a.checkpoint", configuration.document())
    given = load_images("mnist")
    fewer = replace(
        given, train_images=given.train_images[:20_000], train_labels=given.train_labels[:20_000]
    )
    (outcome,) = run_study(configuration, {"mnist": fewer}, checkpoint, lambda *_: None)
    (cell,) = outcome.on_levels
    assert outcome.trained.accuracy > 0.88
    assert cell.accuracy_quantised > 0.86
    assert cell.accuracy_fine_tuned > 0.88
    assert min(cell.accuracies_spread) > 0.87
