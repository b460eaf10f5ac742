"""Fashion-MNIST on a device's levels: the 784-128-10 network, trained in float32, then on them.

The network is the neuron paper's (`neuron_network`): 10 epochs in float32, then 5 in which it
computes with the nearest levels of device pairs, so that the weights it ends with are on levels.
"""

from dataclasses import replace
from pathlib import Path

import torch
from torch import Tensor, nn

from ....analysis.state_model.model import StateModel
from ...sweeps.checkpoint import Checkpoint
from ..data.images import load_images
from ..neuron_network.activation import NeuronCurve
from ..neuron_network.learn import measured_levels
from ..neuron_network.study import AnnConfiguration, run_study
from ..progress import ShowProgress
from .classification import Classification


class DomainWallNetwork(nn.Module):
    """z₂ = W₂ neuron(W₁ x), the network of domain-wall neurons as a module; images (n, …)."""

    def __init__(self, weights: list[Tensor], neuron: NeuronCurve) -> None:
        super().__init__()
        self.neuron = neuron
        self.hidden, self.readout = (
            nn.Linear(weight.shape[1], weight.shape[0], bias=False) for weight in weights
        )
        for layer, weight in zip((self.hidden, self.readout), weights, strict=True):
            layer.weight = nn.Parameter(weight.clone())

    def forward(self, images: Tensor) -> Tensor:
        hidden: Tensor = self.neuron(self.hidden(images.flatten(1)))
        outputs: Tensor = self.readout(hidden)
        return outputs


def configuration_of(model: StateModel, seed: int) -> AnnConfiguration:
    """Return the training on the levels of a model; raises NetworkError."""
    return AnnConfiguration(
        data_sets=("fashion-mnist",),
        seeds=(seed,),
        levels=measured_levels(model, "pair"),
        spread_draws=1,
    )


def fashion_mnist(
    model: StateModel, seed: int, images: int | None, kept_in: Path, progress: ShowProgress
) -> Classification:
    """Train the network, resuming after the parts in the checkpoint at `kept_in`.

    It stays there until it is removed. Raises NetworkError and SweepError.
    """
    configuration = configuration_of(model, seed)
    data = load_images("fashion-mnist")
    checkpoint = Checkpoint(kept_in, configuration.document())
    with progress(configuration.epochs, len(checkpoint), kept_in, "epochs") as report:
        (outcome,) = run_study(configuration, {"fashion-mnist": data}, checkpoint, report)
    network = DomainWallNetwork(outcome.on_levels[0].fine_tuned, configuration.neuron)
    float32 = DomainWallNetwork(outcome.trained.weights, configuration.neuron)
    classification = Classification(
        "fashion-mnist",
        network.eval(),
        torch.from_numpy(data.test_images[:images].copy()),
        torch.from_numpy(data.test_labels[:images].copy()).long(),
        clipping="none",
        per="layer",
    )
    return replace(classification, accuracy_trained=classification.accuracy(float32.eval()))
