"""The neuron paper's Table II: float32, put on levels, and trained on the levels, over seeds.

For each data set and seed the network is trained in float32; for each number of notches its weights
are put on the levels, once with the range of the largest weight and once with the range of least
squared error; then it is trained on the levels: the network computes with the nearest levels, and
the gradient goes straight through to float32 weights behind them (Bengio, Léonard, Courville 2013).
What comes out are levels, exactly; what devices make of them is drawn around each level.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from functools import partial
from typing import Any

import torch
from torch import Tensor

from ...sweeps.checkpoint import Checkpoint
from ..data.images import DataSetName, Images
from ..synapses.levels import (
    SynapseLevels,
    best_range,
    notched_levels,
    whole_range,
)
from .activation import NeuronCurve
from .on_levels import nearest_levels, spread_levels, straight_through
from .training import (
    Samples,
    Schedule,
    accuracy,
    confusion,
    initial_weights,
    predictions,
    samples_of,
    train,
)

Report = Callable[[str, int], None]
Tell = Callable[[], None]

TRAINING = Schedule(epochs=10, learning_rate=2e-3, batch=128)
FINE_TUNING = Schedule(epochs=5, learning_rate=2e-3, batch=128)


@dataclass(frozen=True, slots=True)
class AnnConfiguration:
    """All that the study's numbers depend on, but the code; `levels` are by their names."""

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
        """How many epochs all of the study trains."""
        each = self.training.epochs + len(self.levels) * self.fine_tuning.epochs
        return len(self.data_sets) * len(self.seeds) * each

    def document(self) -> dict[str, Any]:
        """Return it as plain data."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Trained:
    """A network in float32: its weights, what it reads on the test images, how often right."""

    data_set: DataSetName
    seed: int
    weights: list[Tensor]
    read: Tensor
    labels: Tensor
    accuracy: float


@dataclass(frozen=True, slots=True)
class OnLevels:
    """The same network on levels; `accuracies_spread` are of devices drawn around the levels."""

    levels: str
    ranges: list[float]
    quantised: list[Tensor]
    read_quantised: Tensor
    fine_tuned: list[Tensor]
    read_fine_tuned: Tensor
    accuracy_whole_range: float
    accuracy_quantised: float
    accuracy_fine_tuned: float
    accuracies_spread: list[float]


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
            "confusion_float32": _matrix(trained.read, trained.labels),
            "on_levels": [
                {
                    "levels": cell.levels,
                    "ranges": cell.ranges,
                    "accuracy_whole_range": cell.accuracy_whole_range,
                    "accuracy_quantised": cell.accuracy_quantised,
                    "accuracy_fine_tuned": cell.accuracy_fine_tuned,
                    "accuracies_spread": cell.accuracies_spread,
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
    """Train and test everything, going on after the parts in the checkpoint; raises NetworkError.

    `report` is told what was trained and how many epochs more are done.
    """
    outcomes = []
    for data_set in configuration.data_sets:
        training, test = samples_of(images[data_set])
        bench = _Bench(configuration, data_set, training, test, checkpoint, report)
        outcomes += [bench.outcome(seed) for seed in configuration.seeds]
    return outcomes


@dataclass(frozen=True, slots=True)
class _Bench:
    configuration: AnnConfiguration
    data_set: DataSetName
    training: Samples
    test: Samples
    checkpoint: Checkpoint
    report: Report

    def outcome(self, seed: int) -> SeedOutcome:
        config, name = self.configuration, f"{self.data_set}, seed {seed}"
        part = self._part(f"{name}, float32", config.training, partial(self._train, seed))
        trained = Trained(**part)
        on_levels = [
            OnLevels(
                **self._part(
                    f"{name}, {levels}",
                    config.fine_tuning,
                    partial(self._on_levels, trained, levels),
                )
            )
            for levels in config.levels
        ]
        return SeedOutcome(trained, tuple(on_levels))

    def _part(
        self, name: str, schedule: Schedule, compute: Callable[[Tell], Trained | OnLevels]
    ) -> dict[str, Any]:
        """Return the part's fields, from the checkpoint if they are there."""
        kept = self.checkpoint.find(name)
        if kept is not None:
            self.report(name, schedule.epochs)
            return dict(kept)
        part = compute(partial(self.report, name, 1))
        fields = {key: getattr(part, key) for key in part.__slots__}
        self.checkpoint.keep(name, fields)
        return fields

    def _train(self, seed: int, tell: Tell) -> Trained:
        config = self.configuration
        generator = torch.Generator().manual_seed(seed)
        weights = train(
            initial_weights(generator),
            self.training,
            config.neuron,
            config.training,
            generator,
            after_epoch=tell,
        )
        read = predictions(weights, self.test, config.neuron)
        labels = self.test.labels
        return Trained(self.data_set, seed, weights, read, labels, self._share_right(read))

    def _on_levels(self, trained: Trained, name: str, tell: Tell) -> OnLevels:
        config, levels = self.configuration, self.configuration.levels[name]
        generator = torch.Generator().manual_seed(trained.seed)
        ranges = [best_range(weight, levels) for weight in trained.weights]
        whole = nearest_levels(trained.weights, levels, [whole_range(w) for w in trained.weights])
        quantised = nearest_levels(trained.weights, levels, ranges)
        learnt = train(
            trained.weights,
            self.training,
            config.neuron,
            config.fine_tuning,
            generator,
            view=lambda weights: straight_through(weights, levels, ranges),
            after_epoch=tell,
        )
        tuned = nearest_levels(learnt, levels, ranges)
        read_quantised = predictions(quantised, self.test, config.neuron)
        read_tuned = predictions(tuned, self.test, config.neuron)
        return OnLevels(
            levels=name,
            ranges=ranges,
            quantised=quantised,
            read_quantised=read_quantised,
            fine_tuned=tuned,
            read_fine_tuned=read_tuned,
            accuracy_whole_range=accuracy(whole, self.test, config.neuron),
            accuracy_quantised=self._share_right(read_quantised),
            accuracy_fine_tuned=self._share_right(read_tuned),
            accuracies_spread=[
                accuracy(spread_levels(tuned, levels, ranges, generator), self.test, config.neuron)
                for _ in range(config.spread_draws)
            ],
        )

    def _share_right(self, read: Tensor) -> float:
        return float((read == self.test.labels).double().mean())


def _matrix(read: Tensor, labels: Tensor) -> list[list[int]]:
    return [[int(count) for count in row] for row in confusion(read, labels)]
