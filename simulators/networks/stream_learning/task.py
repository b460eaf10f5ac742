"""Stream-learning runs as tasks of a sweep, each with a checkpoint that it resumes from."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from ...sweeps.checkpoint import Checkpoint
from ...sweeps.task import Advance, Task
from ..data.array_hash import array_hash
from ..data.images import Images
from .settings import StreamSetup
from .training import (
    StreamData,
    StreamRun,
    require_images,
    stream_data,
    train_stream,
)

KIND = "stream"


def stream_images(images: Images, setup: StreamSetup) -> Callable[[], StreamData]:
    """Return a function that prepares the images in a worker; raises NetworkError."""
    require_images(images, setup)
    return partial(stream_data, images, setup)


def stream_tasks(
    runs: list[tuple[str, bool, StreamRun]],
    folder: Path,
    images: Images,
    data: str,
    model: str | None,
    held_out: int = 0,
) -> list[Task]:
    """Return a task for each (curve, at once, run), with its checkpoint in the folder.

    `data` is the name of the data set; `model`, that of the state model. Of the images, the test
    images are `held_out` training images if that is not 0.
    """
    hashed = array_hash(*(getattr(images, name) for name in Images.__slots__[:4]))
    return [
        Task(
            run.name,
            {
                **run.configuration(),
                "data": data,
                "images": hashed,
                "held_out": held_out,
                "model": model if _of_the_model(curve, run) else None,
            },
            run.seed,
            run.setup.subsets * run.setup.epochs,
            (run, at_once, folder.resolve() / f"{run.name}.checkpoint"),
        )
        for curve, at_once, run in runs
    ]


def _of_the_model(curve: str, run: StreamRun) -> bool:
    """Return True if the run has numbers of the state model."""
    return run.transitions is not None or curve.startswith("device-ratio")


def checkpoint_of(task: Task) -> Checkpoint:
    """Open a task's checkpoint; raises SweepError if it is damaged or of another run."""
    run, _, path = task.context
    return Checkpoint(path, run.configuration())


def train(data: StreamData, task: Task, advance: Advance) -> dict[str, Any]:
    """Train a run, or the rest of it; raises SweepError."""
    run, at_once, _ = task.context
    accuracies = train_stream(run, data, checkpoint_of(task), partial(advance, 1))
    return {"accuracies": accuracies, "all_images_at_once": at_once}
