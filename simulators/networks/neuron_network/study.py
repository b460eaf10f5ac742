"""The neuron paper's Table II: float32, put on levels, and trained on the levels, over seeds.

For each data set and seed the network is trained in float32; for each number of notches its weights
are put on the levels, once with the scale of the largest weight and once with the scale of least
squared error; then it is trained on the levels: the network computes with the nearest levels, and
the gradient goes straight through to float32 weights behind them (Bengio, Léonard, Courville 2013).
The trained weights are exactly on levels; programming noise is drawn around each level.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from functools import partial
from typing import Any

import torch
from torch import Tensor

from ...sweeps.checkpoint import Checkpoint
from ..data.images import DataSetName, Images
from ..progress import Report
from ..synapses.levels import (
    SynapseLevels,
    max_abs_scale,
    mse_optimal_scale,
    notched_levels,
)
from ..tensors import as_arrays, as_tensors
from .activation import NeuronCurve
from .on_levels import nearest_levels, straight_through, with_programming_noise
from .training import (
    Samples,
    Schedule,
    Weights,
    accuracy,
    confusion,
    initial_weights,
    predictions,
    samples_of,
    train,
)

Advance = Callable[[], None]

TRAINING = Schedule(epochs=10, learning_rate=2e-3, batch=128)
FINE_TUNING = Schedule(epochs=5, learning_rate=2e-3, batch=128)


@dataclass(frozen=True, slots=True)
class AnnConfiguration:
    """All that the study's numbers depend on, except code; `levels` are by their names."""

    data_sets: tuple[DataSetName, ...] = ("mnist", "fashion-mnist")
    seeds: tuple[int, ...] = (0, 1, 2)
    levels: dict[str, SynapseLevels] = field(
        default_factory=lambda: {f"{n} notches": notched_levels(n) for n in (10, 5)}
    )
    neuron: NeuronCurve = field(default_factory=NeuronCurve)
    training: Schedule = TRAINING
    fine_tuning: Schedule = FINE_TUNING
    spread_draws: int = 20

    @property
    def epochs(self) -> int:
        """The number of training epochs of the whole study."""
        each = self.training.epochs + len(self.levels) * self.fine_tuning.epochs
        return len(self.data_sets) * len(self.seeds) * each

    def document(self) -> dict[str, Any]:
        """Return it as plain data."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Trained:
    """A network in float32: its weights, predictions and accuracy on the test images.

    `training_accuracies` are those on the training images, one for each epoch.
    """

    data_set: DataSetName
    seed: int
    weights: list[Tensor]
    read: Tensor
    labels: Tensor
    accuracy: float
    training_accuracies: list[float]


@dataclass(frozen=True, slots=True)
class OnLevels:
    """The same network on levels; `accuracies_spread` have programming noise added.

    `training_accuracies` are those on the training images, one for each epoch of fine-tuning.
    """

    levels: str
    scales: list[float]
    quantised: list[Tensor]
    read_quantised: Tensor
    fine_tuned: list[Tensor]
    read_fine_tuned: Tensor
    accuracy_whole_range: float
    accuracy_quantised: float
    accuracy_fine_tuned: float
    accuracies_spread: list[float]
    training_accuracies: list[float]


@dataclass(frozen=True, slots=True)
class SeedOutcome:
    """Everything of one data set and seed."""

    trained: Trained
    on_levels: tuple[OnLevels, ...]

    def document(self) -> dict[str, Any]:
        """Return accuracies, ranges and confusion matrices as plain data, for the store."""
        trained = self.trained
        return {
            "accuracy_float32": trained.accuracy,
            "training_accuracies_float32": trained.training_accuracies,
            "confusion_float32": _matrix(trained.read, trained.labels),
            "on_levels": [
                {
                    "levels": cell.levels,
                    "ranges": cell.scales,
                    "accuracy_whole_range": cell.accuracy_whole_range,
                    "accuracy_quantised": cell.accuracy_quantised,
                    "accuracy_fine_tuned": cell.accuracy_fine_tuned,
                    "accuracies_spread": cell.accuracies_spread,
                    "training_accuracies": cell.training_accuracies,
                    "confusion_quantised": _matrix(cell.read_quantised, trained.labels),
                    "confusion_fine_tuned": _matrix(cell.read_fine_tuned, trained.labels),
                }
                for cell in self.on_levels
            ],
        }


def run_study(
    configuration: AnnConfiguration,
    images: Mapping[DataSetName, Images],
    checkpoint: Checkpoint,
    report: Report,
) -> list[SeedOutcome]:
    """Train and test everything, resuming after the parts in the checkpoint; raises NetworkError.

    `report` gets what was trained and how many more epochs are done.
    """
    outcomes = []
    for data_set in configuration.data_sets:
        training, test = samples_of(images[data_set])
        study = _Study(configuration, data_set, training, test, checkpoint, report)
        outcomes += [study.outcome(seed) for seed in configuration.seeds]
    return outcomes


@dataclass(frozen=True, slots=True)
class _Study:
    configuration: AnnConfiguration
    data_set: DataSetName
    training: Samples
    test: Samples
    checkpoint: Checkpoint
    report: Report

    def outcome(self, seed: int) -> SeedOutcome:
        config, name = self.configuration, f"{self.data_set}, seed {seed}"
        trained = Trained(
            **self._part(f"{name}, float32", Trained, config.training, partial(self._train, seed))
        )
        on_levels = [
            OnLevels(
                **self._part(
                    f"{name}, {levels}",
                    OnLevels,
                    config.fine_tuning,
                    partial(self._on_levels, trained, levels),
                )
            )
            for levels in config.levels
        ]
        return SeedOutcome(trained, tuple(on_levels))

    def _part(
        self,
        name: str,
        kind: type[Trained | OnLevels],
        schedule: Schedule,
        compute: Callable[[Advance], Trained | OnLevels],
    ) -> dict[str, Any]:
        """Return the part's fields, from the checkpoint if all are there."""
        kept = self.checkpoint.find(name)
        if kept is not None and set(kept) == set(kind.__slots__):
            self.report(name, schedule.epochs)
            return dict(as_tensors(kept))
        part = compute(partial(self.report, name, 1))
        fields = {key: getattr(part, key) for key in part.__slots__}
        self.checkpoint.keep(name, as_arrays(fields))
        return fields

    def _train(self, seed: int, advance: Advance) -> Trained:
        config = self.configuration
        generator = torch.Generator().manual_seed(seed)
        course: list[float] = []
        weights = train(
            initial_weights(generator),
            self.training,
            config.neuron,
            config.training,
            generator,
            after_epoch=partial(self._after_epoch, course, advance),
        )
        read = predictions(weights, self.test, config.neuron)
        labels = self.test.labels
        right = self._accuracy(read)
        return Trained(self.data_set, seed, weights, read, labels, right, course)

    def _on_levels(self, trained: Trained, name: str, advance: Advance) -> OnLevels:
        config, levels = self.configuration, self.configuration.levels[name]
        generator = torch.Generator().manual_seed(trained.seed)
        scales = [mse_optimal_scale(weight, levels) for weight in trained.weights]
        whole = nearest_levels(trained.weights, levels, [max_abs_scale(w) for w in trained.weights])
        quantised = nearest_levels(trained.weights, levels, scales)
        course: list[float] = []
        learnt = train(
            trained.weights,
            self.training,
            config.neuron,
            config.fine_tuning,
            generator,
            view=lambda weights: straight_through(weights, levels, scales),
            after_epoch=partial(self._after_epoch, course, advance),
        )
        tuned = nearest_levels(learnt, levels, scales)
        read_quantised = predictions(quantised, self.test, config.neuron)
        read_tuned = predictions(tuned, self.test, config.neuron)
        return OnLevels(
            levels=name,
            scales=scales,
            quantised=quantised,
            read_quantised=read_quantised,
            fine_tuned=tuned,
            read_fine_tuned=read_tuned,
            accuracy_whole_range=accuracy(whole, self.test, config.neuron),
            accuracy_quantised=self._accuracy(read_quantised),
            accuracy_fine_tuned=self._accuracy(read_tuned),
            accuracies_spread=[
                accuracy(
                    with_programming_noise(tuned, levels, scales, generator),
                    self.test,
                    config.neuron,
                )
                for _ in range(config.spread_draws)
            ],
            training_accuracies=course,
        )

    def _after_epoch(self, course: list[float], advance: Advance, weights: Weights) -> None:
        course.append(accuracy(weights, self.training, self.configuration.neuron))
        advance()

    def _accuracy(self, read: Tensor) -> float:
        return float((read == self.test.labels).double().mean())


def _matrix(read: Tensor, labels: Tensor) -> list[list[int]]:
    return [[int(count) for count in row] for row in confusion(read, labels)]
