"""Variance components of devices on dies: from die to die, and from device to device.

    y_ij = μ + a_i + e_ij,  a_i ~ N(0, σ_die²),  e_ij ~ N(0, σ_device²)

for device j of die i: a one-way random-effects model. With a dies, n_i devices on each, N in all
and n_h the harmonic mean of the n_i,

    S_2² = Σ_ij (y_ij − ȳ_i)² / (N − a),   S_1² = n_h Σ_i (ȳ_i − ȳ)² / (a − 1),   ȳ = Σ_i ȳ_i / a,
    σ_device² = S_2²,   σ_die² = (S_1² − S_2²)/n_h, or 0 if that is negative.

95 % intervals: exact χ² for σ_device; for σ_die the modified large-sample interval of the
difference of two mean squares (Ting et al., J. Stat. Comput. Simul. 35, 135 (1990)) with the
unweighted mean square S_1² (Thomas & Hultquist, Ann. Stat. 6, 582 (1978)), as Burdick & Graybill,
Confidence Intervals on Variance Components (1992), ch. 3, give it; for μ Student's t of the die
means. What was measured of their coverage is in docs/how-to/wafer.md.

With positions, a plane is fitted to the die means first: a systematic tilt over the wafer, which
the model above counts among the dies. S_1² is then that of its residuals, with a − 3 degrees of
freedom.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf, isfinite, nan, sqrt

import numpy as np
from scipy.special import chdtri, fdtri

from ...arrays import Floats
from ..errors import AnalysisError
from ..estimate import Estimate
from ..intervals import TAIL, std_ci, symmetric_interval, t_quantile


@dataclass(frozen=True, slots=True)
class VarianceComponents:
    """The components of a quantity, in its unit, with 95 % confidence intervals.

    `mean` is that of the dies. `die_std` is NaN, its interval [0, inf), where the data do not
    determine it: fewer than two dies, or one device on each.
    """

    mean: Estimate
    die_std: Estimate
    device_std: Estimate
    dies: int
    devices: int

    @property
    def die_share(self) -> float:
        """The share of the variance that is from die to die (intraclass correlation)."""
        total = self.die_std.value**2 + self.device_std.value**2
        return self.die_std.value**2 / total if total > 0 else nan


@dataclass(frozen=True, slots=True)
class Tilt:
    """The plane through the die means: slopes per m along x and y, and what is left of the dies."""

    along_x: Estimate
    along_y: Estimate
    die_std: Estimate


def variance_components(values_of_dies: Sequence[Floats]) -> VarianceComponents:
    """Return the components of values, one array of devices for each die.

    Dies without a value are left out. Raises AnalysisError without any value.
    """
    measured = [np.asarray(values, dtype=float) for values in values_of_dies if len(values)]
    if not measured:
        raise AnalysisError("No device of the wafer has a value.")
    counts = np.array([len(values) for values in measured])
    means = np.array([values.mean() for values in measured])
    degrees = int(counts.sum()) - len(counts)
    within = _within(measured, degrees)
    between = _square(means - means.mean(), len(means) - 1)
    half_width = t_quantile(len(means) - 1) * sqrt(between / len(means)) if between >= 0 else inf
    return VarianceComponents(
        mean=symmetric_interval(float(means.mean()), half_width),
        die_std=_die_std(between, len(means) - 1, within, degrees, counts),
        device_std=std_ci(sqrt(within), degrees) if degrees else Estimate(nan, 0.0, inf),
        dies=len(means),
        devices=int(counts.sum()),
    )


def tilt(values_of_dies: Sequence[Floats], positions_m: Floats) -> Tilt:
    """Return the plane through the die means; `positions_m` has x and y of each die, (dies, 2).

    Raises AnalysisError for fewer than four dies, or dies on one line.
    """
    known = [number for number, values in enumerate(values_of_dies) if len(values)]
    measured = [np.asarray(values_of_dies[number], dtype=float) for number in known]
    positions_m = np.asarray(positions_m, dtype=float)[known]
    counts = np.array([len(values) for values in measured])
    means = np.array([values.mean() for values in measured])
    degrees = len(means) - 3
    design = np.column_stack([np.ones(len(means)), positions_m]) if known else np.zeros((0, 3))
    if degrees < 1 or np.linalg.matrix_rank(design) < 3:
        raise AnalysisError("A tilt takes four dies that do not lie on one line.")
    solution = np.linalg.lstsq(design, means, rcond=None)[0]
    between = _square(means - design @ solution, degrees)
    errors = np.sqrt(between * np.diag(np.linalg.inv(design.T @ design)))
    along_x, along_y = (
        symmetric_interval(float(solution[k]), t_quantile(degrees) * float(errors[k]))
        for k in (1, 2)
    )
    within_degrees = int(counts.sum()) - len(counts)
    within = _within(measured, within_degrees)
    return Tilt(along_x, along_y, _die_std(between, degrees, within, within_degrees, counts))


def _within(measured: Sequence[Floats], degrees: int) -> float:
    return _square(np.concatenate([values - values.mean() for values in measured]), degrees)


def _square(deviations: Floats, degrees: int) -> float:
    """Return a mean square, NaN without a degree of freedom."""
    return float(np.sum(deviations**2)) / degrees if degrees > 0 else nan


def _die_std(
    between: float, n1: int, within: float, n2: int, counts: np.typing.NDArray[np.int64]
) -> Estimate:
    """Return σ_die from the mean squares of the die means and of the devices on a die."""
    if not (isfinite(between) and isfinite(within)):
        return Estimate(nan, 0.0, inf)
    harmonic = len(counts) / float(np.sum(1.0 / counts))
    low, high = _difference_ci(harmonic * between, n1, within, n2)
    variances = (between - within / harmonic, low / harmonic, high / harmonic)
    value, low, high = (sqrt(max(0.0, variance)) for variance in variances)
    return Estimate(value, low, high)


def _difference_ci(s1: float, n1: int, s2: float, n2: int) -> tuple[float, float]:
    """Return the ends of the interval of θ1 − θ2 for mean squares s1 and s2 of these means."""
    upper1, lower1 = float(chdtri(n1, TAIL)) / n1, float(chdtri(n1, 1 - TAIL)) / n1
    upper2, lower2 = float(chdtri(n2, TAIL)) / n2, float(chdtri(n2, 1 - TAIL)) / n2
    upper, lower = float(fdtri(n1, n2, 1 - TAIL)), float(fdtri(n1, n2, TAIL))
    g1, h1 = 1 - 1 / upper1, 1 / lower1 - 1
    g2, h2 = 1 - 1 / upper2, 1 / lower2 - 1
    g12 = ((upper - 1) ** 2 - g1**2 * upper**2 - h2**2) / upper
    h12 = ((1 - lower) ** 2 - h1**2 * lower**2 - g2**2) / lower
    down = (g1 * s1) ** 2 + (h2 * s2) ** 2 + g12 * s1 * s2
    up = (h1 * s1) ** 2 + (g2 * s2) ** 2 + h12 * s1 * s2
    return s1 - s2 - sqrt(max(0.0, down)), s1 - s2 + sqrt(max(0.0, up))
