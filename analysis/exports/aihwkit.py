"""A state model as a PiecewiseStepDevice of aihwkit: preset code, or its parameters as JSON.

Weights from −1 to 1 stand for conductances from the lowest to the highest level, the reference half
way. An update is a ladder that ends when the wall has moved (see `steps`): `dw_min` times the
values of `piecewise_up` and `piecewise_down` is its mean at equally spaced weights; those beside a
level have its value, so that aihwkit's interpolation gives it back. `dw_min_std` is the scatter of
the steps relative to each step (root mean squares of both), as aihwkit 1.2.0 applies it
(rpu_piecewisestep_device.cpp); `write_noise_std` that of the visits, which it takes in units of
`dw_min` (rpu_pulsed_device.h). The device's levels are not kept: aihwkit's weights are continuous,
and what scatters beyond the ends is cut off there.
"""

import json

import numpy as np

from ...arrays import Floats
from ..state_model.model import StateModel
from .provenance import class_name, provenance
from .steps import Steps, steps_of

NODES = 33
"""Fewer than 64, the most that aihwkit allows on GPUs."""

_TEMPLATE = '''"""{provenance}"""

from dataclasses import dataclass, field
from typing import List

from aihwkit.simulator.configs.devices import PiecewiseStepDevice


@dataclass
class {name}PresetDevice(PiecewiseStepDevice):
    """The measured device; an update is a ladder of pulses that ends when the wall has moved."""

{fields}
'''


def aihwkit_preset(model: StateModel) -> str:
    """Return the text of a Python module; raises AnalysisError without steps both ways."""
    fields = [
        f"    {key}: List[float] = field(default_factory=lambda: {json.dumps(value)})"
        if isinstance(value, list)
        else f"    {key}: float = {value!r}"
        for key, value in aihwkit_parameters(model).items()
    ]
    return _TEMPLATE.format(
        provenance=provenance(model).replace('"', "'").replace("\\", "/"),
        name=class_name(model),
        fields="\n".join(fields),
    )


def aihwkit_json(model: StateModel) -> str:
    """Return JSON whose `parameters` are the arguments of PiecewiseStepDevice."""
    document = {
        "source": provenance(model),
        "class": "PiecewiseStepDevice",
        "parameters": aihwkit_parameters(model),
    }
    return json.dumps(document, indent=2) + "\n"


def aihwkit_parameters(model: StateModel) -> dict[str, float | list[float]]:
    """Return the arguments of PiecewiseStepDevice; raises AnalysisError without steps both ways."""
    conductance_S, up, down = steps_of(model)
    half_range_S = float(np.ptp(conductance_S)) / 2
    weights = (conductance_S - conductance_S[0]) / half_range_S - 1
    nodes = _nodes(weights)
    rises = np.interp(nodes, weights, up.size_S) / half_range_S
    falls = np.interp(nodes, weights, np.abs(down.size_S)) / half_range_S
    dw_min = (_mean(up, up.size_S) - _mean(down, down.size_S)) / 2 / half_range_S
    scatter = np.sqrt(_mean(up, up.variance_S2) + _mean(down, down.variance_S2))
    scatter /= np.sqrt(_mean(up, up.size_S**2) + _mean(down, down.size_S**2))
    stds = [level.conductance_std_S or 0.0 for level in model.levels]
    write_noise = float(np.sqrt(np.mean(np.square(stds)))) / half_range_S
    spread = _device_spread(model, half_range_S)
    return {
        "w_min": -1.0,
        "w_max": 1.0,
        "w_min_dtod": spread,
        "w_max_dtod": spread,
        "dw_min": dw_min,
        "dw_min_dtod": 0.0,
        "dw_min_std": float(scatter),
        "up_down": 0.0,
        "up_down_dtod": 0.0,
        "write_noise_std": write_noise / dw_min,
        "piecewise_up": (rises / dw_min).tolist(),
        "piecewise_down": (falls / dw_min).tolist(),
    }


def _nodes(weights: Floats) -> Floats:
    """Return the weights at which the steps are taken: equally spaced, but at a level beside it."""
    nodes, spacing = np.linspace(-1.0, 1.0, NODES, retstep=True)
    nearest = weights[np.abs(nodes[:, None] - weights).argmin(axis=1)]
    return np.where(np.abs(nodes - nearest) < spacing, nearest, nodes)


def _mean(steps: Steps, values: Floats) -> float:
    """Return the mean of the values over the levels that the steps leave."""
    return float(values[steps.size_S != 0].mean())


def _device_spread(model: StateModel, half_range_S: float) -> float:
    """Return the spread of the ends between devices relative to w_max; 0 where not measured."""
    ends = (model.levels[0], model.levels[-1])
    stds: Floats = np.array(
        [
            end.device_std_ohm.value / end.resistance_ohm.value**2 if end.device_std_ohm else 0.0
            for end in ends
        ]
    )
    return float(np.sqrt(np.mean(stds**2))) / half_range_S
