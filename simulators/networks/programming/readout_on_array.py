"""A readout layer on an array of device pairs: which level goes where, and what was written there.

Row r of the array holds input r, columns 2k and 2k + 1 the positive and the negative device of
output k. A weight is the difference of their conductances; the one of the pair that does not carry
it stays at its lowest (`crossbar.mapping`). Levels of a model are numbered from the highest
resistance, so from the lowest conductance.
"""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ....analysis.state_model.model import StateModel
from ....arrays import Floats
from ..crossbar.devices import DeviceLevels
from ..crossbar.mapping import MappedLayer, map_layer

SAME_TIME = 0.01


@dataclass(frozen=True, slots=True)
class ReadoutOnArray:
    """A layer on levels: `layer` has steps and scale, `devices` the conductance of each level."""

    layer: MappedLayer
    devices: DeviceLevels

    def targets(self) -> NDArray[np.int64]:
        """Return the level of every device, shape (inputs, 2 · outputs)."""
        positive, negative = self.layer.targets()
        pairs = torch.stack([positive, negative], dim=-1)  # (outputs, inputs, 2)
        return pairs.permute(1, 0, 2).flatten(1).numpy().astype(np.int64)

    def ideal_weights(self) -> Tensor:
        """Return the weights of devices that are exactly on their levels."""
        return self.weights_of(np.array(self.devices.conductance_S)[self.targets()])

    def weights_of(self, conductance_S: Floats) -> Tensor:
        """Return the weights of the conductances (S) that are there, of `targets`' shape."""
        positive = torch.from_numpy(np.ascontiguousarray(conductance_S[:, 0::2].T))
        negative = torch.from_numpy(np.ascontiguousarray(conductance_S[:, 1::2].T))
        return self.layer.weights_of(positive, negative, self.devices)


def readout_on_array(readout: Tensor, model: StateModel) -> ReadoutOnArray:
    """Put a layer's weights, shape (outputs, inputs), on the levels of a model's pairs."""
    conductance_S = tuple(level.conductance_S for level in model.levels)
    nothing = (0.0,) * len(conductance_S)
    devices = DeviceLevels(conductance_S, nothing, nothing)
    return ReadoutOnArray(
        map_layer("readout", 0, readout, devices.pair, "least-squares", "layer"), devices
    )


def conductances_S(resistance_ohm: Floats) -> Floats:
    """Return 1/R, and no conductance where nothing was read: an open junction carries none."""
    return np.where(np.isfinite(resistance_ohm), 1.0 / resistance_ohm, 0.0)
