"""Trains one small network from folder argv[1], writing a checkpoint every epoch, until killed."""

import sys
from pathlib import Path

import numpy as np

from dwmtj.simulators.networks.data.images import Images
from dwmtj.simulators.networks.stream_learning import training as stream_training
from dwmtj.simulators.networks.stream_learning.settings import StreamSetup
from dwmtj.simulators.networks.stream_learning.training import (
    StreamData,
    StreamRun,
    stream_data,
    train_stream,
)
from dwmtj.simulators.sweeps.checkpoint import Checkpoint

RUN = StreamRun("run", StreamSetup(hidden=32, batch=25, subset_images=100, subsets=5, epochs=20), 3)


def bars() -> StreamData:
    """500 training and 100 test images, a bright bar at a place of its own for each class."""
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 10, 600).astype(np.uint8)
    images = rng.integers(0, 120, (600, 28, 28)).astype(np.uint8)
    for image, label in zip(images, labels, strict=True):
        image[2 * label : 2 * label + 4] += 100
    return stream_data(
        Images(images[:500], labels[:500], images[500:], labels[500:], ()), RUN.setup
    )


if __name__ == "__main__":
    stream_training.CHECKPOINT_INTERVAL_s = 0.0
    checkpoint = Checkpoint(Path(sys.argv[1]) / "killed", RUN.configuration())
    train_stream(RUN, bars(), checkpoint, lambda: print("epoch", flush=True))
