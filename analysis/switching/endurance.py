"""Endurance: drift of levels and switching voltages over the cycles, and the first failure.

Drifts are slopes of a straight line against the cycle with Student's t intervals, a visit or a
transition being one independent value. A cycle fails if it does not reach all the levels that most
cycles reach, and counts only if it was measured to its end. Without a failure the interval of the
probability to fail (exact binomial) still ends above zero.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf, sqrt

import numpy as np
import pandas as pd

from ...arrays import Floats
from ..errors import AnalysisError
from ..estimate import Estimate
from ..intervals import proportion_ci, symmetric_interval, t_quantile
from ..levels.find import Level, level_of_readings
from ..levels.visits import visits_of
from ..run_points import incomplete_cycles, pulsed_points
from .voltages import SwitchingEvent

EXPECTED_SHARE = 0.9


@dataclass(frozen=True, slots=True)
class Endurance:
    """Drift and failures over the cycles.

    `level_drift_ohm` per level and `voltage_drift_V` per (phase, level arrived in) are changes per
    cycle; `expected_levels` are those that nine in ten cycles reach, `failed` the cycles that miss
    one, `first_failure` the first of them or None.
    """

    cycles: int
    level_drift_ohm: tuple[Estimate, ...]
    voltage_drift_V: dict[tuple[str, int], Estimate]
    expected_levels: tuple[int, ...]
    failed: tuple[int, ...]
    failure_probability: Estimate

    @property
    def first_failure(self) -> int | None:
        return self.failed[0] if self.failed else None


def measure_endurance(
    points: pd.DataFrame, levels: Sequence[Level], switches: Sequence[SwitchingEvent]
) -> Endurance:
    """Return drifts and failures over the cycles; raises AnalysisError for fewer than three."""
    pulsed = pulsed_points(points)
    cycles = pulsed["cycle"].nunique()
    if cycles < 3:
        raise AnalysisError(f"{cycles} cycles are too few for a drift; measure three or more.")
    visits = visits_of(pulsed, level_of_readings(pulsed, levels))
    drifts = []
    for level in range(len(levels)):
        mine = visits[visits["level"] == level]
        cycle, mean_ohm = (mine[name].to_numpy(dtype=float) for name in ("cycle", "mean_ohm"))
        drifts.append(slope(cycle, mean_ohm))
    complete = set(pulsed["cycle"].unique().tolist()) - set(incomplete_cycles(points))
    expected, failed = _failures(visits, complete)
    return Endurance(
        int(cycles),
        tuple(drifts),
        _voltage_drifts(switches),
        expected,
        failed,
        proportion_ci(len(failed), len(complete)),
    )


def slope(x: Floats, y: Floats, step: float = 0.0) -> Estimate:
    """Return dy/dx of a straight line through independent normal values; unbounded below three.

    Values rounded to a `step` scatter about the line by step/√12 at least.
    """
    if len(x) < 3 or np.ptp(x) == 0:
        return Estimate(0.0, -inf, inf)
    centred = x - x.mean()
    square = float((centred**2).sum())
    value = float((centred * y).sum()) / square
    residual = y - y.mean() - value * centred
    variance = max(float((residual**2).sum()) / (len(x) - 2), step**2 / 12)
    error = sqrt(variance / square)
    return symmetric_interval(value, t_quantile(len(x) - 2) * error)


def _voltage_drifts(switches: Sequence[SwitchingEvent]) -> dict[tuple[str, int], Estimate]:
    firsts: dict[tuple[str, int], dict[int, SwitchingEvent]] = {}
    for switch in switches:
        firsts.setdefault((switch.phase, switch.after), {}).setdefault(switch.cycle, switch)
    return {
        transition: slope(
            np.array(list(found), dtype=float),
            np.array([switch.voltage_V for switch in found.values()]),
            float(np.median([switch.step_V for switch in found.values()])),
        )
        for transition, found in sorted(firsts.items())
    }


def _failures(visits: pd.DataFrame, complete: set[int]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    counted = visits[visits["cycle"].isin(complete)]
    seen = counted.groupby("level")["cycle"].nunique()
    often = seen.index[seen >= EXPECTED_SHARE * max(1, len(complete))]
    expected = frozenset(int(level) for level in often)
    reached = counted[counted["level"].isin(often)].groupby("cycle")["level"].nunique()
    good = set(reached.index[reached == len(expected)].tolist())
    return tuple(sorted(expected)), tuple(sorted(int(cycle) for cycle in complete - good))
