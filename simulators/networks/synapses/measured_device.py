"""A calibrated device as a synapse that is written by pulses: levels and transitions of its model.

A weight is the conductance of the wall's level over the range of all, from −1 where saturation puts
the wall to 1 at the far end, scattered anew at every arrival by the σ from visit to visit. A pulse
draws the next level from what the model's pulses of either polarity did, its amplitude uniformly
from the ladder (see `transitions`). The mean step is the range over the mean number of
pulses that a wall takes from end to end.
"""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from ....analysis.state_model.model import StateModel
from ....arrays import Floats
from ..errors import NetworkError
from .levels import levels_of_model
from .transitions import likeliest_transitions


@dataclass(frozen=True, slots=True)
class MeasuredDevice:
    """Weights (n,) of the levels, their spreads, and ends of the next level's distribution.

    `ends` (2n, n) has a row for each level pushed upward, then one for each pushed downward.
    """

    levels: Tensor
    spreads: Tensor
    ends: Tensor
    mean_steps: tuple[float, float]

    def pulse(self, weights: Tensor, upward: Tensor, generator: torch.Generator) -> Tensor:
        level = torch.bucketize(weights, (self.levels[1:] + self.levels[:-1]) / 2)
        row = level + torch.where(upward, 0, len(self.levels))
        chance = torch.rand(weights.shape, generator=generator)
        after = (chance[:, None] >= self.ends[row]).sum(dim=1)
        arrived = self.levels[after]
        arrived = arrived + self.spreads[after] * torch.randn(weights.shape, generator=generator)
        return torch.where(after == level, weights, arrived)


def measured_device(model: StateModel) -> MeasuredDevice:
    """Return the model's device; raises NetworkError for a model that cannot be written both ways,
    or whose spreads are not known."""
    transitions = likeliest_transitions(model)
    found = levels_of_model(model)
    levels, spreads = np.array(found.values), np.array(found.spreads)
    if model.saturated_level == len(levels) - 1:
        levels, spreads = -levels[::-1], spreads[::-1]
    ends = np.cumsum(np.concatenate([transitions.onward, transitions.back]), axis=1)
    ends[:, -1] = 1
    way = (
        _pulses_to(transitions.onward, len(levels) - 1, model.name),
        _pulses_to(transitions.back, 0, model.name),
    )
    return MeasuredDevice(
        torch.from_numpy(levels.copy()).float(),
        torch.from_numpy(spreads.copy()).float(),
        torch.from_numpy(ends).float(),
        (2 / way[0], 2 / way[1]),
    )


def _pulses_to(matrix: Floats, end: int, name: str) -> float:
    """Return how many pulses take the wall to an end from the other one, on average."""
    arrives = np.linalg.matrix_power((matrix > 0).astype(float), len(matrix))[:, end] > 0
    if not arrives.all():
        stuck = ", ".join(map(str, np.flatnonzero(~arrives)))
        raise NetworkError(
            f"The model {name} knows of no pulses that take the wall from level {stuck} to level "
            f"{end}: calibrate it from write-reset-cycling runs that stop there, too."
        )
    others = np.delete(np.arange(len(matrix)), end)
    staying = matrix[np.ix_(others, others)]
    pulses = np.linalg.solve(np.eye(len(others)) - staying, np.ones(len(others)))
    return float(pulses[0 if end else -1])
