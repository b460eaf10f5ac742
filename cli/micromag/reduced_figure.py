"""The figures of `dwmtj micromag reduced`: thresholds, probabilities and pinning."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from ...analysis.figures.house import BLUE, GREY, ORANGE, kind_colours, kind_markers, legend_below
from ...analysis.figures.panel import Panel
from ...simulators.micromagnetics.reduced.study import NotchOfFilm
from .reduced_results import WidthResult


def pulse_panel(found: NotchOfFilm, results: list[WidthResult]) -> Panel:
    """Draw the threshold of a pulse against its width, in all three models."""
    brackets = found.film_thresholds
    table = pd.DataFrame(
        {
            "width_s": [one.width_s for one in results],
            "film_A_per_m2": [bracket.middle_A_per_m2 for bracket in brackets],
            "film_half_width_A_per_m2": [bracket.half_width_A_per_m2 for bracket in brackets],
            "reduced_at_0_K_A_per_m2": [one.threshold_A_per_m2 for one in results],
        }
    )
    for number, percent in enumerate((10, 50, 90)):
        for name in ("reduced", "event"):
            levels = [getattr(one, f"{name}_levels_A_per_m2")[number] for one in results]
            table[f"{name}_{percent}_percent_A_per_m2"] = levels

    def paint(axes: Axes) -> None:
        width_ns = 1e9 * table["width_s"]
        for name, color, marker, label in (
            ("reduced", BLUE, "o", "reduced, half of the walls (10 to 90 %)"),
            ("event", ORANGE, "s", "event, half of the walls (10 to 90 %)"),
        ):
            low, middle, high = (
                table[f"{name}_{percent}_percent_A_per_m2"] / 1e12 for percent in (10, 50, 90)
            )
            offset = 1.0 if name == "reduced" else 1.03  # so that bars do not hide each other
            axes.errorbar(
                offset * width_ns, middle, [middle - low, high - middle],
                color=color, marker=marker, linestyle="none", label=label,
            )  # fmt: skip
        axes.plot(
            width_ns, table["reduced_at_0_K_A_per_m2"] / 1e12,
            color=BLUE, linestyle="--", label="reduced, 0 K",
        )  # fmt: skip
        axes.errorbar(
            0.97 * width_ns,
            table["film_A_per_m2"] / 1e12,
            table["film_half_width_A_per_m2"] / 1e12,
            color=GREY, marker="D", linestyle="none", label="film, 0 K",
        )  # fmt: skip
        if len(width_ns) > 1:
            axes.set_xscale("log")
            axes.set_xticks(width_ns, [f"{width:g}" for width in width_ns])
            axes.minorticks_off()
        axes.set(xlabel="Width of the pulse (ns)", ylabel="Threshold J (10¹² A/m²)")
        legend_below(axes)

    return Panel("pulses", "Threshold of a pulse on a wall at rest", table, paint, lines_below=4)


def probability_panel(results: list[WidthResult]) -> Panel:
    """Draw the probability of depinning against the current density, for each width."""
    table = pd.concat([one.table for one in results], ignore_index=True)

    def paint(axes: Axes) -> None:
        kinds = zip(kind_colours(len(results)), kind_markers(len(results)), results, strict=True)
        for color, marker, one in kinds:
            rows = one.table
            current = rows["current_A_per_m2"] / 1e12
            errors = [rows["reduced"] - rows["reduced_low"], rows["reduced_high"] - rows["reduced"]]
            axes.errorbar(
                current, rows["reduced"], np.maximum(errors, 0), color=color, marker=marker,
                markersize=3, linestyle="none", label=f"reduced, {one.width_s * 1e9:g} ns",
            )  # fmt: skip
            axes.plot(current, rows["event"], color=color, label=f"event, {one.width_s * 1e9:g} ns")
        axes.set(xlabel="Current density (10¹² A/m²)", ylabel="Probability of depinning")
        legend_below(axes, ncols=2)

    return Panel("probability", "Depinning by a pulse", table, paint, lines_below=len(results))


def pinning_panel(found: NotchOfFilm) -> Panel:
    """Draw the current density that holds the wall against its position."""
    pinning, per_current_m = found.model.pinning, found.model.push_per_current_m
    table = pd.DataFrame(
        {
            "position_m": pinning.x_m,
            "pinning_A_per_m": pinning.field_A_per_m,
            "holding_current_A_per_m2": pinning.field_A_per_m / per_current_m,
        }
    )

    def paint(axes: Axes) -> None:
        axes.axhline(0, color=GREY, linewidth=0.8)
        axes.plot(1e9 * table["position_m"], table["holding_current_A_per_m2"] / 1e12, color=BLUE)
        axes.plot(1e9 * found.start.position_m, 0, "o", color=ORANGE, label="at rest")
        axes.set(xlabel="Position of the wall (nm)", ylabel="J that holds it (10¹² A/m²)")
        axes.legend()

    return Panel("pinning", "Pinning of a notch", table, paint)
