"""A training whose pulses are counted, and the energies of a pulse that they are multiplied by."""

from functools import partial
from statistics import mean

import torch

from ....analysis.state_model.model import StateModel
from ....analysis.update import pulse_energy_J
from ..comparison.online_learning import OnLineSchedule, learn, scaled
from ..comparison.update_rules import Rule, RuleSettings
from ..crossbar.devices import ConductanceRange
from ..data.images import load_images
from ..errors import NetworkError
from ..neuron_network.activation import NeuronCurve
from ..neuron_network.training import Samples, accuracy, samples_of
from ..progress import short_bar
from ..synapses.synapse import PulsedSynapse
from ..synapses.technologies import TECHNOLOGIES, of_model
from .training_cost import TrainingCost, TrainingCounts
from .write_energy import PRINTED_J, WIDTH_s, pulse_energies

TRANSFER = 0.1  # of tiki-taka, as in the documented comparison


def counted_training(
    model: StateModel | None,
    rule: Rule,
    learning_rate: float,
    *,
    images: int | None = None,
    seed: int = 0,
) -> tuple[TrainingCost, float, float]:
    """Train 784-128-10 on Fashion-MNIST, each image once; return cost, pulse width (s), accuracy.

    Devices are those of `model`, or of the measured DW-MTJ of Table 1. An interrupted training
    begins again. Raises NetworkError.
    """
    technology = TECHNOLOGIES[0] if model is None else of_model(model)
    training, test = samples_of(load_images("fashion-mnist"))
    chosen = Samples(training.images[:images], training.labels[:images])
    schedule, neuron = OnLineSchedule(), NeuronCurve()
    settings = RuleSettings(rule, learning_rate, TRANSFER if rule == "tiki-taka" else None)
    generator = torch.Generator().manual_seed(seed)
    updates = schedule.epochs * (len(chosen.labels) // schedule.batch)
    with short_bar(updates, "updates") as report:
        learnt = learn(
            PulsedSynapse(technology.device),
            settings,
            chosen,
            neuron,
            schedule,
            generator,
            after_update=partial(report, rule, 1),
        )
    counts = TrainingCounts(
        rule,
        updates * schedule.batch,
        updates,
        learnt.pulses,
        learnt.longest,
        2 if rule == "tiki-taka" else 1,
    )
    between = ConductanceRange()
    if model is not None:
        levels = [level.conductance_S for level in model.levels]
        between = ConductanceRange(min(levels), max(levels))
    return (
        TrainingCost(counts, between),
        technology.write_s or WIDTH_s,
        accuracy(scaled(learnt.weights, schedule), test, neuron),
    )


def pulse_energies_of(model: StateModel | None, track_ohm: float | None) -> dict[str, float]:
    """Return by name the energy (J) of one pulse: printed, of published voltages, of the model.

    A model's pulses have amplitudes drawn uniformly from its ladders, on a track of `track_ohm`.
    Raises NetworkError where the model lacks the width of its pulses.
    """
    found = {"pulses, printed 0.124 pJ": PRINTED_J}
    for each in pulse_energies():
        found[f"pulses at {each.amplitude_V:g} V"] = each.energy_J
    if model is not None and track_ohm is not None:
        if any(pulses.pulse_width_s is None for pulses in model.pulses):
            raise NetworkError(
                f"The model {model.name} has pulses of unknown width, so that their energy is not "
                "known: leave --track-resistance out."
            )
        energies = [
            pulse_energy_J(
                volt, pulses.pulse_width_s or 0.0, track_ohm, *_edges(pulses.rise_s, pulses.fall_s)
            )
            for pulses in model.pulses
            for volt in pulses.amplitudes_V
        ]
        found[f"pulses of {model.name}'s ladders"] = mean(energies)
    return found


def _edges(rise_s: float | None, fall_s: float | None) -> tuple[float, float]:
    """Return edges from 0 to 100 %, of those from 10 to 90 % that a model has."""
    return 1.25 * (rise_s or 0.0), 1.25 * (fall_s or 0.0)
