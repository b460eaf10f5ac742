"""A state model as the body of `MeasuredDevice` in MLP+NeuroSim V3.0 (Cell.cpp).

MeasuredDevice takes conductances as measured, one for each pulse number, which rise strictly in
LTP, fall strictly in LTD and share their ends. They are the levels along the most frequent steps up
and down (see `steps`). NeuroSim's MeasuredDevice knows no scatter between cycles or devices; both
are given in a comment, as RealDevice's parameters name them.
"""

import numpy as np

from ...arrays import Floats
from ..errors import AnalysisError
from ..state_model.model import StateModel
from ..update import MIN_PULSES, fit_update
from .provenance import provenance
from .steps import mean_leaving_V, steps_of


def neurosim_parameters(model: StateModel) -> str:
    """Return C++ assignments; raises AnalysisError where the ends of LTP and LTD differ."""
    conductance_S, up, down = steps_of(model)
    rising, falling = list(up.path), list(down.path)
    if (rising[0], rising[-1]) != (falling[-1], falling[0]):
        raise AnalysisError(
            f"The most frequent steps of {model.name} go up from level {rising[0]} to "
            f"{rising[-1]} and down from {falling[0]} to {falling[-1]}; NeuroSim needs the same "
            "ends both ways."
        )
    stds = [level.conductance_std_S or 0.0 for level in model.levels]
    between = [
        level.device_std_ohm.value / level.resistance_ohm.value**2 if level.device_std_ohm else 0.0
        for level in model.levels
    ]
    noise = model.read_noise.relative_std.value if model.read_noise else 0.0
    span_S = float(np.ptp(conductance_S))
    lines = [
        f"// {provenance(model)}",
        "// Replace the assignments of these names in MeasuredDevice::MeasuredDevice (Cell.cpp).",
        *_assignments(
            {
                "writeVoltageLTP": mean_leaving_V(up.pulses),
                "writeVoltageLTD": mean_leaving_V(down.pulses),
                "writePulseWidthLTP": up.pulses.pulse_width_s,
                "writePulseWidthLTD": down.pulses.pulse_width_s,
            }
        ),
        "nonlinearWrite = true;",
        "nonIdenticalPulse = false;",
        f"readNoise = {'true' if noise else 'false'};",
        f"sigmaReadNoise = {noise!r};",
        "symLTPandLTD = false;",
        _array("rawDataConductanceLTP", [float(conductance_S[level]) for level in rising]),
        _array("rawDataConductanceLTD", [float(conductance_S[level]) for level in falling]),
        "// What MeasuredDevice has no place for, in the names of RealDevice:",
        f"// sigmaCtoC = {float(np.sqrt(np.mean(np.square(stds)))) / span_S!r}"
        " * (maxConductance - minConductance)",
        f"// maxConductanceVar = {between[-1]!r}  minConductanceVar = {between[0]!r}",
        *nonlinearity_comment("NL_LTP", conductance_S[np.array(rising)]),
        *nonlinearity_comment("NL_LTD", conductance_S[np.array(falling)]),
    ]
    return "\n".join(lines) + "\n"


def _assignments(values: dict[str, float | None]) -> list[str]:
    return [f"{name} = {value!r};" for name, value in values.items() if value is not None]


def nonlinearity_comment(name: str, conductance_S: Floats) -> list[str]:
    """Return NeuroSim's nonlinearity as a comment, nothing where there are too few steps for it."""
    if len(conductance_S) <= MIN_PULSES:
        return []
    curve = fit_update(conductance_S, len(conductance_S))
    label = curve.nonlinearity.value * (1 if name == "NL_LTP" else -1)
    if not curve.describes:
        missed = f"misses the levels by {curve.residual * 100:.2g} % of their range"
        return [f"// {name}: none, the nearest curve ({label:.2f}) {missed}"]
    return [f"// {name} = {label:.2f}"]


def _array(name: str, values: list[float]) -> str:
    return f"double {name}[] = {{{', '.join(repr(value) for value in values)}}};"
