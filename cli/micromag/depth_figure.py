"""The figure of `dwmtj micromag design`: thresholds against depth."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from ...analysis.figures.house import BLUE, ORANGE
from ...analysis.figures.panel import Panel
from ...simulators.micromagnetics import DepthPoint, slopes_A_per_m3


def depth_table(points: list[DepthPoint], spread_m: float) -> pd.DataFrame:
    """Return a row for each depth, in SI units; `spread_m` is the standard deviation of depths."""
    table = pd.DataFrame(
        [
            {
                "depth_m": point.depth_m,
                "pulse_A_per_m2": point.pulse.middle_A_per_m2,
                "pulse_half_width_A_per_m2": point.pulse.half_width_A_per_m2,
                "run_up_A_per_m2": point.run_up.middle_A_per_m2,
                "run_up_half_width_A_per_m2": point.run_up.half_width_A_per_m2,
            }
            for point in points
        ]
    )
    columns = ("depth_m", "pulse_A_per_m2", "pulse_half_width_A_per_m2")
    slopes, errors = slopes_A_per_m3(*(table[column].to_numpy() for column in columns))
    table["pulse_slope_A_per_m3"] = slopes
    table["pulse_slope_error_A_per_m3"] = errors
    table["pulse_spread_A_per_m2"] = np.abs(slopes) * spread_m
    return table


def depth_panel(table: pd.DataFrame, spread_m: float) -> Panel:
    """Draw both thresholds, with the band that the spread of depths makes of the pulse's."""

    def paint(axes: Axes) -> None:
        depth_nm = 1e9 * table["depth_m"]
        for name, label, color, marker in (
            ("pulse", "pulse on a wall at rest", BLUE, "o"),
            ("run_up", "run-up", ORANGE, "s"),
        ):
            axes.errorbar(
                depth_nm,
                table[f"{name}_A_per_m2"] / 1e12,
                table[f"{name}_half_width_A_per_m2"] / 1e12,
                color=color,
                marker=marker,
                label=label,
            )
        middle, band = table["pulse_A_per_m2"] / 1e12, table["pulse_spread_A_per_m2"] / 1e12
        label = f"depths ± {1e9 * spread_m:g} nm"
        axes.fill_between(
            depth_nm, middle - band, middle + band, color=BLUE, alpha=0.2, linewidth=0, label=label
        )
        axes.set(xlabel="Depth of the notch (nm)", ylabel="Threshold J (10¹² A/m²)", ylim=(0, None))
        axes.legend()

    return Panel("depths", "Thresholds of a notch against its depth", table, paint)
