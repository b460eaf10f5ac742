"""Accuracy on devices against notches and errors: the synapse paper's Fig. 6b, with intervals.

Every cell (notches, noise) is programmed again and again, each time with other devices, until the
95 % interval of its mean accuracy over programmings (Student's t) is narrow enough. Programming t
draws the same random numbers in every cell, and all read the same images: what cells differ by is
known far better than each of them.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import torch
from torch import Tensor

from ...sweeps.sweep import Sweep
from ...sweeps.task import Task
from ..crossbar.devices import DeviceLevels
from ..documents import document, stored_as
from ..errors import NetworkError
from ..progress import Report
from .result import Cell, Inference, accuracy_drop, half_width
from .task import DeviceMapping, levels_hash, right_images

MAPPING = DeviceMapping()


@dataclass(frozen=True, slots=True)
class InferenceConfiguration:
    """All that the study's numbers depend on, except code.

    `weights` and `images` are hashes; `devices` is the source of the levels. `noises` are multiples
    of the levels' spreads, 0 for no error of any kind. A cell has at least `programmings` and at
    most `max_programmings`, and is complete once half of its 95 % interval is at most
    `target_half_width` (0 … 1).
    """

    weights: str
    devices: Mapping[str, Any]
    notches: tuple[int, ...]
    noises: tuple[float, ...] = (0.0, 1.0, 10.0)
    programmings: int = 10
    max_programmings: int = field(default=40, metadata=stored_as("most"))
    target_half_width: float = field(default=1e-3, metadata=stored_as("within"))
    mapping: DeviceMapping = field(default=MAPPING, metadata=stored_as("mapped"))
    images: str = ""
    computed_on: str = "cpu"

    def __post_init__(self) -> None:
        """Raise NetworkError where no interval can come of it."""
        if not 2 <= self.programmings <= self.max_programmings:
            raise NetworkError(
                f"{self.programmings} to {self.max_programmings} programmings give no interval: "
                "give --programmings from 2 to --max-programmings."
            )
        if not self.notches or not self.noises or min(self.noises) < 0:
            raise NetworkError("Give at least one number of notches, and noises of 0 or more.")

    @property
    def trials(self) -> int:
        """The maximum number of programmings."""
        return len(self.notches) * sum(
            self.max_programmings if noise else 1 for noise in self.noises
        )

    def document(self) -> dict[str, Any]:
        """Return it as plain data."""
        return dict(document(self))


@dataclass(frozen=True, slots=True)
class InferenceTasks:
    """Every task that may be needed: as trained, on each number of levels, each programming."""

    trained: Task
    on_levels: Mapping[int, Task]
    programmings: Mapping[tuple[int, float], Sequence[Task]]

    def all(self) -> list[Task]:
        every = [task for tasks in self.programmings.values() for task in tasks]
        return [self.trained, *self.on_levels.values(), *every]


def inference_tasks(
    config: InferenceConfiguration, levels: Mapping[int, DeviceLevels]
) -> InferenceTasks:
    """Return the tasks; `levels` has those of a device for each number of notches."""
    mapping = asdict(config.mapping)
    seed = mapping.pop("seed")
    if mapping["compensation"] == "none":  # networks stored before it was known stay valid
        del mapping["compensation"]
    depends = {"weights": config.weights, "images": config.images, "on": config.computed_on}

    def on_devices(notches: int, network: str) -> dict[str, Any]:
        placed = {"notches": notches, "levels": levels_hash(levels[notches]), "network": network}
        return {**depends, **mapping, **placed, "devices": dict(config.devices)}

    as_trained = {**depends, "precision": mapping["precision"], "network": "trained"}
    return InferenceTasks(
        Task("as trained", {**as_trained, "notches": None}, steps=0),
        {
            notches: Task(
                f"{notches} notches, no error",
                on_devices(notches, "on levels"),
                steps=config.noises.count(0),
            )
            for notches in config.notches
        },
        {
            (notches, noise): [
                Task(
                    f"{notches} notches, noise × {noise:g}, programming {trial}",
                    {**on_devices(notches, "programmed"), "noise": noise, "trial": trial},
                    seed,
                )
                for trial in range(config.max_programmings)
            ]
            for notches in config.notches
            for noise in config.noises
            if noise
        },
    )


def infer(
    config: InferenceConfiguration, tasks: InferenceTasks, sweep: Sweep, report: Report
) -> Inference:
    """Compute every cell; raises what the sweep raises.

    `report` gets what was programmed and how many more of the maximum programmings are done or not
    needed. The same programmings count whatever the number of workers.
    """
    exact = sweep.results([tasks.trained, *tasks.on_levels.values()], report)
    trained, *ideal = (right_images(result.data) for result in exact)
    on_levels = dict(zip(tasks.on_levels, ideal, strict=True))
    read: dict[tuple[int, float], list[Tensor]] = {cell: [] for cell in tasks.programmings}
    unclear = list(read)
    while unclear:
        wave = {cell: _more(config, len(read[cell]), len(unclear), sweep) for cell in unclear}
        given = [
            (cell, task)
            for cell, more in wave.items()
            for task in tasks.programmings[cell][len(read[cell]) :][:more]
        ]
        results = sweep.results([task for _, task in given], report)
        for (cell, _), result in zip(given, results, strict=True):
            read[cell].append(right_images(result.data))
        for cell in list(unclear):
            enough = _enough(config, read[cell])
            if enough is not None:
                unclear.remove(cell)
                report(
                    f"{cell[0]} notches, noise × {cell[1]:g}",
                    config.max_programmings - len(read[cell]),
                )
                del read[cell][enough:]
    cells = [
        _cell(notches, noise, on_levels[notches], read.get((notches, noise), []))
        for notches in config.notches
        for noise in config.noises
    ]
    return Inference(float(trained.double().mean()), len(trained), tuple(cells))


def _more(config: InferenceConfiguration, done: int, unclear: int, sweep: Sweep) -> int:
    """Return how many programmings of a cell come next: enough for an interval, then a few."""
    few = max(1, math.ceil(sweep.workers / unclear))
    return min(max(config.programmings - done, few), config.max_programmings - done)


def _enough(config: InferenceConfiguration, read: Sequence[Tensor]) -> int | None:
    """Return how many of the programmings complete the cell, None if more are needed."""
    accuracies = tuple(float(right.double().mean()) for right in read)
    for count in range(config.programmings, len(read) + 1):
        is_narrow = half_width(accuracies[:count]) <= config.target_half_width
        if is_narrow or count == config.max_programmings:
            return count
    return None


def _cell(notches: int, noise: float, ideal: Tensor, read: Sequence[Tensor]) -> Cell:
    if noise == 0:
        return Cell(notches, noise, (float(ideal.double().mean()),), 0.0, 0.0)
    drop, drop_half_width = accuracy_drop(torch.stack(list(read)).double(), ideal.double())
    accuracies = tuple(float(right.double().mean()) for right in read)
    return Cell(notches, noise, accuracies, drop, drop_half_width)
