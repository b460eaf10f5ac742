"""A network written onto devices: the pulses it takes, and the weights as written.

Every device begins where saturation leaves it; outcomes of pulses are drawn from a state model
(`device_writing`). Where a wall arrived, at its level or beside it, it has a conductance of its
own, scattered by the level's σ. Programming t of a layer has random numbers of its own, seeded by
(seed, layer, t) alone; both ways of writing draw from the same ones.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal, Self

import numpy as np
import torch
from torch import Tensor

from ....analysis.state_model.model import StateModel
from ....analysis.writing.policy import (
    SingleShot,
    WritePolicy,
    single_shot_policy,
    write_verify_policy,
)
from ..crossbar.analog_network import AnalogNetwork
from ..crossbar.devices import DeviceLevels
from ..crossbar.mapping import MappedLayer
from ..crossbar.random_streams import WRITING, stream
from .device_writing import (
    Levels,
    WritableDevice,
    WrittenDevices,
    drawn_writable,
    measured_writable,
    single_shots,
    write_verify,
)

Least = Literal["pulses", "energy"]
Write = Callable[[WritableDevice, Levels, np.random.Generator], WrittenDevices]
WAYS = ("single shot", "write-verify")


@dataclass(frozen=True, slots=True)
class Policies:
    """How devices of a model are written, both ways; made before any long work."""

    verified: WritePolicy
    shot: SingleShot

    @classmethod
    def of(cls, model: StateModel, least: Least) -> Self:
        """Raise AnalysisError where a level cannot be written."""
        cost = None if least == "pulses" else np.square
        return cls(write_verify_policy(model, cost), single_shot_policy(model))

    def way(self, name: str, max_pulses: int) -> Write:
        """Return the function that writes devices in a way of `WAYS`."""
        if name == WAYS[0]:
            return partial(single_shots, self.shot)
        return partial(write_verify, self.verified, max_pulses)


@dataclass(frozen=True, slots=True)
class WrittenNetwork:
    """The weights as written, by layer. `devices[n]` devices took n pulses, whose V² add up to
    `squares_V2`, and `at_level` devices ended on their target level."""

    weights: Mapping[str, Tensor]
    devices: tuple[int, ...]
    at_level: int
    squares_V2: float


def kinds_of(
    model: StateModel, policies: Policies, draws: int, seed: int, trial: int
) -> list[WritableDevice]:
    """Return the measured device, or `draws` of the posterior for this programming."""
    if not draws:
        return [measured_writable(model, policies.shot)]
    rng = stream(seed, WRITING, 0, trial)
    return [drawn_writable(model, policies.shot, rng) for _ in range(draws)]


def write_network(
    analog: AnalogNetwork, write: Write, kinds: Sequence[WritableDevice], trial: int
) -> WrittenNetwork:
    """Write all devices of a network, each of a kind that is drawn for it."""
    weights: dict[str, Tensor] = {}
    pulses, at_level, squares = [], 0, 0.0
    for array in analog.arrays:
        layer = array.layer
        rng = stream(analog.seed, WRITING, 1 + layer.number, trial)
        targets = torch.stack(layer.targets()).numpy().astype(np.int8)
        written = _written(write, kinds, targets.reshape(-1), rng)
        level = written.level.reshape(targets.shape)
        weights[layer.name] = _weights(layer, level, array.devices, rng)
        pulses.append(written.pulses)
        at_level += int((level == targets).sum())
        squares += float(written.squares_V2.sum())
    devices = tuple(np.bincount(np.concatenate(pulses)).tolist())
    return WrittenNetwork(weights, devices, at_level, squares)


def _written(
    write: Write, kinds: Sequence[WritableDevice], targets: Levels, rng: np.random.Generator
) -> WrittenDevices:
    """Write all devices, each of a kind that is drawn for it."""
    if len(kinds) == 1:
        return write(kinds[0], targets, rng)
    kind = rng.integers(len(kinds), size=len(targets))
    level = np.empty_like(targets)
    pulses, squares = np.empty(len(targets), dtype=np.int32), np.empty(len(targets))
    for number, device in enumerate(kinds):
        mine = kind == number
        part = write(device, targets[mine], rng)
        level[mine], pulses[mine], squares[mine] = part.level, part.pulses, part.squares_V2
    return WrittenDevices(level, pulses, squares)


def _weights(
    layer: MappedLayer, level: Levels, devices: DeviceLevels, rng: np.random.Generator
) -> Tensor:
    """Return the weights of pairs (2, …) at these levels, each scattered around its own."""
    scatter = np.array(devices.std_S)[level] * rng.standard_normal(level.shape)
    positive, negative = torch.from_numpy(np.array(devices.conductance_S)[level] + scatter)
    return layer.weights_of(positive, negative, devices)
