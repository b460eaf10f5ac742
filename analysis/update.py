"""Weight update as networks see it: linearity and asymmetry in NeuroSim's form, and its energy.

NeuroSim describes conductance against pulse number p of P, in either direction scaled to 0 … 1, by

    g(p) = (1 − exp(−p/(A P)))/(1 − exp(−1/A)),

and labels it with a nonlinearity that is `LABEL` times the curve's largest distance from the
straight line (this reproduces NeuroSim's table of A from 0.01 to 9 to 1e-3). Positive: steep first,
as usual; negative: steep last. Asymmetry is the difference of both directions' labels when each is
counted along its own way, plus sign for potentiation. The curve is fitted with its two ends free,
because the first and the last reading scatter like all others. The energy of a pulse in a track of
resistance R is V² (T − (rise + fall)/6)/R, T the full width at half maximum. Source: Chen, Peng &
Yu, IEDM 2017, 6.1; IEEE TCAD 37, 3067 (2018).
"""

from dataclasses import dataclass
from functools import lru_cache
from math import exp, inf, log, sqrt

import numpy as np

from ..arrays import Floats
from .errors import AnalysisError
from .estimate import Estimate
from .intervals import symmetric_interval, t_quantile

LABEL = 10.1015
STEEPEST = 9.0
MIN_PULSES = 4
DESCRIBES = 0.05  # of the range: the largest residual of a curve that describes the update


@dataclass(frozen=True, slots=True)
class UpdateCurve:
    """One direction of a weight's update: NeuroSim's label and A, and how well the curve fits.

    `residual` is the standard deviation about the curve as a share of the range; `states` the
    number of different states that the pulses passed, None if not counted.
    """

    nonlinearity: Estimate
    curvature_A: float
    residual: float
    pulses: int
    states: int | None

    @property
    def describes(self) -> bool:
        return self.residual <= DESCRIBES


def fit_update(conductance_S: Floats, states: int | None = None) -> UpdateCurve:
    """Return the curve through conductances after 0, 1, … P pulses in one direction, shape (P+1,).

    For several cycles give their mean. Raises AnalysisError for fewer than four pulses, values that
    are not numbers, or a conductance that ends where it began.
    """
    from scipy.optimize import minimize_scalar

    count = len(conductance_S) - 1
    if count < MIN_PULSES:
        raise AnalysisError(
            f"{max(count, 0)} pulses are too few for an update curve; give {MIN_PULSES} or more."
        )
    if not np.isfinite(conductance_S).all():
        raise AnalysisError("The update curve has conductances that are not numbers; remove them.")
    height = float(conductance_S[-1] - conductance_S[0])
    if height == 0:
        raise AnalysisError("The conductance ends where it began; there is no update to describe.")
    measured = (conductance_S - conductance_S[0]) / height
    x = np.arange(count + 1) / count

    def squares(label: float) -> float:
        return _left(measured, curve_at(x, label))

    grid = np.linspace(-STEEPEST, STEEPEST, 361)
    start = float(grid[int(np.argmin([squares(float(label)) for label in grid]))])
    bounds = (max(-STEEPEST, start - 0.1), min(STEEPEST, start + 0.1))
    label = float(minimize_scalar(squares, bounds=bounds, method="bounded").x)
    degrees = count - 2  # of count + 1 values: two ends and the label
    variance = squares(label) / degrees
    step = 1e-3
    tangent = (curve_at(x, label + step) - curve_at(x, label - step)) / (2 * step)
    sensitivity = _left(tangent, curve_at(x, label))
    half_width = t_quantile(degrees) * sqrt(variance / sensitivity) if sensitivity > 0 else inf
    return UpdateCurve(
        symmetric_interval(label, half_width), neurosim_A(label), sqrt(variance), count, states
    )


def asymmetry(potentiation: UpdateCurve, depression: UpdateCurve) -> Estimate:
    """Return the difference of the labels, potentiation minus depression."""
    up, down = potentiation.nonlinearity, depression.nonlinearity
    half = sqrt((up.high - up.value) ** 2 + (down.high - down.value) ** 2)
    return symmetric_interval(up.value - down.value, half)


def neurosim_label(A: float) -> float:
    """Return NeuroSim's nonlinearity for A (relative to the number of pulses), with A's sign."""
    size = abs(A)
    if size > 1e3:
        return LABEL / (8 * A)
    bend = -np.expm1(-1 / size)
    x = -size * log(size * bend)
    distance = (1 - exp(-x / size)) / bend - x
    return float(np.copysign(LABEL * distance, A))


@lru_cache(maxsize=4096)
def neurosim_A(label: float) -> float:
    """Return A for a nonlinearity between -9 and 9; infinite for 0."""
    from scipy.optimize import brentq

    if abs(label) < 1e-9:
        return inf
    wanted = min(abs(label), 9.4)
    size = brentq(lambda log_A: neurosim_label(exp(log_A)) - wanted, log(5e-3), log(1e12))
    return float(np.copysign(exp(size), label))


def curve_at(x: Floats, label: float) -> Floats:
    """Return g, 0 … 1, at shares x of the pulses, for a nonlinearity between -9 and 9."""
    if abs(label) < 1e-6:
        return x
    A = neurosim_A(label)
    if A < 0:
        return np.asarray(1 - np.expm1(-(1 - x) / -A) / np.expm1(1 / A))
    return np.asarray(np.expm1(-x / A) / np.expm1(-1 / A))


def fitted_to(values: Floats, curve: Floats) -> Floats:
    """Return the best offset and multiple of a curve (n,) through values (n,)."""
    design = np.column_stack([np.ones_like(curve), curve])
    best, *_ = np.linalg.lstsq(design, values, rcond=None)
    return np.asarray(design @ best)


def pulse_energy_J(
    amplitude_V: float,
    width_s: float,
    track_resistance_ohm: float,
    rise_s: float = 0.0,
    fall_s: float = 0.0,
) -> float:
    """Return the heat of one trapezoidal pulse in the track; `width_s` is at half maximum."""
    if track_resistance_ohm <= 0 or width_s < (rise_s + fall_s) / 2:
        raise AnalysisError(
            f"A pulse of {width_s} s in a track of {track_resistance_ohm} ohm cannot be: give a "
            f"positive resistance, and a width of at least half the edges."
        )
    return amplitude_V**2 / track_resistance_ohm * (width_s - (rise_s + fall_s) / 6)


def _left(values: Floats, curve: Floats) -> float:
    """Return the sum of squares of values about the best offset and multiple of a curve."""
    return float(((values - fitted_to(values, curve)) ** 2).sum())
