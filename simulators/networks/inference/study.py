"""Accuracy on devices against notches and errors: the synapse paper's Fig. 6b, with intervals.

Every cell (notches, noise) is programmed again and again, each time with other devices, until the
95 % interval of its mean accuracy over programmings (Student's t) is narrow enough. Programming t
draws the same random numbers in every cell, and all read the same images: what cells differ by is
known far better than each of them.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import torch
from torch import Tensor

from ...sweeps.sweep import Sweep
from ...sweeps.task import Task
from ..crossbar.devices import DeviceLevels
from ..errors import NetworkError
from .result import Cell, Inference, half_interval, loss
from .task import Mapped, levels_hash, right_images

Report = Callable[[str, int], None]
MAPPED = Mapped()


@dataclass(frozen=True, slots=True)
class InferenceConfiguration:
    """All that the study's numbers depend on, but code.

    `weights` and `images` are hashes; `devices` says where the levels come from. `noises` are
    multiples of the levels' spreads, 0 for none of any kind. A cell has at least `programmings` and
    at most `most`, and ends once its interval reaches no farther than `within` to either side.
    """

    weights: str
    devices: Mapping[str, Any]
    notches: tuple[int, ...]
    noises: tuple[float, ...] = (0.0, 1.0, 10.0)
    programmings: int = 10
    most: int = 40
    within: float = 1e-3
    mapped: Mapped = MAPPED
    images: str = ""
    computed_on: str = "cpu"

    def __post_init__(self) -> None:
        """Raise NetworkError where no interval can come of it."""
        if not 2 <= self.programmings <= self.most:
            raise NetworkError(
                f"{self.programmings} to {self.most} programmings give no interval: give "
                "--programmings from 2 to --most."
            )
        if not self.notches or not self.noises or min(self.noises) < 0:
            raise NetworkError("Give at least one number of notches, and noises of 0 or more.")

    @property
    def trials(self) -> int:
        """How many programmings there are at most."""
        return len(self.notches) * sum(self.most if noise else 1 for noise in self.noises)

    def document(self) -> dict[str, Any]:
        """Return it as plain data."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class InferenceTasks:
    """All that may have to be read: as trained, on each number of levels, and each programming."""

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
    mapped = asdict(config.mapped)
    seed = mapped.pop("seed")
    depends = {"weights": config.weights, "images": config.images, "on": config.computed_on}

    def on_devices(notches: int, network: str) -> dict[str, Any]:
        placed = {"notches": notches, "levels": levels_hash(levels[notches]), "network": network}
        return {**depends, **mapped, **placed, "devices": dict(config.devices)}

    as_trained = {**depends, "precision": mapped["precision"], "network": "trained"}
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
                for trial in range(config.most)
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

    `report` is told what was programmed and how many of the most programmings more are done or not
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
                report(f"{cell[0]} notches, noise × {cell[1]:g}", config.most - len(read[cell]))
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
    return min(max(config.programmings - done, few), config.most - done)


def _enough(config: InferenceConfiguration, read: Sequence[Tensor]) -> int | None:
    """Return how many of the programmings make an interval that is narrow enough, if they do."""
    accuracies = tuple(float(right.double().mean()) for right in read)
    for count in range(config.programmings, len(read) + 1):
        if half_interval(accuracies[:count]) <= config.within or count == config.most:
            return count
    return None


def _cell(notches: int, noise: float, ideal: Tensor, read: Sequence[Tensor]) -> Cell:
    if noise == 0:
        return Cell(notches, noise, (float(ideal.double().mean()),), 0.0, 0.0)
    lost, reach = loss(torch.stack(list(read)).double(), ideal.double())
    accuracies = tuple(float(right.double().mean()) for right in read)
    return Cell(notches, noise, accuracies, lost, reach)
