"""The likelihood of pulses under thermally activated depinning, and its derivatives.

The parameters are (ln V_c, ln E, ln s, ln f0) of the law in `depinning`. For a visit whose strength
is averaged over, the derivative of ln L is that of each strength's own, weighted by how likely the
visit makes that strength; so it costs little more than ln L, however many visits there are.
"""

from dataclasses import dataclass

import numpy as np

from ...arrays import Floats
from .trials import Trials

NODES = 15
NO_SPREAD = -30.0  # ln s, below which all visits have one strength
WEAKEST = 0.05
"""Strength below which no visit is believed to be."""


@dataclass(frozen=True, slots=True)
class PulseCounts:
    """Kinds of pulses (kinds,), how often each visit saw them switch or not (kinds, visits).

    Visits that saw the same are one, which happened `times` times (visits,).
    """

    amplitude_V: Floats
    width_s: Floats
    switched: Floats
    survived: Floats
    times: Floats


def hazard_and_slope(
    p: Floats, amplitude_V: Floats, width_s: Floats | float, exponent: float
) -> tuple[Floats, Floats]:
    """Return expected escapes (nodes, n) and their derivatives by the parameters (4, nodes, n).

    A row is a strength, at a node of the Gauss-Hermite quadrature with the weight of `log_weights`.
    """
    nodes = _NODES if p[2] > NO_SPREAD else _NODES[NODES // 2 : NODES // 2 + 1]
    critical, barrier, spread, attempt = np.exp(np.minimum(p, 50.0))
    wanted = 1 + spread * nodes[:, None]
    strength = np.maximum(WEAKEST, wanted)
    gap = np.maximum(0.0, 1 - amplitude_V / (critical * strength))
    power = gap ** (exponent - 1)
    height = barrier * power * gap
    hazard = attempt * width_s * np.exp(-np.minimum(height, 600.0))
    fall = np.where((gap > 0) & (height < 600.0), -hazard, 0.0)
    by_critical = fall * barrier * exponent * power * (1 - gap)
    by_spread = by_critical * np.where(wanted > WEAKEST, spread * nodes[:, None] / strength, 0.0)
    return hazard, np.stack([by_critical, fall * height, by_spread, hazard])


def log_likelihood(p: Floats, counts: PulseCounts, exponent: float) -> tuple[float, Floats]:
    """Return the logarithm of the likelihood and its derivatives by the four parameters."""
    hazard, slope = hazard_and_slope(p, counts.amplitude_V, counts.width_s, exponent)
    bounded = np.clip(hazard, 1e-290, 1e4)
    log_switch = np.log(-np.expm1(-bounded))
    visits = log_switch @ counts.switched - bounded @ counts.survived + log_weights(p)[:, None]
    total = np.logaddexp.reduce(visits, axis=0)
    share = np.exp(visits - total) * counts.times
    by_hazard = share @ counts.switched.T * np.exp(-bounded - log_switch)
    by_hazard -= share @ counts.survived.T
    by_hazard[hazard != bounded] = 0.0
    return float(total @ counts.times), (slope * by_hazard).sum(axis=(1, 2))


def log_weights(p: Floats) -> Floats:
    """Return the logarithms of the strengths' weights (nodes,)."""
    return LOG_WEIGHTS if p[2] > NO_SPREAD else np.zeros(1)


def count_pulses(trials: Trials) -> PulseCounts:
    """Return the kinds of pulses and of visits, and how often each was."""
    amplitudes, amplitude = np.unique(trials.amplitude_V, return_inverse=True)
    widths, width = np.unique(trials.width_s, return_inverse=True)
    pairs, kind = np.unique(amplitude * len(widths) + width, return_inverse=True)
    visits, visit = np.unique(trials.visit, return_inverse=True)
    cell = (2 * visit + trials.switched) * len(pairs) + kind
    seen = np.bincount(cell, minlength=2 * len(visits) * len(pairs)).astype(float)
    seen = seen.reshape(len(visits), 2, len(pairs))
    alike, times = np.unique(seen, axis=0, return_counts=True)
    survived, switched = alike.transpose(1, 2, 0)
    return PulseCounts(
        amplitudes[pairs // len(widths)],
        widths[pairs % len(widths)],
        switched,
        survived,
        times.astype(float),
    )


_NODES, _weights = np.polynomial.hermite_e.hermegauss(NODES)
LOG_WEIGHTS = np.log(_weights / _weights.sum())
