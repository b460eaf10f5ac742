"""A whole network written onto devices like the measured one, and its accuracy as written.

Every weight is a pair of devices with all the levels that the model has. Two ways of writing them
(`network_writing`) stand beside the same levels without any error, and beside devices that are all
at their level, off by its spread alone.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from functools import partial
from typing import Any

import torch
from torch import nn

from ....analysis.state_model.model import StateModel
from ...sweeps.checkpoint import Checkpoint
from ..crossbar.analog_network import AnalogNetwork
from ..crossbar.devices import all_levels
from ..crossbar.mapping import Clipping, Per
from ..crossbar.network import from_analog, to_analog
from ..data.image_batches import ImageBytes, predictions
from ..documents import document, stored_as
from ..errors import NetworkError
from ..progress import Report
from .network_writing import WAYS, Least, Policies, kinds_of, write_network
from .result import (
    Programmed,
    Programming,
    PulseTimes,
    Writing,
)


@dataclass(frozen=True, slots=True)
class ProgrammingConfiguration:
    """All that the study's numbers depend on, except code and images.

    `weights` and `model` are SHA-256 sums of what they name. Write-verify stops at a device
    after `max_pulses`; its pulses minimise the expected number or energy (`least`). With `draws`
    above 0 every device is one of this many drawn from the model's posterior.
    """

    weights: str
    model: str
    times: PulseTimes
    max_pulses: int = field(default=100, metadata=stored_as("limit"))
    least: Least = "pulses"
    draws: int = 0
    programmings: int = 5
    clipping: Clipping = "none"
    per: Per = "layer"
    seed: int = 0
    images: int | None = None

    def __post_init__(self) -> None:
        """Raise NetworkError where nothing can come of it."""
        if min(self.max_pulses, self.programmings) < 1 or self.draws < 0 or self.times.read_s < 0:
            raise NetworkError(
                "Writing needs at least 1 pulse per device, at least 1 programming, and draws and "
                "a reading time of 0 or more."
            )
        if self.times.track_ohm is not None and not self.times.track_ohm > 0:
            raise NetworkError("The resistance of a track must be above 0 ohm.")

    @property
    def readings(self) -> int:
        """How many networks classify the images."""
        return 2 + (1 + len(WAYS)) * self.programmings

    def document(self) -> dict[str, Any]:
        """Return it as plain data."""
        return dict(document(self))


def program(
    configuration: ProgrammingConfiguration,
    network: nn.Module,
    model: StateModel,
    policies: Policies,
    data: ImageBytes,
    checkpoint: Checkpoint,
    report: Report,
) -> Programmed:
    """Write the network again and again, resuming after the parts in the checkpoint.

    `report` gets what was written and read, and that one more is done. Raises NetworkError.
    """
    analog = to_analog(
        network,
        all_levels(model),
        seed=configuration.seed,
        clipping=configuration.clipping,
        per=configuration.per,
    )
    study = _Study(configuration, model, policies, analog, data, checkpoint, report)
    trials = range(configuration.programmings)
    return Programmed(
        levels=len(model.levels),
        images=len(data),
        accuracy_trained=study.accuracy("as trained", partial(from_analog, analog)),
        accuracy_on_levels=study.accuracy("on levels", analog.quantised),
        accuracies_at_level=tuple(
            study.accuracy(
                f"at their levels, programming {trial}", partial(analog.programmed, trial)
            )
            for trial in trials
        ),
        writings=tuple(
            Writing(
                way,
                way != WAYS[0],
                configuration.times,
                tuple(study.programming(way, trial) for trial in trials),
            )
            for way in WAYS
        ),
    )


@dataclass(frozen=True, slots=True)
class _Study:
    configuration: ProgrammingConfiguration
    model: StateModel
    policies: Policies
    analog: AnalogNetwork
    data: ImageBytes
    checkpoint: Checkpoint
    report: Report

    def accuracy(self, name: str, make: Callable[[], nn.Module]) -> float:
        kept = self.checkpoint.find(name)
        found = self._read(make()) if kept is None else float(kept)
        if kept is None:
            self.checkpoint.keep(name, found)
        self.report(name, 1)
        return found

    def programming(self, way: str, trial: int) -> Programming:
        name = f"{way}, programming {trial}"
        kept: Mapping[str, Any] | None = self.checkpoint.find(name)
        if kept is None:
            kept = asdict(self._programmed(way, trial))
            self.checkpoint.keep(name, kept)
        self.report(name, 1)
        return Programming(**{**kept, "devices": tuple(kept["devices"])})

    def _programmed(self, way: str, trial: int) -> Programming:
        config = self.configuration
        kinds = kinds_of(self.model, self.policies, config.draws, config.seed, trial)
        write = self.policies.way(way, config.max_pulses)
        there = write_network(self.analog, write, kinds, trial)
        accuracy = self._read(self.analog.of_weights(there.weights, trial))
        return Programming(there.devices, there.at_level, there.squares_V2, accuracy)

    def _read(self, network: nn.Module) -> float:
        network = network.to(self.data.images.device)
        network = network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        right = predictions(network, self.data) == self.data.labels.cpu()
        return float(right.double().mean())
