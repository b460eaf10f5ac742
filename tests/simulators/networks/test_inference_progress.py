"""Who watches an inference study sees its own programmings, and no others."""

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from dwmtj.simulators.networks.crossbar.devices import ConductanceRange, levels_of_range
from dwmtj.simulators.networks.inference.progress import (
    KIND,
    StudyProgress,
    WatchedStudy,
    progress_of,
)
from dwmtj.simulators.networks.inference.study import InferenceConfiguration, inference_tasks
from dwmtj.simulators.networks.inference.task import DeviceMapping
from dwmtj.simulators.networks.resnet.pretrained import RESNET20
from dwmtj.storage import Store

LEVELS = {notches: levels_of_range(ConductanceRange(), bits) for notches, bits in ((8, 4), (16, 5))}
MODEL = {"model": "A3", "version": 2, "after_s": None}
STUDY = WatchedStudy("A3", 2, notches=16, images=100)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "lab.sqlite") as opened:
        yield opened


def keep(
    store: Store,
    accuracy: float,
    *,
    devices: Mapping[str, Any] = MODEL,
    mapping: DeviceMapping | None = None,
    images: int = 100,
    code: str = "new",
) -> None:
    """Store the results of a whole study, all with one accuracy."""
    configuration = InferenceConfiguration(
        weights=hashlib.sha256(RESNET20.read_bytes()).hexdigest(),
        devices=devices,
        notches=tuple(LEVELS),
        programmings=2,
        max_programmings=3,
        mapping=mapping or DeviceMapping(),
        images=f"{images} images",
    )
    for task in inference_tasks(configuration, LEVELS).all():
        store.add_result(
            KIND,
            task.name,
            configuration={**task.configuration, "code": code},
            data={"accuracy": accuracy, "images": images},
            seed=task.seed,
            key=task.key(KIND, code),
        )


def test_nothing_is_known_of_a_study_that_has_not_begun(store: Store) -> None:
    keep(store, 0.1, devices={**MODEL, "version": 1}, images=50)
    assert progress_of(STUDY, store.results(KIND)) == StudyProgress()


def test_programmings_of_other_devices_mappings_images_and_code_do_not_count(store: Store) -> None:
    keep(store, 0.1, code="old")
    keep(store, 0.5)
    others: list[dict[str, Any]] = [
        {"devices": {**MODEL, "version": 1}},
        {"devices": {**MODEL, "after_s": 60.0}},
        {"mapping": DeviceMapping(clipping="least-squares")},
        {"mapping": DeviceMapping(per="output")},
        {"mapping": DeviceMapping(precision="bfloat16")},
        {"mapping": DeviceMapping(seed=1)},
        {"images": 50},
    ]
    for other in others:
        keep(store, 0.2, **other)
    found = progress_of(STUDY, store.results(KIND))
    assert found.programmed == {0: 0.5, 1: 0.5, 2: 0.5}
    assert (found.trained, found.on_levels) == (0.5, 0.5)
