"""What is trained in the loop: a network's hidden layer, a model's levels, images and the protocol.

    plan = plan_training(load_ann(path), find_model("straight-B1"), TrainingSettings())

The hidden layer stays as `dwmtj learn ann` trained it, and is computed; the readout layer is on
devices and starts from what is read there. Of the training images the last `held_out`, at most a
sixth, give the accuracy of each step; the test images are used after the last step alone. The
hidden layer has seen the held-out images when it was trained, so that they flatter it.
"""

from dataclasses import asdict, dataclass
from hashlib import sha256

import numpy as np
import torch

from ....analysis.state_model.file import model_json
from ....analysis.state_model.model import StateModel
from ....protocols.adaptive.train_array import Learner, TrainArray
from ....writing.plan import writing_procedure
from ..data.images import load_images
from ..errors import NetworkError
from ..neuron_network.file import TrainedAnn
from ..neuron_network.training import TEST_BATCH, Samples, samples_of
from ..programming.readout_on_array import readout_on_array
from .learner import Features, ReadoutLearner
from .settings import TrainingSettings

MOST_HELD_OUT = 6  # one in so many training images


@dataclass(frozen=True, slots=True)
class TrainingPlan:
    """A network, the model of its devices, the protocol, the learner and the test images."""

    trained: TrainedAnn
    model: StateModel
    procedure: TrainArray
    learner: ReadoutLearner
    test: Features


def plan_training(
    trained: TrainedAnn, model: StateModel, settings: TrainingSettings
) -> TrainingPlan:
    """Plan the training of a readout layer on devices as the model was measured.

    Raises AnalysisError where the model does not know how a level is written, and NetworkError
    without images.
    """
    readout = readout_on_array(trained.weights[1], model)
    images, test = samples_of(load_images(trained.data_set))
    count = len(images.labels) - min(settings.held_out, len(images.labels) // MOST_HELD_OUT)
    if count == len(images.labels):
        raise NetworkError(
            f"{count} training images are too few to hold some out: give a whole data set."
        )
    features = features_of(trained, images)
    learner = ReadoutLearner(
        settings,
        Features(features.values[:count], features.labels[:count]),
        Features(features.values[count:], features.labels[count:]),
        conductance_S=readout.devices.conductance_S,
        scale=float(readout.layer.scale.max()),
        about={
            "data_set": trained.data_set,
            "neuron": asdict(trained.neuron),
            "hidden": sha256(trained.weights[0].numpy().tobytes()).hexdigest(),
            "model": sha256(model_json(model).encode()).hexdigest(),
        },
    )
    outputs, inputs = trained.weights[1].shape
    procedure = training_procedure(model, (inputs, 2 * outputs), settings, learner)
    return TrainingPlan(trained, model, procedure, learner, features_of(trained, test))


def training_procedure(
    model: StateModel, shape: tuple[int, int], settings: TrainingSettings, learner: Learner
) -> TrainArray:
    """Return what trains an array of a shape (rows, columns) as the model was measured.

    Raises AnalysisError where the model does not know how a level is written.
    """
    writing = writing_procedure(
        model,
        np.zeros(shape, dtype=np.int64),
        max_pulses=settings.max_pulses,
        erase=settings.erase,
    )
    procedure = TrainArray()
    for name, value in writing.parameter_values().items():
        if name not in ("plan", "most_given_up"):
            setattr(procedure, name, value)
    procedure.plan, procedure.learner = writing.plan, learner
    procedure.updates, procedure.read_every = settings.steps, settings.read_every
    procedure.most_withstood = settings.most_withstood
    procedure.validate()
    return procedure


@torch.no_grad()
def features_of(trained: TrainedAnn, samples: Samples) -> Features:
    """Return the outputs of the network's hidden layer."""
    parts = torch.split(samples.images, TEST_BATCH)
    values = torch.cat([trained.neuron(part @ trained.weights[0].T) for part in parts])
    return Features(values.numpy(), samples.labels.numpy())
