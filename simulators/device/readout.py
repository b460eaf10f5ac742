"""The readout: the tunnel junction over a wall, and its read noise.

The parallel and the antiparallel area under the junction conduct side by side,

    G(x, V) = G_AP(V) + f(x) (G_P - G_AP(V)),
    G_P = A/RA,  G_AP(V) = G_P/(1 + TMR(V)),  TMR(V) = TMR_0/(1 + (V/V_h)²),

with the area A and f(x) from track. Above the breakdown voltage the barrier is destroyed and a
short resistance remains. A reading carries relative 1/f noise of the conductance and white voltage
noise of density e_n, e_n/√(2 T) after an integration time T.

Sources: Zhang et al., Phys. Rev. Lett. 79, 3744 (1997) and the usual half-voltage form for the
bias; RA and TMR from the preset. Valid for a wall much narrower than the junction is long.
"""

from typing import Any

import numba
import numpy as np

from ...compiled import compiled, compiled_parallel
from .noise import flicker, normal
from .track import parallel_fraction

JUNCTION = np.dtype(
    [
        ("conductance_P_S", "f8"),
        ("tmr", "f8"),
        ("tmr_half_voltage_V", "f8"),
        ("breakdown_voltage_V", "f8"),
        ("short_conductance_S", "f8"),
        ("white_V", "f8"),
    ]
)
"""The junction; `white_V` is the white noise of the present reading."""


@compiled
def conductance_S(d: Any, sites: Any, outline: Any, junction: Any, bias_V: float) -> float:
    """Return the noiseless conductance of one device at a bias."""
    if d.broken:
        return float(junction.short_conductance_S)
    ratio = bias_V / junction.tmr_half_voltage_V
    antiparallel_S = junction.conductance_P_S / (1.0 + junction.tmr / (1.0 + ratio * ratio))
    if d.site == 0:
        fraction = 0.0
    elif d.site == sites.shape[0] - 1:
        fraction = 1.0
    else:
        fraction = parallel_fraction(sites[d.site].x_m + d.offset_m, outline)
    return float(antiparallel_S + fraction * (junction.conductance_P_S - antiparallel_S))


@compiled
def _voltage_at_current_V(
    d: Any, sites: Any, outline: Any, junction: Any, current_A: float
) -> float:
    voltage_V = current_A / conductance_S(d, sites, outline, junction, 0.0)
    for _ in range(60):
        previous_V = voltage_V
        voltage_V = current_A / conductance_S(d, sites, outline, junction, voltage_V)
        if abs(voltage_V - previous_V) <= 1e-12 * abs(voltage_V):
            break
    return voltage_V


@compiled
def _read_device(
    d: Any,
    sites: Any,
    outline: Any,
    junction: Any,
    levels: Any,
    memory: Any,
    weight: Any,
    source: float,
    sources_current: bool,
) -> float:
    if sources_current:
        voltage_V = _voltage_at_current_V(d, sites, outline, junction, source)
    else:
        voltage_V = source
    if abs(voltage_V) > junction.breakdown_voltage_V:
        d.broken = True
    relative = 1.0 + flicker(d, levels, memory, weight)
    noise_V = junction.white_V * normal(d)
    if sources_current:
        if d.broken:
            voltage_V = source / junction.short_conductance_S
        return float(voltage_V * relative + noise_V)
    conductance = conductance_S(d, sites, outline, junction, source)
    return float(conductance * (source * relative + noise_V))


@compiled_parallel
def read_all(
    state: Any,
    sites: Any,
    outline: Any,
    junction: Any,
    levels: Any,
    memory: Any,
    weight: Any,
    source: Any,
    stride: int,
    sources_current: bool,
    out: Any,
) -> None:
    """Read every device into `out`, shared between the cores."""
    for i in numba.prange(state.shape[0]):
        out[i] = _read_device(
            state[i],
            sites,
            outline,
            junction[0],
            levels[i],
            memory,
            weight,
            source[i * stride],
            sources_current,
        )


@compiled
def read_few(
    state: Any,
    sites: Any,
    outline: Any,
    junction: Any,
    levels: Any,
    memory: Any,
    weight: Any,
    source: Any,
    stride: int,
    sources_current: bool,
    out: Any,
) -> None:
    """Read every device into `out` on the calling thread."""
    for i in range(state.shape[0]):
        out[i] = _read_device(
            state[i],
            sites,
            outline,
            junction[0],
            levels[i],
            memory,
            weight,
            source[i * stride],
            sources_current,
        )


@compiled
def resistances_ohm(
    state: Any, sites: Any, outline: Any, junction: Any, bias_V: float, out: Any
) -> None:
    """Write every device's noiseless resistance at a bias into `out`."""
    for i in range(state.shape[0]):
        out[i] = 1.0 / conductance_S(state[i], sites, outline, junction[0], bias_V)
