"""Which pulses write levels onto devices as a state model was measured: the protocol and its plan.

    procedure = writing_procedure(find_model("straight-B1"), np.array([[2]]))

writes level 2 onto the one device of an ordinary bench; an array has a target for each device.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..analysis.errors import AnalysisError
from ..analysis.state_model.model import LevelState, StateModel
from ..analysis.writing.policy import write_verify_policy
from ..protocols.adaptive.write_plan import WritePlan
from ..protocols.adaptive.write_verify import WriteVerify

SAME_FIELD_T = 1e-3


@dataclass(frozen=True, slots=True)
class Conditions:
    """The pulses and the field that a model holds for."""

    pulse_width_s: float
    rise_s: float
    fall_s: float
    bias_field_T: float
    saturation_field_T: float
    read_current_A: float


def writing_procedure(
    model: StateModel, targets: NDArray[np.int64], *, max_pulses: int = 100, erase: bool = True
) -> WriteVerify:
    """Return what writes the targets, shape (rows, columns), as the model was measured.

    A device is given up after `max_pulses`; `erase` saturates all devices first. Raises
    AnalysisError where the model does not know how a level is written.
    """
    measured = conditions(model)
    procedure = WriteVerify()
    procedure.plan = write_plan(model, targets)
    procedure.pulse_width_s, procedure.rise_s = measured.pulse_width_s, measured.rise_s
    procedure.fall_s = measured.fall_s
    procedure.bias_field_T = round(measured.bias_field_T, 4)
    procedure.saturation_field_T = round(measured.saturation_field_T, 4)
    procedure.read_current_A = measured.read_current_A
    procedure.erase, procedure.most_pulses = erase, max_pulses
    procedure.validate()
    return procedure


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


def _spread_ohm(level: LevelState) -> float:
    std = level.wander_std_ohm if level.cycle_std_ohm is None else level.cycle_std_ohm.value
    return max(std, 1e-4 * level.resistance_ohm.value)
