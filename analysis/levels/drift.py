"""A drift that all levels share, tracked over the cycles and taken off before grouping.

With t the cycle, centred and divided by the number of cycles, readings are taken to be

    R = R_0 exp(a t + b (t² − ⟨t²⟩)).

a and b start from the middle between the ends of each cycle's ln R, and are then moved to where the
readings of all cycles lie closest together: least entropy, estimated from spacings. A drift is
tracked only if that lowers the entropy by more than `LEAST_GAIN` nat a reading, so if it widens the
levels noticeably, and if the cycles' middles show it with `SIGNIFICANT` standard errors; a smaller
one stays in the spread of the levels (and in `switching.endurance`). Source: Vasicek, J. R. Stat.
Soc. B 38, 54 (1976).
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ...arrays import Floats
from ..estimate import Estimate
from ..intervals import symmetric_interval, t_quantile

MIN_CYCLES = 5
SIGNIFICANT = 4.0
LEAST_GAIN = 0.3
SAMPLE = 3000
STEPS = 81
ROUNDS = 3


@dataclass(frozen=True, slots=True)
class Drift:
    """A common drift: its mean over the run (fraction per cycle), and its course."""

    per_cycle: Estimate
    middle_cycle: float
    cycles: float
    linear: float
    quadratic: float

    def factor(self, cycle: Floats) -> Floats:
        """Return R over what it is in the middle of the run, at cycles (n,)."""
        t = (cycle - self.middle_cycle) / self.cycles
        return np.asarray(np.exp(self.linear * t + self.quadratic * t**2))


def find_drift(pulsed: pd.DataFrame) -> Drift | None:
    """Return the common drift of a run's `pulsed_points`, None if there is none to track."""
    log = np.log(pulsed["resistance_ohm"].to_numpy(dtype=float))
    cycle = pulsed["cycle"].to_numpy(dtype=float)
    ends = pd.Series(log).groupby(cycle).agg(["min", "max"])
    middles = ends.mean(axis=1)
    if len(middles) < MIN_CYCLES:
        return None
    middle, cycles = float(middles.index.to_numpy().mean()), float(np.ptp(middles.index) + 1)
    t = (middles.index.to_numpy(dtype=float) - middle) / cycles
    design = np.column_stack([t, t**2 - (t**2).mean(), np.ones_like(t)])
    fitted, *_ = np.linalg.lstsq(design, middles.to_numpy(), rcond=None)
    residual = middles.to_numpy() - design @ fitted
    spread = np.sqrt(float((residual**2).sum()) / max(1, len(t) - 3))
    errors = spread * np.sqrt(np.diag(np.linalg.inv(design.T @ design)))
    if abs(fitted[0]) < SIGNIFICANT * errors[0]:
        return None
    course = _sharpest(log, (cycle - middle) / cycles, fitted[:2], errors[:2])
    if course is None:
        return None
    half_width = t_quantile(len(t) - 3) * errors[0] / cycles
    rate = symmetric_interval(float(course[0]) / cycles, float(half_width))
    return Drift(rate, middle, cycles, float(course[0]), float(course[1]))


def steady_ohm(pulsed: pd.DataFrame, drift: Drift | None) -> Floats:
    """Return the resistances of points with a cycle as they are in the middle of the run."""
    resistance = pulsed["resistance_ohm"].to_numpy(dtype=float)
    if drift is None or "cycle" not in pulsed:
        return resistance
    return np.asarray(resistance / drift.factor(pulsed["cycle"].to_numpy(dtype=float)))


def _sharpest(log: Floats, t: Floats, start: Floats, errors: Floats) -> Floats | None:
    """Return the course (a, b) of least entropy, None if it is hardly less than without drift."""
    chosen = np.linspace(0, len(log) - 1, min(SAMPLE, len(log))).astype(np.intp)
    y, t = log[chosen], t[chosen]
    powers = np.column_stack([t, t**2])
    best, reach = start.copy(), 4 * errors
    for _ in range(ROUNDS):
        for term in range(2):
            tried = best[term] + reach[term] * np.linspace(-1, 1, STEPS)
            rest = y - powers[:, 1 - term] * best[1 - term]
            entropies = [_entropy(rest - powers[:, term] * value) for value in tried]
            best[term] = tried[int(np.argmin(entropies))]
        reach = reach / 6
    gain = _entropy(y) - _entropy(y - powers @ best)
    return best if gain > LEAST_GAIN else None


def _entropy(values: Floats) -> float:
    """Return the entropy of values from their spacings, up to a constant."""
    ordered = np.sort(values)
    reach = max(2, int(np.sqrt(len(values)) / 2))
    spacing = ordered[reach:] - ordered[:-reach]
    floor = 1e-4 * (ordered[-1] - ordered[0]) + 1e-12
    return float(np.log(spacing + floor).mean())
