"""The metaplastic function: the voltage that frees the wall against where the wall is.

V_C to leave a level is that of positive pulses. The position x, 0 where the first level has the
wall and 1 at the last, follows from the level's share of the conductance range and the width ratio
(see `analysis.metaplasticity.wall_position`), which the fit gives: both are repeated until they
agree. Valid for a junction that covers the track between the first and the last level. On the same
line f_meta = 1 + w1/w2 − V_C/V_C(x = 1), so both are read from one set of points.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from analysis.errors import AnalysisError
from analysis.estimate import Estimate
from analysis.figures.panel import BLUE, GREY, Panel
from analysis.levels import Level
from analysis.metaplasticity import Metaplasticity, fit_metaplasticity, wall_position
from analysis.switching import (
    find_switches,
    first_departures,
    voltage_statistics,
)

FEWEST = 3  # transitions: two always lie on a line
ROUNDS = 50
NARROWEST, WIDEST = 0.01, 100.0


@dataclass(frozen=True, slots=True)
class DepinningVoltages:
    """Where the wall was, what freed it (mean with interval, and every cycle, V), and the fit."""

    position: tuple[float, ...]
    voltage_V: tuple[Estimate, ...]
    cycles_V: tuple[tuple[float, ...], ...]
    fit: Metaplasticity


def depinning_voltages(points: pd.DataFrame, levels: Sequence[Level]) -> DepinningVoltages:
    """Return V_C and position of each level that positive pulses leave, with the fitted line.

    Raises AnalysisError unless at least three levels were left in two or more cycles.
    """
    switches = [switch for switch in find_switches(points, levels) if switch.amplitude_V > 0]
    steps_V = [switch.step_V for switch in switches]
    left = {
        level: tuple(first_departures(switches, level).values()) for level in range(len(levels) - 1)
    }
    left = {level: voltages for level, voltages in left.items() if len(voltages) >= 2}
    if len(left) < FEWEST:
        raise AnalysisError(
            f"Positive pulses left {len(left)} levels in two or more cycles, and a line needs at "
            f"least {FEWEST}: measure more cycles, or a device with more notches."
        )
    step_V = float(np.median(steps_V))
    voltage = tuple(voltage_statistics(np.array(v), step_V).voltage_V for v in left.values())
    position, fit = _self_consistent([_share(levels, level) for level in left], voltage)
    return DepinningVoltages(position, voltage, tuple(left.values()), fit)


def metaplastic_function(points: pd.DataFrame, levels: Sequence[Level]) -> Panel:
    """Draw V_C against position with the fitted line; raises as `depinning_voltages` does."""
    found = depinning_voltages(points, levels)
    narrow_V, wide_V = found.fit.narrow_end_V, found.fit.wide_end_V
    ratio = found.fit.width_ratio

    def paint(axes: Axes) -> None:
        for x, cycles in zip(found.position, found.cycles_V, strict=True):
            axes.plot([x] * len(cycles), cycles, "_", color=GREY, alpha=0.5, markersize=5)
        means = [voltage.value for voltage in found.voltage_V]
        errors = [[v.value - v.low, v.high - v.value] for v in found.voltage_V]
        axes.errorbar(
            found.position,
            means,
            np.transpose(errors),
            fmt="o",
            color=BLUE,
            capsize=2,
            label="mean and 95 %",
        )
        interval = (
            f"{ratio.low:.2g} to {ratio.high:.2g}" if np.isfinite(ratio.low) else "interval open"
        )
        label = f"$w_1/w_2$ = {ratio.value:.2f} ({interval})".replace("-", "−")
        axes.plot([0, 1], [narrow_V, wide_V], color=BLUE, linewidth=0.8, label=label)
        axes.set_xlabel("Wall position $x$ (0: narrow end, 1: wide end)")
        axes.set_ylabel("Switching voltage $V_C$ (V)")
        axes.set_xlim(-0.05, 1.05)
        axes.set_ylim(0, None)
        right = axes.secondary_yaxis(
            "right",
            functions=(
                lambda volt: 1 + ratio.value - np.asarray(volt, dtype=float) / wide_V,
                lambda f_meta: (1 + ratio.value - np.asarray(f_meta, dtype=float)) * wide_V,
            ),
        )
        right.set_ylabel("Metaplastic function $f_{meta}$")
        axes.legend(loc="lower right")

    return Panel("f-meta", "Metaplastic function", _table(found), paint)


def _share(levels: Sequence[Level], level: int) -> float:
    """Return the level's conductance above the first level's, over the range of all."""
    first, here, last = (1 / levels[number].mean_ohm for number in (0, level, -1))
    return (here - first) / (last - first)


def _self_consistent(
    shares: Sequence[float], voltage_V: Sequence[Estimate]
) -> tuple[tuple[float, ...], Metaplasticity]:
    ratio = 1.0
    for _ in range(ROUNDS):
        position = tuple(wall_position(share, ratio) for share in shares)
        fit = fit_metaplasticity(position, voltage_V)
        before, ratio = ratio, float(np.clip(fit.width_ratio.value, NARROWEST, WIDEST))
        if abs(ratio - before) < 1e-6:
            break
    return position, fit


def _table(found: DepinningVoltages) -> pd.DataFrame:
    rows = zip(found.position, found.voltage_V, found.cycles_V, strict=True)
    return pd.DataFrame(
        [
            {
                "position": x,
                "critical_voltage_V": voltage.value,
                "low_95_V": voltage.low,
                "high_95_V": voltage.high,
                "cycles": len(cycles),
                "fitted_V": found.fit.narrow_end_V
                + (found.fit.wide_end_V - found.fit.narrow_end_V) * x,
                "f_meta_fitted": found.fit.f_meta(x).value,
            }
            for x, voltage, cycles in rows
        ]
    )
