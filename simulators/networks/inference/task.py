"""Programmings of a network as tasks of a sweep: which images each classifies correctly."""

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, get_args

import numpy as np
import torch
from torch import Tensor, nn

from ...sweeps.task import Advance, Task
from ..crossbar.analog_network import AnalogNetwork
from ..crossbar.devices import DeviceLevels
from ..crossbar.line_resistance import LineResistance
from ..crossbar.mapping import Clipping, Per, check_mapping
from ..crossbar.network import from_analog, to_analog
from ..crossbar.periphery.drift_compensation import DriftCompensation, check_compensation
from ..crossbar.random_streams import check_seed
from ..data.image_batches import ImageBytes, on_device, predictions
from ..errors import NetworkError

Precision = Literal["float32", "bfloat16"]
KEPT_WEIGHTS = 50_000_000  # of networks mapped before: some 14 bytes each


@dataclass(frozen=True, slots=True)
class DeviceMapping:
    """How weights are mapped onto devices and computed with; `seed` is that of the devices.

    `compensation` makes up for drift, of devices that have aged.
    """

    clipping: Clipping = "none"
    per: Per = "layer"
    precision: Precision = "float32"
    seed: int = 0
    lines: LineResistance | None = None
    compensation: DriftCompensation = "none"

    def __post_init__(self) -> None:
        """Raise NetworkError for other ways than there are."""
        check_mapping(self.clipping, self.per)
        check_compensation(self.compensation)
        check_seed(self.seed)
        if self.precision not in get_args(Precision):
            known = " or ".join(get_args(Precision))
            raise NetworkError(f"precision is {known}, not {self.precision!r}.")


@dataclass(frozen=True, slots=True)
class Reader:
    """The setup of a worker: the trained network, levels of a device by notches, and images."""

    network: nn.Module
    levels: Mapping[int, DeviceLevels]
    mapping: DeviceMapping
    data: ImageBytes
    analogs: dict[tuple[int, float], AnalogNetwork] = field(default_factory=dict)

    def analog(self, notches: int, noise: float) -> AnalogNetwork:
        """Return the network on devices with this many notches, and `noise` times their spreads.

        Clipping may take the spreads into account, so that each multiple has ranges of its own.
        """
        if (notches, noise) not in self.analogs:
            weights = sum(parameter.numel() for parameter in self.network.parameters())
            while len(self.analogs) * weights > KEPT_WEIGHTS:
                del self.analogs[next(iter(self.analogs))]
            analog = to_analog(
                self.network,
                self.levels[notches].scaled(noise),
                seed=self.mapping.seed,
                clipping=self.mapping.clipping,
                per=self.mapping.per,
                lines=self.mapping.lines,
                compensation=self.mapping.compensation,
            )
            dtype = getattr(torch, self.mapping.precision)
            self.analogs[notches, noise] = analog.to(
                self.data.images.device, dtype, memory_format=torch.channels_last
            )
        return self.analogs[notches, noise]


def reader(
    network: nn.Module,
    levels: Mapping[int, DeviceLevels],
    mapping: DeviceMapping,
    images: np.ndarray,
    labels: np.ndarray,
    device: str,
) -> Reader:
    """Return the reader of the images on a torch device; raises NetworkError without a GPU."""
    if device == "cuda" and not torch.cuda.is_available():
        raise NetworkError("A worker has no GPU that its PyTorch can use: leave --on cuda out.")
    return Reader(network, levels, mapping, on_device(images, labels, torch.device(device)))


def levels_hash(levels: DeviceLevels) -> str:
    """Return a hash of levels."""
    return hashlib.sha256(json.dumps(asdict(levels)).encode()).hexdigest()


def read(loaded: Reader, task: Task, advance: Advance) -> dict[str, Any]:
    """Classify the images with one network; `right` has a bit for each, in base64."""
    notches, what = task.configuration["notches"], task.configuration["network"]
    noise = task.configuration.get("noise", 0)
    analog = loaded.analog(notches or min(loaded.levels), noise)
    match what:
        case "trained":
            network = from_analog(analog)
        case "on levels":
            network = analog.quantised()
        case _:
            network = analog.programmed(task.configuration["trial"])
    dtype = getattr(torch, loaded.mapping.precision)
    right = predictions(network, loaded.data, dtype) == loaded.data.labels.cpu()
    advance(task.steps)
    return {
        "accuracy": float(right.double().mean()),
        "images": len(right),
        "right": base64.b64encode(np.packbits(right.numpy()).tobytes()).decode(),
    }


def right_images(data: Mapping[str, Any]) -> Tensor:
    """Return which images a result has as correctly classified, (images,)."""
    packed = np.frombuffer(base64.b64decode(data["right"]), np.uint8)
    return torch.from_numpy(np.unpackbits(packed, count=data["images"]).astype(np.bool_))
