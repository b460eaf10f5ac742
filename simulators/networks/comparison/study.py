"""Synapse technologies on one task: the same network, images and schedule, written as they can be.

Every technology learns on line (see `online_learning`) under every rule, with several settings of
it and the first seed; the one with the highest accuracy on 10,000 held-out training images is taken
for all seeds, so that none is judged at a rate that suits another. Accuracy is of the test images.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from functools import partial
from typing import Any

import torch

from ...sweeps.checkpoint import Checkpoint
from ..data.images import DataSetName, Images
from ..neuron_network.activation import NeuronCurve
from ..neuron_network.training import Samples, accuracy, samples_of
from ..progress import Report
from ..synapses.synapse import IdealSynapse, PulsedSynapse, Synapse
from ..synapses.technologies import TECHNOLOGIES, Technology
from .online_learning import OnLineSchedule, learn, scaled
from .update_rules import Rule, RuleSettings

HELD_OUT = 10_000


@dataclass(frozen=True, slots=True)
class ComparisonConfiguration:
    """All that the comparison's numbers depend on, except code.

    Tried are `learning_rates` of sgd and mixed-precision, `adam_rates` of metaplastic, and each of
    the `fast_rates` with each of the `transfers` of tiki-taka.
    """

    data_set: DataSetName = "fashion-mnist"
    technologies: tuple[Technology, ...] = TECHNOLOGIES
    seeds: tuple[int, ...] = (0, 1, 2)
    rules: tuple[Rule, ...] = ("sgd",)
    learning_rates: tuple[float, ...] = (0.01, 0.03, 0.1, 0.3, 1.0)
    adam_rates: tuple[float, ...] = (0.0003, 0.001, 0.003, 0.01, 0.03)
    fast_rates: tuple[float, ...] = (0.3, 1.0, 3.0)
    transfers: tuple[float, ...] = (0.03, 0.1, 0.3)
    schedule: OnLineSchedule = field(default_factory=OnLineSchedule)
    neuron: NeuronCurve = field(default_factory=NeuronCurve)

    @property
    def pairs(self) -> list[tuple[Technology | None, Rule]]:
        """What is trained: the ideal synapse by sgd, then each technology under each rule."""
        devices = [(technology, rule) for technology in self.technologies for rule in self.rules]
        return [(None, "sgd"), *devices]

    @property
    def epochs(self) -> int:
        """The number of training epochs of the whole comparison, an ideal synapse included."""
        runs = sum(len(self.settings(rule)) + len(self.seeds) - 1 for _, rule in self.pairs)
        return runs * self.schedule.epochs

    def settings(self, rule: Rule) -> list[RuleSettings]:
        """Return the settings of a rule that are tried."""
        if rule == "metaplastic":
            return [RuleSettings(rule, rate) for rate in self.adam_rates]
        if rule == "tiki-taka":
            return [
                RuleSettings(rule, rate, transfer)
                for rate in self.fast_rates
                for transfer in self.transfers
            ]
        return [RuleSettings(rule, rate) for rate in self.learning_rates]

    def document(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {
            "data_set": self.data_set,
            "technologies": [technology.document() for technology in self.technologies],
            "seeds": list(self.seeds),
            "rules": list(self.rules),
            "learning_rates": list(self.learning_rates),
            "adam_rates": list(self.adam_rates),
            "fast_rates": list(self.fast_rates),
            "transfers": list(self.transfers),
            "schedule": asdict(self.schedule),
            "neuron": asdict(self.neuron),
        }


@dataclass(frozen=True, slots=True)
class Attempt:
    """One run: accuracies, and what writing the devices takes."""

    learning_rate: float
    seed: int
    held_out_accuracy: float
    accuracy: float
    pulses: int
    longest: int
    transfer: float | None = None


@dataclass(frozen=True, slots=True)
class Compared:
    """A technology (None: the ideal synapse) under a rule: an attempt for each seed, as chosen."""

    technology: Technology | None
    rule: Rule
    attempts: tuple[Attempt, ...]
    others: tuple[Attempt, ...]

    @property
    def name(self) -> str:
        return "ideal" if self.technology is None else self.technology.name

    @property
    def energy_J(self) -> float | None:
        """The energy of all write pulses, mean over the seeds; None where a pulse's is unknown."""
        if self.technology is None or self.technology.energy_J is None:
            return None
        return self.technology.energy_J * _mean([entry.pulses for entry in self.attempts])

    @property
    def write_s(self) -> float | None:
        """The time all write pulses take if all devices are written at once, mean over the seeds.

        The pulses of one batch upward are fired together, then those downward.
        """
        if self.technology is None or self.technology.write_s is None:
            return None
        return self.technology.write_s * _mean([entry.longest for entry in self.attempts])

    def document(self) -> dict[str, Any]:
        """Return the numbers as plain data, for the store."""
        return {
            "name": self.name,
            "rule": self.rule,
            "attempts": [asdict(entry) for entry in self.attempts],
            "other_learning_rates": [asdict(entry) for entry in self.others],
            "energy_J": self.energy_J,
            "write_s": self.write_s,
        }


