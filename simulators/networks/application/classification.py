"""A network and what it classifies, whatever it comes from."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from ..crossbar.mapping import Clipping, Per
from ..data.array_hash import array_hash
from ..errors import NetworkError

BATCH = 100  # its maps stay in the cache of a core


@dataclass(frozen=True, slots=True)
class Classification:
    """A trained network, inputs (n, …) and labels (n,), and how weights are put on devices.

    Inputs that are bytes are given to the network as numbers from 0 to 1. `accuracy_trained` is
    that of the network before it was trained further on levels, None where it was not.
    """

    name: str
    network: nn.Module
    inputs: Tensor
    labels: Tensor
    clipping: Clipping = "expected-error"
    per: Per = "output"
    accuracy_trained: float | None = None

    def batches(self) -> list[Tensor]:
        """Return the inputs in batches of `BATCH`, as the network takes them."""
        parts = torch.split(self.inputs, BATCH)
        return [part.float() / 255 if part.dtype == torch.uint8 else part for part in parts]

    @torch.no_grad()
    def accuracy(self, network: nn.Module) -> float:
        """Return the share of inputs that a network classifies correctly; raises NetworkError."""
        read = [self.classes(network, batch) for batch in self.batches()]
        return float((torch.cat(read) == self.labels).double().mean())

    @torch.no_grad()
    def classes(self, network: nn.Module, batch: Tensor) -> Tensor:
        """Return the class with the highest score for each input; raises NetworkError."""
        outputs = network(batch)
        if (
            not isinstance(outputs, Tensor)
            or outputs.dim() != 2
            or len(outputs) != len(batch)
            or outputs.shape[1] < 2
        ):
            raise NetworkError(
                f"{self.name} returns no tensor (n, classes) for n inputs: its accuracy is not "
                "known. Return a score for each of two or more classes."
            )
        if outputs.isnan().any():
            raise NetworkError(
                f"{self.name} returns scores that are not numbers (NaN): its accuracy is not "
                "known. Look at its weights and inputs."
            )
        return outputs.argmax(dim=1).cpu()

    @torch.no_grad()
    def hashes(self) -> dict[str, str]:
        """Return hashes of what the network computes, and of what it classifies.

        The first is of its parameters, buffers and outputs for the first batch.
        """
        state = [
            value.detach().cpu().float().numpy()
            for value in self.network.state_dict().values()
            if isinstance(value, Tensor)
        ]
        outputs = self.network(self.batches()[0])
        computed = outputs.float().numpy() if isinstance(outputs, Tensor) else np.empty(0)
        return {
            "network": array_hash(*state, computed),
            "images": array_hash(self.inputs.numpy(), self.labels.numpy()),
        }
