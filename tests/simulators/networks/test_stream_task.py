"""Stream-learning runs as tasks: side by side as one by one, and what figures share is one task."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from dwmtj.simulators.networks import Images
from dwmtj.simulators.networks.stream_learning.settings import StreamSetup
from dwmtj.simulators.networks.stream_learning.study import (
    FigureName,
    figure_curves,
    outcomes_of,
    runs_of,
    summaries,
)
from dwmtj.simulators.networks.stream_learning.task import (
    KIND,
    checkpoint_of,
    stream_images,
    stream_tasks,
    train,
)
from dwmtj.simulators.sweeps.errors import SweepError
from dwmtj.simulators.sweeps.sweep import Sweep, open_executor
from dwmtj.simulators.sweeps.task import Task
from dwmtj.storage import Store

SETUP = StreamSetup(hidden=32, batch=25, subset_images=100, subsets=3, epochs=4)


@pytest.fixture(scope="module")
def images() -> Images:
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 10, 400).astype(np.uint8)
    images = rng.integers(0, 120, (400, 28, 28)).astype(np.uint8)
    for image, label in zip(images, labels, strict=True):
        image[2 * label : 2 * label + 4] += 100
    return Images(images[:300], labels[:300], images[300:], labels[300:], ())


def tasks_of(figure: FigureName, images: Images, folder: Path) -> list[Task]:
    runs = runs_of(figure_curves(figure, SETUP), 2, "subset", at_once=False)
    return stream_tasks(runs, folder, images, "bars", None)


def test_networks_are_trained_side_by_side_as_one_by_one(images: Images, tmp_path: Path) -> None:
    runs = runs_of(figure_curves("5a", SETUP), 2, "subset", at_once=True)
    tasks = stream_tasks(runs, tmp_path / "checkpoints", images, "bars", None)
    data = stream_images(images, SETUP)
    found = []
    for jobs in (2, 1):
        with (
            open_executor("local", jobs) as executor,
            Store.open(tmp_path / f"{jobs}.sqlite") as store,
        ):
            found.append(Sweep(KIND, train, store, executor, data).results(tasks[:: 3 - jobs]))
    outcomes = outcomes_of(runs[::1], found[0])
    assert [outcome.run.name for outcome in outcomes] == [run.name for _, _, run in runs]
    assert len(outcomes) == 12
    assert [result.data for result in found[0][::2]] == [result.data for result in found[1]]
    final = summaries(outcomes)["linear", True]
    assert final.runs == 2
    assert 0 < final.mean < 1


def test_a_device_that_figures_share_is_one_task(images: Images, tmp_path: Path) -> None:
    with open_executor() as executor, Store.open(tmp_path / "s.sqlite") as store:
        sweep = Sweep(KIND, train, store, executor)
        keys = {
            figure: {sweep.key(task) for task in tasks_of(figure, images, tmp_path)}
            for figure in ("5a", "5b", "levels", "rounding", "width-ratio")
        }
        as_read = {sweep.key(task) for task in tasks_of("as-read", images, tmp_path)}
    assert len(as_read & keys["5b"]) == 2  # the straight synapse with 32 levels
    assert len(as_read) == 6
    shared = set.intersection(*keys.values())
    assert len(shared) == 2  # the trapezoid with four stops, two seeds
    assert len(set.union(*keys.values())) == 2 * (3 + 1 + 2 + 1 + 2)  # 1:1, δ = 3 comes twice, too


def test_other_images_seeds_and_setups_are_other_tasks(images: Images, tmp_path: Path) -> None:
    other = replace(images, test_labels=images.test_labels[::-1])
    with open_executor() as executor, Store.open(tmp_path / "s.sqlite") as store:
        sweep = Sweep(KIND, train, store, executor)
        same, changed = (
            [sweep.key(task) for task in tasks_of("5a", given, tmp_path)]
            for given in (images, other)
        )
    assert len({*same, *changed}) == 2 * len(same)


def test_a_checkpoint_of_another_run_is_refused(images: Images, tmp_path: Path) -> None:
    task = tasks_of("5a", images, tmp_path)[0]
    checkpoint_of(task).keep("progress", {})
    run, at_once, path = task.context
    other = replace(task, context=(replace(run, seed=9), at_once, path))
    with pytest.raises(SweepError, match="another configuration"):
        checkpoint_of(other)