def compare(
    configuration: ComparisonConfiguration, images: Images, checkpoint: Checkpoint, report: Report
) -> list[Compared]:
    """Train everything, resuming after the parts in the checkpoint; the ideal synapse comes first.

    `report` gets what was trained and how many more epochs are done.
    """
    training, test = samples_of(images)
    held_out = max(1, min(HELD_OUT, len(training.labels) // 6))
    task = _Task(
        configuration,
        Samples(training.images[:-held_out], training.labels[:-held_out]),
        Samples(training.images[-held_out:], training.labels[-held_out:]),
        test,
        checkpoint,
        report,
    )
    return [task.compared(technology, rule) for technology, rule in configuration.pairs]


@dataclass(frozen=True, slots=True)
class _Task:
    configuration: ComparisonConfiguration
    training: Samples
    held_out: Samples
    test: Samples
    checkpoint: Checkpoint
    report: Report

    def compared(self, technology: Technology | None, rule: Rule) -> Compared:
        first, *more = self.configuration.seeds
        settings = self.configuration.settings(rule)
        tried = [self._attempt(technology, each, first) for each in settings]
        best = max(range(len(tried)), key=lambda number: tried[number].held_out_accuracy)
        rest = [self._attempt(technology, settings[best], seed) for seed in more]
        others = tuple(entry for number, entry in enumerate(tried) if number != best)
        return Compared(technology, rule, (tried[best], *rest), others)

    def _attempt(self, technology: Technology | None, rule: RuleSettings, seed: int) -> Attempt:
        name = "ideal" if technology is None else technology.name
        part = f"{name}, {rule.rule}, {rule.text}, seed {seed}"
        key = f"{part}, {_hash(technology)}"  # others may have the same name
        kept: Mapping[str, Any] | None = self.checkpoint.find(key)
        if kept is not None:
            self.report(part, self.configuration.schedule.epochs)
            return Attempt(**kept)
        attempt = self._learn(technology, rule, seed, partial(self.report, part, 1))
        self.checkpoint.keep(key, asdict(attempt))
        return attempt

    def _learn(
        self,
        technology: Technology | None,
        rule: RuleSettings,
        seed: int,
        advance: Callable[[], None],
    ) -> Attempt:
        config = self.configuration
        synapse: Synapse = (
            IdealSynapse() if technology is None else PulsedSynapse(technology.device)
        )
        generator = torch.Generator().manual_seed(seed)
        learnt = learn(
            synapse,
            rule,
            self.training,
            config.neuron,
            config.schedule,
            generator,
            after_epoch=advance,
        )
        weights = scaled(learnt.weights, config.schedule)
        return Attempt(
            learning_rate=rule.learning_rate,
            seed=seed,
            held_out_accuracy=accuracy(weights, self.held_out, config.neuron),
            accuracy=accuracy(weights, self.test, config.neuron),
            pulses=learnt.pulses,
            longest=learnt.longest,
            transfer=rule.transfer,
        )


def _hash(technology: Technology | None) -> str:
    described = None if technology is None else technology.document()
    return hashlib.sha256(json.dumps(described, sort_keys=True).encode()).hexdigest()


def _mean(values: list[int]) -> float:
    return sum(values) / len(values)
