"""One stream-learning run: subset after subset, with a checkpoint that it resumes from exactly."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from ...sweeps.checkpoint import Checkpoint
from ..data.images import Images
from ..errors import NetworkError
from ..synapses.transitions import Transitions
from .network import PIXELS, StreamNetwork, as_input
from .settings import StreamSetup

CHECKPOINT_INTERVAL_s = 10.0  # writing a checkpoint takes about a hundredth of that

Validation = Literal["subset", "epoch"]
Report = Callable[[], None]


@dataclass(frozen=True, slots=True)
class StreamRun:
    """One training: a setup, its seed, and measured transitions in place of the formula."""

    name: str
    setup: StreamSetup
    seed: int
    transitions: Transitions | None = None
    validation: Validation = "subset"

    def configuration(self) -> dict[str, Any]:
        """Return plain data that repeats the run."""
        measured = None
        if self.transitions is not None:
            measured = {
                "onward": self.transitions.onward.tolist(),
                "back": self.transitions.back.tolist(),
                "verified": self.transitions.verified,
            }
        return {
            "setup": self.setup.document(),
            "seed": self.seed,
            "transitions": measured,
            "validation": self.validation,
        }


@dataclass(frozen=True, slots=True)
class StreamData:
    """Images as the network takes them, in the official order, which is that of the stream."""

    train_images: Any
    train_labels: npt.NDArray[np.int64]
    test_images: Any
    test_labels: npt.NDArray[np.int64]


def require_images(images: Images, setup: StreamSetup) -> None:
    """Raise NetworkError unless the data set has the setup's images, of 28 × 28."""
    if setup.subsets * setup.subset_images > len(images.train_labels):
        raise NetworkError(
            f"{setup.subsets} subsets of {setup.subset_images} images are more than the "
            f"{len(images.train_labels)} there are to train with: set fewer --subsets."
        )
    if images.train_images[0].size != PIXELS:
        raise NetworkError("Stream learning takes images of 28 × 28: fashion-mnist or mnist.")


def stream_data(images: Images, setup: StreamSetup) -> StreamData:
    """Prepare a data set; raises NetworkError unless it has the setup's images, of 28 × 28."""
    require_images(images, setup)
    return StreamData(
        as_input(images.train_images),
        images.train_labels.astype(np.int64),
        as_input(images.test_images),
        images.test_labels.astype(np.int64),
    )


def train_stream(
    run: StreamRun, data: StreamData, checkpoint: Checkpoint, report: Report
) -> list[float]:
    """Train one network and return its test accuracy after every subset (or every epoch).

    Resumes where the checkpoint ends; `report` is called once an epoch, also for those that it
    holds.
    """
    setup = run.setup
    network = StreamNetwork(setup, np.random.default_rng(run.seed), run.transitions)
    accuracies: list[float] = []
    first = 0
    kept = checkpoint.find("progress")
    if kept is not None:
        first, accuracies = kept["epochs"], list(kept["accuracies"])
        if kept["network"] is not None:
            network.restore(kept["network"])
        for _ in range(first):
            report()
    written = time.monotonic()
    total = setup.subsets * setup.epochs
    for epoch in range(first, total):
        start = epoch // setup.epochs * setup.subset_images
        subset = slice(start, start + setup.subset_images)
        _train_epoch(network, data, subset)
        if run.validation == "epoch" or (epoch + 1) % setup.epochs == 0:
            accuracies.append(
                network.accuracy(data.test_images, data.test_labels, data.train_images[subset])
            )
        if epoch + 1 == total or time.monotonic() - written > CHECKPOINT_INTERVAL_s:
            state = None if epoch + 1 == total else network.state()
            checkpoint.keep(
                "progress", {"epochs": epoch + 1, "accuracies": accuracies, "network": state}
            )
            written = time.monotonic()
        report()
    return accuracies


def _train_epoch(network: StreamNetwork, data: StreamData, subset: slice) -> None:
    images, labels = data.train_images[subset], data.train_labels[subset]
    order = network.rng.permutation(len(labels)).reshape(-1, network.setup.batch)
    for chosen in order:
        network.train(images[chosen], labels[chosen])
