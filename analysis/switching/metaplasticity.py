"""The metaplastic function of a tapered track, from depinning voltages.

    f_meta(W) = (1 − |W|) (w2 − w1)/w2 + w1/w2,    V_i ∝ w(x_i) = w1 + (w2 − w1) x_i,

x from 0 at the narrow end to 1 at the wide one. A straight line V = a + b x has w1/w2 = a/(a + b);
its interval is Fieller's. Voltages scatter about the line by more than their own errors because
notches differ in depth; that scatter τ² is estimated from the residuals (DerSimonian and Laird),
weights are 1/(error² + τ²), and the covariance is scaled with the residuals (Hartung and Knapp,
Stat. Med. 20, 3875 (2001)). Three notches may lie on a line by chance, with residuals far below
their errors: the interval is no narrower than that of a line through voltages of the errors alone
(and three notches of one depth are then held in 99 %). With two notches there are no residuals, and
only their own errors count. A part of the voltage that does not scale with the width (line tension
of a taper, I_c R) is taken off beforehand with `offset_V`. Position from conductance: parallel
conduction of both areas.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite, sqrt

import numpy as np

from ...arrays import Floats
from ..errors import AnalysisError
from ..estimate import Estimate
from ..intervals import ratio_ci
from ..physical import require_positive

LARGE = 1e9
DOES_NOT_FIT = "does not fit"
EXCESSIVE = 4.0  # χ² per degree of freedom: the notches differ by more than their cycles do


@dataclass(frozen=True, slots=True)
class Metaplasticity:
    """The fit of w1/w2 to depinning voltages (V) against position (0 narrow … 1 wide).

    `excess` is χ² per degree of freedom about the line with the voltages' own errors: far above 1
    if the notches differ; NaN with two notches, or where no
    voltage has an interval.
    """

    width_ratio: Estimate
    narrow_end_V: float
    wide_end_V: float
    excess: float
    notches: int

    @property
    def problem(self) -> str:
        """Why the line does not hold; empty if it does."""
        if not (isfinite(self.width_ratio.low) and isfinite(self.width_ratio.high)):
            return "not determined"
        return DOES_NOT_FIT if self.excess > EXCESSIVE else ""

    def f_meta(self, weight: float) -> Estimate:
        """Return f_meta at a weight between -1 and 1."""
        rising, r = abs(weight), self.width_ratio
        value, low, high = ((1 - rising) * (1 - w) + w for w in (r.value, r.low, r.high))
        return Estimate(value, low, high)


def fit_metaplasticity(
    position: Sequence[float], voltage_V: Sequence[Estimate], offset_V: float = 0.0
) -> Metaplasticity:
    """Return w1/w2 from the depinning voltage at each position (0 narrow … 1 wide).

    Raises AnalysisError for fewer than two different positions, values that are not numbers, or
    a ratio that is not above zero.
    """
    x = np.asarray(position, dtype=float)
    y = np.array([voltage.value for voltage in voltage_V]) - offset_V
    if len(x) != len(y) or len(np.unique(x)) < 2:
        raise AnalysisError(
            "A metaplastic function needs switching voltages at two or more different positions."
        )
    if not (np.isfinite(x).all() and np.isfinite(y).all()):
        raise AnalysisError(
            "Some positions or switching voltages are not numbers; leave those notches out."
        )
    errors = np.array([(voltage.high - voltage.low) / (2 * 1.96) for voltage in voltage_V])
    known = np.isfinite(errors) & (errors > 0)
    if len(x) == 2 and not known.all():
        errors[~known] = np.inf
    elif not known.all():
        errors = np.where(known, errors, float(errors[known].max()) if known.any() else 1e-9)
    line, covariance, excess = _line(x, y, errors)
    if not known.any():
        excess = float("nan")
    degrees = len(x) - 2 if len(x) > 2 else LARGE
    turn = np.array([[1.0, 0.0], [1.0, 1.0]])
    ends = turn @ line
    found = ratio_ci(float(ends[0]), float(ends[1]), turn @ covariance @ turn.T, degrees)
    if len(x) > 2:
        design = np.column_stack([np.ones_like(x), x])
        _, alone = _weighted(design, y, errors**-2.0)
        least = ratio_ci(float(ends[0]), float(ends[1]), turn @ alone @ turn.T, LARGE)
        found = Estimate(found.value, min(found.low, least.low), max(found.high, least.high))
    remedy = "measure more cycles with smaller steps, or a device with more notches"
    width_ratio = require_positive(found, "w1/w2", remedy)
    return Metaplasticity(width_ratio, float(ends[0]), float(ends[1]), excess, len(x))


def wall_position(conductance_share: float, width_ratio: float) -> float:
    """Return the position x (0 narrow … 1 wide) of a wall from the share of a full-length junction.

    The share is (G − G_AP)/(G_P − G_AP) for a wall that starts at the narrow end, the area behind
    it over the whole: (r x + (1 − r) x²/2)/(r + (1 − r)/2) with r = w1/w2.
    """
    share = min(1.0, max(0.0, conductance_share))
    taper = 1 - width_ratio
    if abs(taper) < 1e-9:
        return share
    root = sqrt(width_ratio**2 + taper * share * (2 * width_ratio + taper))
    return (root - width_ratio) / taper


def _line(x: Floats, y: Floats, errors: Floats) -> tuple[Floats, Floats, float]:
    design = np.column_stack([np.ones_like(x), x])
    degrees = len(x) - 2
    if not np.isfinite(errors).all():
        line = np.linalg.solve(design, y)
        return np.asarray(line, dtype=float), np.full((2, 2), np.nan), float("nan")
    weights = errors**-2.0
    line, covariance = _weighted(design, y, weights)
    if degrees == 0:
        return line, covariance, float("nan")
    chi2 = float((weights * (y - design @ line) ** 2).sum())
    hat = design @ covariance @ design.T
    spare = float(weights.sum() - (weights**2 * np.diag(hat)).sum())
    scatter = max(0.0, (chi2 - degrees) / spare)
    weights = 1 / (errors**2 + scatter)
    line, covariance = _weighted(design, y, weights)
    scale = float((weights * (y - design @ line) ** 2).sum()) / degrees
    return line, covariance * scale, chi2 / degrees


def _weighted(design: Floats, y: Floats, weights: Floats) -> tuple[Floats, Floats]:
    covariance = np.linalg.inv(design.T @ (weights[:, None] * design))
    line = covariance @ design.T @ (weights * y)
    return np.asarray(line, dtype=float), np.asarray(covariance, dtype=float)
