"""Inference on devices, with a small trained network: what errors cost, what is kept."""

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from dwmtj.simulators.networks import Images, NetworkError
from dwmtj.simulators.networks.crossbar.devices import ConductanceRange, levels_of_range
from dwmtj.simulators.networks.crossbar.network import to_analog
from dwmtj.simulators.networks.data.array_hash import array_hash
from dwmtj.simulators.networks.data.image_batches import ImageBytes, on_device, predictions
from dwmtj.simulators.networks.inference.progress import KIND
from dwmtj.simulators.networks.inference.result import Inference, accuracy_drop
from dwmtj.simulators.networks.inference.study import InferenceConfiguration, infer, inference_tasks
from dwmtj.simulators.networks.inference.task import read, reader
from dwmtj.simulators.networks.resnet.network import Resnet, ResnetShape
from dwmtj.simulators.networks.resnet.training import ResnetConfiguration, train_resnet
from dwmtj.simulators.sweeps.checkpoint import Checkpoint
from dwmtj.simulators.sweeps.sweep import Sweep, open_executor
from dwmtj.storage import ResultRecord, Store

CPU = torch.device("cpu")
LEVELS = {
    notches: levels_of_range(ConductanceRange(), bits) for notches, bits in ((2, 2), (128, 8))
}
CONFIGURATION = InferenceConfiguration(
    "0" * 64,
    {},
    (2, 128),
    (0.0, 1.0, 30.0),
    programmings=4,
    max_programmings=8,
    target_half_width=0.002,
)


