"""The metaplastic function: the voltage that frees the wall against where the wall is.

On the fitted line (see `dwmtj.analysis.switching.width_ratio`) f_meta = 1 + w1/w2 − V_C/V_C(x = 1),
so both are read from one set of points.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from ..formatting import format_interval
from ..levels.find import Level
from ..switching.width_ratio import DepinningVoltages, depinning_voltages
from .house import BLUE, GREY
from .panel import Panel

TICKED_UP_TO = 50  # visits, a tick each; of more, a line from the lowest voltage to the highest


def metaplastic_function(points: pd.DataFrame, levels: Sequence[Level]) -> Panel:
    """Draw V_C against position with the fitted line; raises as `depinning_voltages` does."""
    found = depinning_voltages(points, levels)
    narrow_V, wide_V = found.fit.narrow_end_V, found.fit.wide_end_V
    ratio = found.fit.width_ratio

    def paint(axes: Axes) -> None:
        for x, threshold in zip(found.position, found.threshold, strict=True):
            freed_V = threshold.freed_V
            if len(freed_V) <= TICKED_UP_TO:
                axes.plot([x] * len(freed_V), freed_V, "_", color=GREY, alpha=0.5, markersize=5)
            else:
                axes.plot([x, x], [min(freed_V), max(freed_V)], color=GREY, linewidth=0.6)
            volt, injected = threshold.voltage_V, threshold.level == 0
            axes.errorbar(
                [x],
                [volt.value],
                [[volt.value - volt.low], [volt.high - volt.value]],
                fmt="o",
                color=BLUE,
                markerfacecolor="white" if injected else BLUE,
                capsize=2,
                label="injection" if injected else None,
            )
        label = f"$w_1/w_2$ = {format_interval(ratio.value, ratio.low, ratio.high)}"
        if found.fit.problem:
            label = f"{label},\nline {found.fit.problem}"
        style = "--" if found.fit.problem else "-"
        axes.plot([0, 1], [narrow_V, wide_V], style, color=BLUE, linewidth=0.8, label=label)
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


def _table(found: DepinningVoltages) -> pd.DataFrame:
    rows = zip(found.position, found.threshold, strict=True)
    return pd.DataFrame(
        [
            {
                "position": x,
                "level": threshold.level,
                "critical_voltage_V": threshold.voltage_V.value,
                "low_95_V": threshold.voltage_V.low,
                "high_95_V": threshold.voltage_V.high,
                "sigma_V": threshold.sigma_V.value,
                "visits_freed": len(threshold.freed_V),
                "visits_passed": threshold.passed,
                "visits_kept": threshold.kept,
                "fitted_V": found.fit.narrow_end_V
                + (found.fit.wide_end_V - found.fit.narrow_end_V) * x,
                "f_meta_fitted": found.fit.f_meta(x).value,
            }
            for x, threshold in rows
        ]
    )
