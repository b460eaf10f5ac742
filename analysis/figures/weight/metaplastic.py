"""The metaplastic function against the weight, with the device's points: Fig. 4b of the paper.

    f_meta(W) = (1 − |W|)(w2 − w1)/w2 + w1/w2,

1 at the narrow end (W = 0) and w1/w2 at the wide one (|W| = 1). A notch at position x = |W| has
f_meta = 1 + w1/w2 − V_C/V_C(x = 1) (see `figures.metaplastic`), so the points carry the fit's V_C
at the wide end; their bars are those of their own V_C alone.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from ...formatting import format_interval
from ...levels.find import Level
from ...switching.width_ratio import DepinningVoltages, depinning_voltages
from ..house import BLUE, legend_below
from ..panel import Panel

PAPER_RATIO = 0.25  # of the synapse paper's trapezoid, 1:4


def metaplastic_weight(points: pd.DataFrame, levels: Sequence[Level]) -> Panel:
    """Draw f_meta(W), the device's notches, and the lines of a straight and of a 1:4 track.

    Raises AnalysisError as `depinning_voltages` does.
    """
    found = depinning_voltages(points, levels)
    ratio, data = found.fit.width_ratio, _table(found)
    ends = format_interval(ratio.value, ratio.low, ratio.high)

    def paint(axes: Axes) -> None:
        weight = np.array([0.0, 1.0])
        axes.plot(weight, [1.0, 1.0], ":", color="black", linewidth=0.8, label="1:1, straight")
        axes.plot(weight, [1.0, PAPER_RATIO], "-", color="black", linewidth=0.8, label="1:4")
        problem = found.fit.problem
        label = f"this device, $w_1/w_2$ = {ends}{f', {problem}' * bool(problem)}"
        axes.plot(weight, [1.0, ratio.value], "--" if problem else "-", color=BLUE, label=label)
        if np.isfinite(ratio.low) and np.isfinite(ratio.high):
            axes.fill_between(
                weight, [1.0, ratio.low], [1.0, ratio.high], color=BLUE, alpha=0.2, linewidth=0
            )
        columns = data[["weight", "f_meta", "low_95", "high_95"]].to_numpy(dtype=float)
        for (x, value, low, high), threshold in zip(columns, found.threshold, strict=True):
            axes.errorbar(
                [x],
                [value],
                [[value - low], [high - value]],
                fmt="o",
                color=BLUE,
                markerfacecolor="white" if threshold.level == 0 else BLUE,
                capsize=2,
            )
        axes.set_xlabel("Weight |W| (1), 0 at the narrow end")
        axes.set_ylabel("Metaplastic function $f_{meta}$ (1)")
        axes.set_xlim(-0.03, 1.03)
        axes.set_ylim(0, max(1.25, 1.05 * float(data["f_meta"].max())))
        legend_below(axes)

    return Panel("f-meta-weight", "Metaplastic function", data, paint, lines_below=3)


def _table(found: DepinningVoltages) -> pd.DataFrame:
    fit = found.fit

    def f_meta(voltage_V: float) -> float:
        return 1 + fit.width_ratio.value - voltage_V / fit.wide_end_V

    return pd.DataFrame(
        [
            {
                "level": threshold.level,
                "weight": position,
                "f_meta": f_meta(threshold.voltage_V.value),
                "low_95": f_meta(threshold.voltage_V.high),
                "high_95": f_meta(threshold.voltage_V.low),
                "f_meta_fitted": fit.f_meta(position).value,
                "width_ratio": fit.width_ratio.value,
                "width_ratio_low_95": fit.width_ratio.low,
                "width_ratio_high_95": fit.width_ratio.high,
            }
            for position, threshold in zip(found.position, found.threshold, strict=True)
        ]
    )