def coloured(count: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return noise in which the class's own colour is slightly brighter."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 3, count).astype(np.uint8)
    images = rng.integers(0, 200, (count, 3, 32, 32)).astype(np.uint8)
    images[np.arange(count), labels] += 6
    return images, labels


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> Resnet:
    torch.set_num_threads(1)
    config = ResnetConfiguration(ResnetShape(8, 8, 3), epochs=6, batch=16, learning_rate=0.1)
    checkpoint = Checkpoint(tmp_path_factory.mktemp("net") / "c", config.document())
    images = Images(*coloured(256, 1), *coloured(20, 2), ("red", "green", "blue"))
    return train_resnet(config, images, checkpoint, CPU, lambda _what, _more: None)[0]


@pytest.fixture(scope="module")
def data() -> ImageBytes:
    return on_device(*coloured(150, 3), CPU)


def run(
    network: Resnet,
    data: ImageBytes,
    path: Path,
    config: InferenceConfiguration = CONFIGURATION,
    jobs: int = 1,
) -> tuple[Inference, int]:
    told: list[int] = []
    images, labels = data.images.numpy(), data.labels.numpy()
    config = replace(config, images=array_hash(images, labels))
    setup = partial(reader, network, LEVELS, config.mapping, images, labels, "cpu")
    with open_executor("local", jobs) as executor, Store.open(path) as store:
        sweep = Sweep(KIND, read, store, executor, setup)
        tasks = inference_tasks(config, LEVELS)
        found = infer(config, tasks, sweep, lambda _what, more: told.append(more))
    return found, sum(told)


Whole = tuple[Inference, int, int]


@pytest.fixture(scope="module")
def whole(network: Resnet, data: ImageBytes, tmp_path_factory: pytest.TempPathFactory) -> Whole:
    """What the study finds without a break, the trials it told of, and its results' number."""
    path = tmp_path_factory.mktemp("study") / "whole"
    found, told = run(network, data, path)
    with Store.open(path) as store:
        return found, told, len(store.results())


def test_many_notches_read_as_the_trained_network_and_large_errors_do_worse(whole: Whole) -> None:
    found, told, _ = whole
    assert told == CONFIGURATION.trials
    cells = {(cell.notches, cell.noise): cell for cell in found.cells}
    assert found.accuracy_trained > 0.8
    assert cells[128, 0].mean == pytest.approx(found.accuracy_trained, abs=0.03)
    assert abs(cells[128, 1].accuracy_drop) < 0.05
    assert cells[128, 30].accuracy_drop > 5 * cells[128, 30].accuracy_drop_half_width / 2 > 0
    assert cells[2, 0].mean < cells[128, 0].mean
    for (_, noise), cell in cells.items():
        if noise == 0:
            assert cell.accuracies == (cell.mean,)
        else:
            assert 4 <= len(cell.accuracies) <= 8
            assert cell.half_width <= 0.002 or len(cell.accuracies) == 8


def test_a_study_that_was_interrupted_goes_on_to_the_same_numbers(
    network: Resnet,
    data: ImageBytes,
    whole: Whole,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    keep = Store.add_result

    def keep_seven(self: Store, *arguments: Any, **options: Any) -> ResultRecord:
        kept = keep(self, *arguments, **options)
        if len(self.results()) == 7:
            raise KeyboardInterrupt
        return kept

    with monkeypatch.context() as patched:
        patched.setattr(Store, "add_result", keep_seven)
        with pytest.raises(KeyboardInterrupt):
            run(network, data, tmp_path / "broken")
    found, told = run(network, data, tmp_path / "broken")
    with Store.open(tmp_path / "broken") as broken:
        assert (found, told, len(broken.results())) == whole


def test_any_number_of_workers_finds_the_same(
    network: Resnet, data: ImageBytes, tmp_path: Path
) -> None:
    config = replace(CONFIGURATION, notches=(128,), noises=(30.0,))
    alone = run(network, data, tmp_path / "1", config)
    assert run(network, data, tmp_path / "2", config, jobs=2) == alone


def test_a_study_with_another_noise_programs_only_what_is_new(
    network: Resnet, data: ImageBytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = replace(CONFIGURATION, notches=(128,), noises=(1.0,), programmings=2, max_programmings=2)
    run(network, data, tmp_path / "s", few)
    run(network, data, tmp_path / "s", replace(few, noises=(0.0, 1.0, 2.0)))
    with Store.open(tmp_path / "s") as store:
        names = [result.name for result in store.results(KIND)]
    assert names == [
        "as trained",
        "128 notches, no error",
        *(f"128 notches, noise × {noise}, programming {t}" for noise in (1, 2) for t in (0, 1)),
    ]


def test_an_interval_that_is_narrow_at_once_takes_the_fewest_programmings(
    network: Resnet, data: ImageBytes, tmp_path: Path
) -> None:
    wide = replace(CONFIGURATION, notches=(128,), target_half_width=1.0)
    found, told = run(network, data, tmp_path / "c", wide)
    assert [len(cell.accuracies) for cell in found.cells] == [1, 4, 4]
    assert told == wide.trials


def test_intervals_of_the_loss_hold_what_other_programmings_and_images_show(
    network: Resnet,
) -> None:
    """20 intervals at 95 %: fewer than 16 would hold in 1 of 390 such tests."""
    analog = to_analog(network, LEVELS[128].scaled(20))
    exact = analog.quantised()

    def drop(trials: range, images: int, seed: int) -> tuple[float, float]:
        shown = on_device(*coloured(images, seed), CPU)

        def right(classifier: nn.Module) -> Tensor:
            return (predictions(classifier, shown, torch.float32) == shown.labels).double()

        programmed = torch.stack([right(analog.programmed(trial)) for trial in trials])
        return accuracy_drop(programmed, right(exact))

    truth, _ = drop(range(1000, 1012), 600, 50)
    found = [drop(range(4 * group, 4 * group + 4), 100, 100 + group) for group in range(20)]
    assert sum(abs(mean - truth) <= half_width for mean, half_width in found) >= 16


def test_what_gives_no_interval_is_refused() -> None:
    for wrong in ({"programmings": 1}, {"programmings": 9}):
        with pytest.raises(NetworkError, match=r"programmings give no interval"):
            replace(CONFIGURATION, **wrong)  # type: ignore[arg-type]
    with pytest.raises(NetworkError, match=r"at least one number of notches"):
        replace(CONFIGURATION, notches=())
