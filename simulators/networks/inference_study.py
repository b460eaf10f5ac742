"""Accuracy on devices against notches and errors: the synapse paper's Fig. 6b, with intervals.

Every cell (notches, noise) is programmed again and again, each time with other devices, until the
95 % interval of its mean accuracy over programmings (Student's t) is narrow enough. Programming t
draws the same random numbers in every cell, and all read the same images: what cells differ by is
known far better than each of them.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any, Literal

import torch
from torch import Tensor, nn

from simulators.networks.analog import AnalogNetwork, from_analog, to_analog
from simulators.networks.analog_devices import DeviceLevels
from simulators.networks.analog_mapping import Clipping, Per
from simulators.networks.checkpoint import Checkpoint
from simulators.networks.errors import NetworkError
from simulators.networks.image_batches import ImageBytes, predictions
from simulators.networks.inference_result import Cell, Inference, half_interval, loss

Report = Callable[[str, int], None]
Precision = Literal["float32", "bfloat16"]


@dataclass(frozen=True, slots=True)
class InferenceConfiguration:
    """All that the study's numbers depend on, but code and images.

    `weights` is the SHA-256 of their file; `devices` says where the levels come from. `noises` are
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
    clipping: Clipping = "none"
    per: Per = "layer"
    precision: Precision = "float32"
    seed: int = 0
    images: int | None = None

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


def infer(
    configuration: InferenceConfiguration,
    network: nn.Module,
    levels: Mapping[int, DeviceLevels],
    data: ImageBytes,
    checkpoint: Checkpoint,
    report: Report,
) -> Inference:
    """Compute every cell, going on after the programmings in the checkpoint; raises NetworkError.

    `levels` has those of a device for each number of notches. `report` is told what was programmed
    and how many of the most programmings more are done or not needed.
    """
    study = _Study(configuration, data, checkpoint, report)
    cells = []
    trained = None
    for notches in configuration.notches:
        exact = study.analog(network, levels[notches].scaled(0))
        if trained is None:
            trained = study.right("trained", partial(from_analog, exact))
        ideal = study.right(f"{notches} notches, no error", exact.quantised)
        for noise in configuration.noises:
            analog = study.analog(network, levels[notches].scaled(noise)) if noise else exact
            cells.append(study.cell(notches, noise, analog, ideal))
    assert trained is not None
    return Inference(float(trained.double().mean()), len(data), tuple(cells))


@dataclass(frozen=True, slots=True)
class _Study:
    configuration: InferenceConfiguration
    data: ImageBytes
    checkpoint: Checkpoint
    report: Report

    def analog(self, network: nn.Module, levels: DeviceLevels) -> AnalogNetwork:
        """Map the network onto levels; what their spreads have to do with it says the clipping."""
        config = self.configuration
        return to_analog(
            network, levels, seed=config.seed, clipping=config.clipping, per=config.per
        )

    def cell(self, notches: int, noise: float, analog: AnalogNetwork, ideal: Tensor) -> Cell:
        config, name = self.configuration, f"{notches} notches, noise × {noise:g}"
        if noise == 0:
            self.report(name, 1)
            return Cell(notches, noise, (float(ideal.double().mean()),), 0.0, 0.0)
        right: list[Tensor] = []
        while len(right) < config.most:
            trial = len(right)
            make = partial(analog.programmed, trial)
            right.append(self.right(f"{name}, programming {trial}", make))
            self.report(name, 1)
            accuracies = tuple(float(read.double().mean()) for read in right)
            if len(right) >= config.programmings and half_interval(accuracies) <= config.within:
                self.report(name, config.most - len(right))
                break
        lost, reach = loss(torch.stack(right).double(), ideal.double())
        return Cell(notches, noise, accuracies, lost, reach)

    def right(self, name: str, make: Callable[[], nn.Module]) -> Tensor:
        """Return which images are read right, from the checkpoint if that is there."""
        kept = self.checkpoint.find(name)
        if kept is not None:
            return torch.as_tensor(kept)
        dtype = getattr(torch, self.configuration.precision)
        device = self.data.images.device
        network = make().to(device, dtype)
        network = network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        right = predictions(network, self.data, dtype) == self.data.labels.cpu()
        self.checkpoint.keep(name, right)
        return right
