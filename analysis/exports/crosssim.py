"""A state model as a device class for CrossSim 3: programming error and read noise by level.

CrossSim (Sandia, https://cross-sim.sandia.gov) hands a device matrices of conductances normalised
to 1/Rmin; a device answers with what was really programmed or read. The class targets the nearest
measured level, scatters it as the device does from visit to visit, and adds read noise to every
product. It holds no transitions: CrossSim programs by target.
"""

import json

from ..errors import AnalysisError
from ..state_model.model import StateModel
from .provenance import class_name, provenance

_TEMPLATE = '''"""{provenance}

Import this module, then configure CrossSim's parameters with it:

    params = CrossSimParameters()
    configure(params)
"""

from simulator.backend import ComputeBackend
from simulator.devices.idevice import EmptyDevice

xp = ComputeBackend()

LEVELS_S = {levels}
"""Conductance of each level."""
CYCLE_STD_S = {stds}
"""Its standard deviation from programming to programming."""
READ_NOISE = {noise}
"""Relative standard deviation of a reading."""


class {name}(EmptyDevice):
    """The measured device: it takes the level nearest to its target, with the level's scatter."""

    def programming_error(self, input_):
        levels = xp.asarray(LEVELS_S)
        spreads = xp.asarray(CYCLE_STD_S)
        target = xp.asarray(input_) * levels[-1]
        nearest = xp.abs(target[..., None] - levels).argmin(axis=-1)
        scatter = xp.random.normal(scale=1.0, size=nearest.shape)
        programmed = levels[nearest] + spreads[nearest] * scatter
        return (programmed / levels[-1]).astype(input_.dtype)

    def read_noise(self, input_):
        noise = xp.random.normal(scale=READ_NOISE, size=input_.shape)
        return (input_ * (1.0 + noise)).astype(input_.dtype)


def configure(params):
    """Set the device of CrossSim's parameters to this one."""
    device = params.xbar.device
    device.Rmin = 1.0 / LEVELS_S[-1]
    device.Rmax = 1.0 / LEVELS_S[0]
    device.infinite_on_off_ratio = False
    device.cell_bits = 0  # the class knows its levels, which are not equally spaced
    device.programming_error.enable = True
    device.programming_error.model = "{name}"
    device.read_noise.enable = READ_NOISE > 0.0
    device.read_noise.model = "{name}"
'''


def crosssim_device(model: StateModel) -> str:
    """Return the text of a Python module; raises AnalysisError if a level has no spread."""
    stds = [level.conductance_std_S for level in model.levels]
    if None in stds:
        raise AnalysisError(
            f"Level {stds.index(None)} of {model.name} was visited once, so its spread is unknown; "
            "calibrate the model from more cycles."
        )
    noise = model.read_noise.relative_std.value if model.read_noise else 0.0
    return _TEMPLATE.format(
        provenance=provenance(model).replace('"', "'").replace("\\", "/"),
        name=class_name(model),
        levels=json.dumps([level.conductance_S for level in model.levels]),
        stds=json.dumps(stds),
        noise=noise,
    )
