"""The figures of `dwmtj micromag design`: thresholds and barriers against depth."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from ....analysis.figures.house import BLUE, GREEN, GREY, ORANGE
from ....analysis.figures.panel import Panel
from ....simulators.micromagnetics import DepthPoint, slopes_A_per_m3
from ....simulators.micromagnetics.constants import BOLTZMANN_J_per_K
from ....simulators.micromagnetics.synapse import LOWEST_BARRIER

if TYPE_CHECKING:
    from .proposal import Proposal


def depth_table(
    points: list[DepthPoint], spread_m: float, temperature_K: float, attempt_rate_Hz: float
) -> pd.DataFrame:
    """Return a row for each depth, in SI units; `spread_m` is the standard deviation of depths.

    The barrier is the lower one of both directions, without current.
    """
    table = pd.DataFrame(
        [
            {
                "depth_m": point.depth_m,
                "pulse_A_per_m2": point.pulse.middle_A_per_m2,
                "pulse_half_width_A_per_m2": point.pulse.half_width_A_per_m2,
                "run_up_A_per_m2": point.run_up.middle_A_per_m2,
                "run_up_half_width_A_per_m2": point.run_up.half_width_A_per_m2,
                "barrier_J": point.barriers.lowest_J,
                "barrier_error_J": max(
                    point.barriers.forward.error_J, point.barriers.backward.error_J
                ),
                "barrier_kT": point.barriers.lowest_J / (BOLTZMANN_J_per_K * temperature_K),
                "dwell_time_s": point.barriers.dwell_time_s(temperature_K, attempt_rate_Hz),
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


def depth_panel(table: pd.DataFrame, spread_m: float, proposal: "Proposal | None" = None) -> Panel:
    """Draw both thresholds, with the band that the spread of depths makes of the pulse's.

    Proposed notches are marked, with their intervals and an axis of voltages.
    """

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
        if proposal is not None:
            _mark(axes, proposal)
        axes.legend()

    return Panel("depths", "Thresholds of a notch against its depth", table, paint)


def _mark(axes: Axes, proposal: "Proposal") -> None:
    levels, V_per_unit = proposal.table, 1e12 * proposal.V_per_A_per_m2
    depth_nm = 1e9 * levels["depth_m"]
    left, right = axes.get_xlim()
    axes.errorbar(
        depth_nm,
        levels["pulse_A_per_m2"] / 1e12,
        xerr=[
            depth_nm - 1e9 * levels["shallowest_m"].fillna(left / 1e9),
            1e9 * levels["deepest_m"].fillna(right / 1e9) - depth_nm,
        ],
        color=GREEN,
        marker="D",
        markersize=5,
        linestyle="none",
        capsize=2,
        zorder=3,
        label="proposed",
    )
    axes.set_xlim(left, right)
    voltage = axes.secondary_yaxis(
        "right",
        functions=(
            lambda J: np.asarray(J, dtype=float) * V_per_unit,
            lambda V: np.asarray(V, dtype=float) / V_per_unit,
        ),
    )
    voltage.set_ylabel("$V_C$ across the track (V)")
    voltage.spines["right"].set_visible(True)


def barrier_panel(table: pd.DataFrame, temperature_K: float) -> Panel:
    """Draw the barrier of a wall at rest in units of k_B T."""

    def paint(axes: Axes) -> None:
        thermal_J = BOLTZMANN_J_per_K * temperature_K
        axes.errorbar(
            1e9 * table["depth_m"],
            table["barrier_kT"],
            table["barrier_error_J"] / thermal_J,
            color=BLUE,
            marker="o",
            label="string method",
        )
        axes.axhline(
            LOWEST_BARRIER,
            color=GREY,
            linestyle="--",
            label=f"no retention below {LOWEST_BARRIER:g} $k_BT$",
        )
        axes.set(
            xlabel="Depth of the notch (nm)",
            ylabel=f"Barrier at {temperature_K:g} K ($k_BT$)",
            ylim=(0, None),
        )
        axes.legend()

    columns = ["depth_m", "barrier_J", "barrier_error_J", "barrier_kT", "dwell_time_s"]
    return Panel("barriers", "Barrier of a wall at rest without current", table[columns], paint)
