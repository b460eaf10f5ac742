"""Networks on the devices that a measurement leaves possible, as tasks of a sweep."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch
from torch import Tensor, nn

from ....analysis.calibration.store import without_provenance
from ....analysis.state_model.file import model_document
from ....analysis.state_model.model import StateModel
from ...sweeps.sweep import Sweep
from ...sweeps.task import Advance, Task
from ..crossbar.analog_network import AnalogNetwork
from ..crossbar.network import to_analog
from ..crossbar.random_streams import PROGRAMMING, WRITING, stream
from ..progress import Report
from .classification import Classification
from .drawn_device import DrawnDevice, drawn_device, has_transitions, likeliest_device
from .result import Applied

KIND = "apply-network"
Network = Literal["trained", "on levels", "likeliest", "drawn", "written"]
POSTERIOR = 4  # the purpose of random streams that draw devices


@dataclass(frozen=True, slots=True)
class Loaded:
    """The setup of a worker: what is classified, the model, and the network on its levels."""

    classification: Classification
    model: StateModel
    analog: AnalogNetwork
    seed: int


def load(classification: Classification, model: StateModel, seed: int) -> Loaded:
    """Put the network on the levels of the model; raises NetworkError."""
    analog = on_levels(classification, model, seed)
    return Loaded(classification, model, analog, seed)


def on_levels(classification: Classification, model: StateModel, seed: int) -> AnalogNetwork:
    """Return the network on pairs of devices with all levels of the model, and no others."""
    return to_analog(
        classification.network,
        model,
        seed=seed,
        clipping=classification.clipping,
        per=classification.per,
        example=classification.batches()[0][:2],
    )


def tasks_of(
    classification: Classification, model: StateModel, draws: int, seed: int
) -> dict[Network, list[Task]]:
    """Return the networks to compute, by what they are: one, or one for each draw."""
    numbers = without_provenance(model_document(model))
    described = json.dumps(numbers, sort_keys=True).encode()
    depends = {
        **classification.hashes(),
        "model": hashlib.sha256(described).hexdigest(),
        "clipping": classification.clipping,
        "per": classification.per,
    }
    kinds: tuple[Network, ...] = ("likeliest", "drawn")
    if has_transitions(model):
        kinds = (*kinds, "written")
    alone: dict[Network, list[Task]] = {
        kind: [Task(kind, {**depends, "kind": kind}, seed)] for kind in ("trained", "on levels")
    }
    return alone | {
        kind: [
            Task(f"{kind}, draw {draw + 1}", {**depends, "kind": kind, "draw": draw}, seed)
            for draw in range(draws)
        ]
        for kind in kinds
    }


def compute(loaded: Loaded, task: Task, advance: Advance) -> dict[str, float]:
    """Classify all inputs with one network."""
    network = _network(loaded, task.configuration["kind"], task.configuration.get("draw", 0))
    accuracy = loaded.classification.accuracy(network)
    advance(task.steps)
    return {"accuracy": accuracy}


def apply_to(
    classification: Classification,
    tasks: Mapping[Network, list[Task]],
    sweep: Sweep,
    report: Report,
) -> Applied:
    """Compute every network that the store lacks; raises what the sweep raises."""
    every = [task for group in tasks.values() for task in group]
    results = iter(sweep.results(every, report))
    found = {
        kind: tuple(float(next(results).data["accuracy"]) for _ in group)
        for kind, group in tasks.items()
    }
    trained = classification.accuracy_trained
    return Applied(
        classification.name,
        len(classification.labels),
        found["trained"][0] if trained is None else trained,
        found["on levels"][0],
        found["likeliest"],
        found["drawn"],
        found.get("written"),
    )


def _network(loaded: Loaded, kind: Network, draw: int) -> nn.Module:
    if kind == "trained":
        return loaded.classification.network
    if kind == "on levels":
        return loaded.analog.quantised()
    if kind == "likeliest":
        return programmed(loaded.analog, likeliest_device(loaded.model), draw, loaded.seed)
    rng = stream(loaded.seed, POSTERIOR, 0, draw)
    device = drawn_device(loaded.model, rng)
    return programmed(loaded.analog, device, draw, loaded.seed, by_ladders=kind == "written")


def programmed(
    analog: AnalogNetwork, device: DrawnDevice, trial: int, seed: int, *, by_ladders: bool = False
) -> nn.Module:
    """Return the network on devices of a kind: each at its level, scattered around its mean.

    `by_ladders` writes each by one ladder of rising pulses that ends once its level is reached or
    passed. The periphery scales weights by the model's levels, whatever the devices are.
    """
    weights: dict[str, Tensor] = {}
    for array in analog.arrays:
        layer = array.layer
        noise = stream(seed, PROGRAMMING, layer.number, trial)
        writing = stream(seed, WRITING, layer.number, trial)
        positive_S, negative_S = (
            _conductances(device, targets, noise, writing if by_ladders else None)
            for targets in layer.targets()
        )
        weights[layer.name] = layer.weights_of(positive_S, negative_S, array.devices)
    return analog.of_weights(weights, trial)


def _conductances(
    device: DrawnDevice,
    targets: Tensor,
    noise: np.random.Generator,
    writing: np.random.Generator | None,
) -> Tensor:
    level = targets.numpy()
    if writing is not None:
        level = device.sampled.program(level, writing)
    index = level.astype(np.intp)
    scattered = device.mean_S[index] + device.std_S[index] * noise.standard_normal(index.shape)
    return torch.from_numpy(np.maximum(scattered, 0.0))
