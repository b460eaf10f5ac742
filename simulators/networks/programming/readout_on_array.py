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

from ....analysis.errors import AnalysisError
from ....analysis.state_model.model import LevelState, StateModel
from ....analysis.writing.policy import write_verify_policy
from ....arrays import Floats
from ....protocols.write_plan import WritePlan
from ..crossbar.devices import DeviceLevels
from ..crossbar.mapping import MappedLayer, map_layer

SAME_FIELD_T = 1e-3
SAME_TIME = 0.01


@dataclass(frozen=True, slots=True)
class Conditions:
    """The pulses and the field that a model holds for."""

    pulse_width_s: float
    rise_s: float
    fall_s: float
    bias_field_T: float
    saturation_field_T: float
    read_current_A: float


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


def write_plan(model: StateModel, targets: NDArray[np.int64]) -> WritePlan:
    """Return how the targets, shape (rows, columns), are written in the fewest pulses.

    Raises AnalysisError, naming what to measure, where the model does not know how.
    """
    policy = write_verify_policy(model)
    rows, columns = targets.shape
    return WritePlan(
        rows=rows,
        columns=columns,
        targets=tuple(targets.flatten().tolist()),
        edges_ohm=level_edges_ohm(model),
        positive_V=tuple(policy.positive_V.tolist()),
        negative_V=tuple(policy.negative_V.tolist()),
        policy_table=policy.choice,
        expected_pulses=tuple(policy.pulses[:, policy.start].tolist()),
    )


def level_edges_ohm(model: StateModel) -> tuple[float, ...]:
    """Return between which resistances a reading is of each level, falling.

    The edge between two levels is as many of the one's standard deviations away as of the other's;
    beyond the first and the last one lies half their distance to the next.
    """
    levels = model.levels
    means = [level.resistance_ohm.value for level in levels]
    inner = [
        (high * _spread_ohm(below) + low * _spread_ohm(above))
        / (_spread_ohm(above) + _spread_ohm(below))
        for high, low, above, below in zip(means, means[1:], levels, levels[1:], strict=False)
    ]
    first = means[0] + (means[0] - means[1]) / 2
    last = means[-1] - (means[-2] - means[-1]) / 2
    return (first, *inner, max(last, 0.0))


def conditions(model: StateModel) -> Conditions:
    """Return what the pulses must be like; raises AnalysisError where a plan cannot keep to it."""
    pulses = model.pulses
    missing = [
        name
        for name in ("pulse_width_s", "rise_s", "fall_s", "field_T")
        if any(getattr(one, name) is None for one in pulses)
    ]
    current_A = None if model.read_noise is None else model.read_noise.read_current_A
    missing += [] if current_A is not None else ["read_current_A"]
    missing += [] if model.saturation_field_T is not None else ["saturation_field_T"]
    if missing:
        raise AnalysisError(
            f"Model {model.name} has no {', '.join(missing)} of its runs, and an array must "
            "be written as its model was measured: calibrate it from write-reset-cycling runs."
        )
    fields = [one.field_T for one in pulses if one.field_T is not None]
    if max(fields) - min(fields) > SAME_FIELD_T:
        raise AnalysisError(
            f"Model {model.name} was measured with positive and negative pulses at different "
            f"fields ({min(fields):g} and {max(fields):g} T), and an array is written at one: "
            "calibrate it from write-reset-cycling runs with reset_bias_T equal to write_bias_T."
        )
    first = pulses[0]
    assert first.pulse_width_s is not None and first.rise_s is not None
    assert first.fall_s is not None and first.field_T is not None
    assert current_A is not None and model.saturation_field_T is not None
    return Conditions(
        pulse_width_s=first.pulse_width_s,
        rise_s=first.rise_s,
        fall_s=first.fall_s,
        bias_field_T=first.field_T,
        saturation_field_T=model.saturation_field_T,
        read_current_A=current_A,
    )


def conductances_S(resistance_ohm: Floats) -> Floats:
    """Return 1/R, and no conductance where nothing was read: an open junction carries none."""
    return np.where(np.isfinite(resistance_ohm), 1.0 / resistance_ohm, 0.0)


def _spread_ohm(level: LevelState) -> float:
    std = level.wander_std_ohm if level.cycle_std_ohm is None else level.cycle_std_ohm.value
    return max(std, 1e-4 * level.resistance_ohm.value)
