"""Quantities of levels: their number, resistances, conductances and spreads, and the window.

The window is that of the written levels, the first less the last; a minor loop has its own.
"""

from math import hypot, inf, sqrt

import numpy as np

from ..estimate import Estimate
from ..intervals import ratio_ci, symmetric_interval, t_quantile
from ..levels.conductance import conductance_levels
from ..levels.find import Level, LevelReport
from .criterion import Criterion
from .measured import Measured
from .run_results import RunResults

LIKELY = 0.95
WIDER = 1.5


def number_of_levels(run: RunResults, _: Criterion) -> Measured:
    """Return the number of levels 4 σ or more apart, and those with 95 % of the probability."""
    report = run.level_report
    low, high = _likely_numbers(report)
    remedy = "measure more cycles"
    if report.unresolved:
        remedy += f"; level {report.unresolved[0]} may hold several that lie closer than 4 σ"
    return Measured(Estimate(len(report.levels), low, high), remedy=remedy)


def level_resistance(run: RunResults, criterion: Criterion) -> Measured:
    level = _level(run, criterion)
    return _of_level(run, level, level.resistance_ohm)


def level_sigma(run: RunResults, criterion: Criterion) -> Measured:
    level = _level(run, criterion)
    return _of_level(run, level, _spread(level, level.sigma_ohm))


def level_conductance(run: RunResults, criterion: Criterion) -> Measured:
    level = _level(run, criterion)
    return _of_level(run, level, conductance_levels([level])[0].conductance_S)


def write_noise(run: RunResults, criterion: Criterion) -> Measured:
    level = _level(run, criterion)
    return _of_level(run, level, _spread(level, conductance_levels([level])[0].write_noise))


def window(run: RunResults, _: Criterion) -> Measured:
    first, last = run.levels[0], run.levels[-1]
    halves = (one.resistance_ohm.high - one.mean_ohm for one in (first, last))
    found = symmetric_interval(first.mean_ohm - last.mean_ohm, hypot(*halves))
    return _of_level(run, min(first, last, key=lambda one: one.visits), found)


def window_ratio(run: RunResults, _: Criterion) -> Measured:
    first, last = run.levels[0], run.levels[-1]
    fewest = min(first, last, key=lambda one: one.visits)
    errors = [_standard_error(one) for one in (first, last)]
    found = ratio_ci(first.mean_ohm, last.mean_ohm, np.diag(np.square(errors)), fewest.visits - 1)
    return _of_level(run, fewest, found)


def _likely_numbers(report: LevelReport) -> tuple[int, int]:
    kept: list[int] = []
    total = 0.0
    for number, share in sorted(report.number_probability.items(), key=lambda one: -one[1]):
        if total < LIKELY:
            kept.append(number)
            total += share
    count = len(report.levels)
    return min([count, *kept]), max([count, *kept])


def _level(run: RunResults, criterion: Criterion) -> Level:
    return run.levels[run.level_number(criterion, run.levels)]


def _of_level(run: RunResults, level: Level, estimate: Estimate) -> Measured:
    if _has_slow_noise(level):
        return Measured(estimate, remedy="it is as wide as noise slower than the run")
    return Measured(estimate, level.visits, run.cycles)


def _has_slow_noise(level: Level) -> bool:
    """Return True if the interval of the mean is wider than visits of its σ alone make it."""
    if level.visits < 2:
        return False
    of_visits = t_quantile(level.visits - 1) * level.std_ohm / sqrt(level.visits)
    return level.resistance_ohm.high - level.mean_ohm > WIDER * of_visits


def _spread(level: Level, estimate: Estimate) -> Estimate:
    """Return the spread over the cycles, which a single visit does not show."""
    return estimate if level.visits > 1 else Estimate(estimate.value, 0.0, inf)


def _standard_error(level: Level) -> float:
    t = t_quantile(level.visits - 1)
    return (level.resistance_ohm.high - level.mean_ohm) / t if t < inf else inf
