"""Nonlinearity and asymmetry of a run's weight update, in NeuroSim's form (see `update`).

The curve is fitted to the mean over the ramps. Its interval is Student's t over the labels of the
ramps, one fit each: steps of the wall make neighbouring pulses alike, which the residuals of a
single fit do not know. It is no narrower than that of the fit, for ramps may be copies of each
other; for a single ramp it is that of its fit, as if its pulses were independent.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import inf, sqrt

import numpy as np
import pandas as pd

from ...arrays import Floats
from ..errors import AnalysisError
from ..estimate import Estimate
from ..intervals import mean_ci
from ..update import DESCRIBES, STEEPEST, UpdateCurve, asymmetry, curve_at, fit_update, fitted_to
from .ramps import Ramps, find_ramps

SIGNIFICANT = 4 * sqrt(2)  # standard errors of the change from the first reading to the last
MEDIAN_TO_SIGMA = 1.4826
MAX_RAMPS = 60  # whose labels make the interval, spread over the run


@dataclass(frozen=True, slots=True)
class WeightUpdate:
    """Ramps of one direction with NeuroSim's curve through their mean."""

    ramps: Ramps
    curve: UpdateCurve

    @property
    def at_the_bound(self) -> bool:
        """True if no curve of NeuroSim's is steep enough."""
        return abs(self.curve.nonlinearity.value) > STEEPEST - 0.01

    @property
    def describes(self) -> bool:
        return self.curve.describes and not self.at_the_bound

    @property
    def problem(self) -> str:
        """Why the nonlinearity does not describe the update; empty if it does."""
        if self.at_the_bound:
            return f"it is steeper than NeuroSim's steepest curve (label {STEEPEST:g})"
        if not self.describes:
            missed, nearest = self.curve.residual, self.curve.nonlinearity.value
            return (
                f"the nearest curve ({nearest:.2g}) misses the conductances by "
                f"{missed * 100:.2g} % of the range, {DESCRIBES * 100:g} % at most are allowed"
            ).replace("-", "−")
        return ""

    def fitted_S(self) -> Floats:
        """Return the curve after 0, 1, … P pulses, its ends as they were fitted."""
        mean = self.ramps.mean_S
        x = np.linspace(0, 1, len(mean))
        return np.asarray(fitted_to(mean, curve_at(x, self.curve.nonlinearity.value)))


def measure_updates(points: pd.DataFrame) -> tuple[WeightUpdate, ...]:
    """Return the update of each direction and amplitude; raises AnalysisError if there is none."""
    ramps = find_ramps(points)
    found, reasons = [], []
    for each in ramps:
        try:
            found.append(_measure(each))
        except AnalysisError as error:
            reasons.append(str(error))
    if not found:
        raise AnalysisError(reasons[0])
    return tuple(found)


def asymmetry_of(updates: Sequence[WeightUpdate]) -> Estimate | None:
    """Return potentiation's label minus depression's, None unless there is one curve of each."""
    up = [each for each in updates if each.ramps.potentiates]
    down = [each for each in updates if not each.ramps.potentiates]
    if len(up) != 1 or len(down) != 1:
        return None
    return asymmetry(up[0].curve, down[0].curve)


def _measure(ramps: Ramps) -> WeightUpdate:
    mean_S = ramps.mean_S
    scatter_S = _scatter_S(ramps.conductance_S) / sqrt(len(ramps.conductance_S))
    height_S = abs(float(mean_S[-1] - mean_S[0]))
    if height_S < SIGNIFICANT * scatter_S:
        raise AnalysisError(
            f"Pulses of {ramps.pulses_text} change the conductance by no more than its readings "
            "scatter; there is no update to describe."
        )
    curve = _with_spread(fit_update(mean_S), ramps)
    return WeightUpdate(ramps, curve)


def _with_spread(curve: UpdateCurve, ramps: Ramps) -> UpdateCurve:
    """Return the curve with the interval of the labels of single ramps, if there are several."""
    count = len(ramps.conductance_S)
    if count < 2:
        return curve
    chosen = np.unique(np.linspace(0, count - 1, MAX_RAMPS).astype(int))
    try:
        labels = [fit_update(_known(ramps.conductance_S[one])).nonlinearity.value for one in chosen]
    except AnalysisError:  # a ramp that ends where it began: the labels have no distribution
        return replace(curve, nonlinearity=Estimate(curve.nonlinearity.value, -inf, inf))
    spread = mean_ci(np.array(labels))
    value, of_fit = curve.nonlinearity.value, curve.nonlinearity.high - curve.nonlinearity.value
    half = max(spread.high - spread.value, abs(spread.value - value), of_fit)
    return replace(curve, nonlinearity=Estimate(value, value - half, value + half))


def _scatter_S(conductance_S: Floats) -> float:
    """Return σ of a reading, from second differences: a straight ramp has none."""
    bends = np.abs(np.diff(conductance_S, n=2, axis=1))
    known = bends[np.isfinite(bends)]
    return float(np.median(known)) * MEDIAN_TO_SIGMA / sqrt(6) if len(known) else 0.0


def _known(curve_S: Floats) -> Floats:
    """Return a ramp with missing readings put in between their neighbours'."""
    known = np.isfinite(curve_S)
    if known.all():
        return curve_S
    at = np.arange(len(curve_S))
    return np.interp(at, at[known], curve_S[known])
