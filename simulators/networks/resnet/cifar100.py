"""A residual network trained on CIFAR-100: from a study to weights, figure and stored result.

    output = learn_cifar100(Path("cifar100"), ResnetStudy(network="resnet20", epochs=2, images=500))

The command `dwmtj learn cifar100` does the same.
"""

import hashlib
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from ....storage import Store, check_overwrite
from ...sweeps.checkpoint import Checkpoint
from ..compute_device import ComputeDevice, choose_device
from ..data.images import load_images
from ..errors import NetworkError
from ..progress import ShowProgress, progress_bar
from ..study_output import StudyOutput, save_figures
from .figure import training_panel
from .network import RESNETS
from .training import (
    Epoch,
    Precision,
    RateCurve,
    ResnetConfiguration,
    batches_per_epoch,
    epochs_kept,
    train_resnet,
)
from .weights_file import (
    TrainedResnet,
    load_weights,
    save_weights,
    weights_of,
)

NetworkName = Literal["resnet20", "resnet56x4"]
EPOCHS: dict[NetworkName, int] = {"resnet20": 50, "resnet56x4": 200}


@dataclass(frozen=True, slots=True, kw_only=True)
class ResnetStudy:
    """A network and how it is trained; see `ResnetConfiguration`.

    `epochs` None is 50, or 200 for resnet56x4; `precision` None is bfloat16 on a GPU, else float32.
    Training starts from the weights file `start`, or from random weights. Only the first `images`
    training and test images are used; None uses all.
    """

    network: NetworkName = "resnet20"
    epochs: int | None = None
    batch: int = 128
    learning_rate: float = 0.2
    rate_curve: RateCurve = "one-cycle"
    start: Path | None = None
    weight_error: float = 0.0
    precision: Precision | None = None
    seed: int = 0
    images: int | None = None

    def configuration(self, device: str) -> ResnetConfiguration:
        """Return all that the weights depend on, computed on this type of device."""
        start = None if self.start is None else self.start.read_bytes()
        return ResnetConfiguration(
            shape=RESNETS[self.network],
            epochs=self.epochs or EPOCHS[self.network],
            batch=self.batch,
            learning_rate=self.learning_rate,
            rate_curve=self.rate_curve,
            precision=self.precision or ("bfloat16" if device == "cuda" else "float32"),
            seed=self.seed,
            images=self.images,
            weight_error=self.weight_error,
            start=None if start is None else hashlib.sha256(start).hexdigest(),
        )


@dataclass(frozen=True, slots=True)
class ResnetTraining:
    """The trained network, in evaluation mode on the CPU, and what each epoch came to."""

    trained: TrainedResnet
    epochs: tuple[Epoch, ...]

    @property
    def accuracy(self) -> float:
        """The share of test images correctly classified after the last epoch."""
        return self.epochs[-1].test_accuracy


def learn_cifar100(
    folder: Path,
    study: ResnetStudy,
    *,
    database: str | Path | None = None,
    device: ComputeDevice = "auto",
    overwrite: bool = False,
    progress: ShowProgress = progress_bar,
) -> StudyOutput[ResnetTraining]:
    """Train a residual network; write `NETWORK.safetensors` and the figure, keep the result.

    Each epoch is kept in a checkpoint in the folder until the end: an interrupted training resumes.
    Raises NetworkError and StoreError.
    """
    weights = folder / f"{study.network}.safetensors"
    check_overwrite(weights, overwrite=overwrite)
    images = load_images("cifar-100")
    start = None if study.start is None else weights_of(study.start, RESNETS[study.network]).network
    processor = choose_device(device)
    configuration = study.configuration(processor.type)
    checkpoint = Checkpoint(folder / f"{study.network}.checkpoint", configuration.document())
    steps = configuration.epochs * batches_per_epoch(configuration, images)
    with Store.open(database) as store:
        with progress(steps, epochs_kept(checkpoint), checkpoint.path, "batches") as report:
            network, epochs = train_resnet(
                configuration, images, checkpoint, processor, report, start
            )
        result = store.add_result(
            "cifar100",
            study.network,
            configuration=configuration.document(),
            data={
                "test_accuracy": epochs[-1].test_accuracy,
                "epochs": [asdict(epoch) for epoch in epochs],
                "computed_on": processor.type,
            },
            seed=study.seed,
        )
        place = store.place
    about: dict[str, Any] = {
        "network": study.network,
        "data": "cifar-100",
        "test_accuracy": epochs[-1].test_accuracy,
        "code_version": result.code_version,
        "configuration": configuration.document(),
    }
    trained = TrainedResnet(configuration.shape, network, about)
    save_weights(weights, trained)
    figure = save_figures([training_panel(study.network, epochs)], folder, [result], place)
    checkpoint.remove()
    return StudyOutput(ResnetTraining(trained, tuple(epochs)), (result,), place, (weights, *figure))


def load_with_test_images(
    weights: Path, count: int | None = None
) -> tuple[TrainedResnet, NDArray[np.uint8], NDArray[np.uint8]]:
    """Read a trained network, and CIFAR-100's test images and labels, the first `count` of them.

    Raises NetworkError if either is missing or the network is one of other classes.
    """
    trained = load_weights(weights)
    images = load_images("cifar-100")
    if trained.shape.classes != len(images.classes):
        raise NetworkError(f"{weights} reads {trained.shape.classes} classes; CIFAR-100 has 100.")
    return trained, images.test_images[:count], images.test_labels[:count]
