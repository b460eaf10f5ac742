"""The figures of a scan of controls: thresholds and barriers against the control of most values."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from ....analysis.figures.house import GREY, kind_colours, kind_markers, legend_below, prefix_for
from ....analysis.figures.panel import Panel
from ....simulators.micromagnetics import Assumptions, ControlPoint
from ....simulators.micromagnetics.constants import BOLTZMANN_J_per_K
from ....simulators.micromagnetics.synapse import LOWEST_BARRIER
from ....simulators.micromagnetics.thresholds.bracket import Bracket
from ....simulators.micromagnetics.thresholds.controls import UNITS, value_text

LABELS = {
    "length_m": ("Length of the track", "length"), "width_m": ("Width of the track", "width"),
    "thickness_m": ("Thickness of the film", "thickness"),
    "position_m": ("Position of the notch", "position"),
    "depth_m": ("Depth of the notch", "depth"),
    "half_width_m": ("Half width of the notch", "half width"),
    "pitch_m": ("Pitch of notches", "pitch"), "cell_m": ("Size of the cells", "cells of"),
    "damping": ("Damping α", "α"), "saturation_magnetization_A_per_m": ("$M_S$", "$M_S$"),
    "exchange_stiffness_J_per_m": ("$A$", "$A$"), "anisotropy_J_per_m3": ("$K_u$", "$K_u$"),
    "dmi_J_per_m2": ("$D$", "$D$"), "spin_hall_angle": ("Spin-Hall angle θ", "θ"),
    "asymmetry": ("Asymmetry Λ", "Λ"), "form": ("Form of the notch", "form"),
    "side": ("Side of the notch", "side"),
}  # fmt: skip
"""Names of a control on an axis and in a legend."""
STEM, BARRIERS = "scan", "scan-barriers"
ONE_LINE = 2  # columns of the legend


def scan_table(points: Sequence[ControlPoint], assumptions: Assumptions) -> pd.DataFrame:
    """Return a row for each variant, in SI units; NaN where nothing was found.

    The barrier is the lower one of both directions, without current.
    """
    return pd.DataFrame([_row(point, assumptions) for point in points])


def scan_panel(table: pd.DataFrame, names: Sequence[str]) -> Panel:
    """Draw both thresholds against the control with the most values, others in colours."""

    kinds = _kinds(table, names)
    ways = (("pulse", "pulse on a wall at rest", "-"), ("run_up", "run-up", "--"))

    def paint(axes: Axes) -> None:
        is_number = _along(table, names) in UNITS
        for label, colour, marker, rows, x in _series(axes, table, names):
            for way, meaning, line in ways:
                axes.errorbar(
                    x,
                    rows[f"{way}_A_per_m2"] / 1e12,
                    rows[f"{way}_half_width_A_per_m2"] / 1e12,
                    color=colour,
                    marker=marker,
                    markerfacecolor=colour if way == "pulse" else "white",
                    linestyle=line if is_number else "none",
                    label=(label if way == "pulse" else None) if kinds > 1 else meaning,
                )
        for way, meaning, line in ways if kinds > 1 else ():
            face = GREY if way == "pulse" else "white"
            own_line = line if is_number else "none"
            axes.plot(
                [],
                [],
                linestyle=own_line,
                color=GREY,
                marker="o",
                markerfacecolor=face,
                label=meaning,
            )
        axes.set(ylabel="Threshold J (10¹² A/m²)", ylim=(0, None))
        legend_below(axes, ncols=1 if kinds > 1 else ONE_LINE)

    title = "Thresholds of a notch against controls of its track"
    return Panel(STEM, title, table, paint, lines_below=kinds + 2 if kinds > 1 else 1)


def barrier_panel(table: pd.DataFrame, names: Sequence[str], temperature_K: float) -> Panel:
    """Draw the barrier of a wall at rest in units of k_B T."""
    thermal_J = BOLTZMANN_J_per_K * temperature_K

    def paint(axes: Axes) -> None:
        for label, colour, marker, rows, x in _series(axes, table, names):
            axes.errorbar(
                x,
                rows["barrier_J"] / thermal_J,
                rows["barrier_error_J"] / thermal_J,
                color=colour,
                marker=marker,
                linestyle="-" if _along(table, names) in UNITS else "none",
                label=label or "string method",
            )
        least = f"no retention below {LOWEST_BARRIER:g} $k_BT$"
        axes.axhline(LOWEST_BARRIER, color=GREY, linestyle="--", label=least)
        axes.set(ylabel=f"Barrier at {temperature_K:g} K ($k_BT$)", ylim=(0, None))
        legend_below(axes, ncols=1 if _kinds(table, names) > 1 else ONE_LINE)

    columns = [*names, "barrier_J", "barrier_error_J", "dwell_time_s"]
    title = "Barrier of a wall at rest without current"
    kinds = _kinds(table, names)
    return Panel(BARRIERS, title, table[columns], paint, lines_below=1 + kinds if kinds > 1 else 1)


def _row(point: ControlPoint, assumptions: Assumptions) -> dict[str, object]:
    film, barriers = point.variant.film, point.barriers
    sides = (barriers.forward, barriers.backward) if barriers else ()
    return {
        **point.variant.values,
        **_numbers("pulse", point.pulse),
        **_numbers("run_up", point.run_up),
        "barrier_J": barriers.lowest_J if barriers else np.nan,
        "barrier_error_J": max((one.error_J for one in sides), default=np.nan),
        "dwell_time_s": barriers.dwell_time_s(
            assumptions.temperature_K, assumptions.attempt_rate_Hz
        )
        if barriers
        else np.nan,
        "wall_energy_J_per_m2": film.material.wall_energy_J_per_m2,
        "scaled_by_theta": point.is_derived,
        "not_found": " ".join(point.failures),
    }


def _numbers(name: str, bracket: Bracket | None) -> dict[str, float]:
    return {
        f"{name}_A_per_m2": bracket.middle_A_per_m2 if bracket else np.nan,
        f"{name}_half_width_A_per_m2": bracket.half_width_A_per_m2 if bracket else np.nan,
    }


def _kinds(table: pd.DataFrame, names: Sequence[str]) -> int:
    """Return how many lines there are: combinations of the controls beside the one of the axis."""
    return len(table) // table[_along(table, names)].value_counts().size


def _along(table: pd.DataFrame, names: Sequence[str]) -> str:
    return max(names, key=lambda name: table[name].value_counts().size)


def _series(
    axes: Axes, table: pd.DataFrame, names: Sequence[str]
) -> Iterator[tuple[str, str, str, pd.DataFrame, Sequence[Any]]]:
    """Label the axis and yield label, colour, marker, rows and x of each line."""
    along = _along(table, names)
    others = [name for name in names if name != along and table[name].value_counts().size > 1]
    groups = [("", table)]
    if others:
        keys = [
            ", ".join(f"{LABELS[name][1]} {value_text(name, row[name])}" for name in others)
            for row in table[others].to_dict("records")
        ]
        groups = [(str(key), rows) for key, rows in table.groupby(keys, sort=False)]
    power, prefix = (0, "")
    if along in UNITS:
        power, prefix = prefix_for(table[along])
        unit = f"{prefix}{UNITS[along]}".replace("m2", "m²").replace("m3", "m³")
        axes.set_xlabel(f"{LABELS[along][0]} ({unit})" if unit else LABELS[along][0])
    else:
        axes.set_xlabel(LABELS[along][0])
    drawn = zip(groups, kind_colours(len(groups)), kind_markers(len(groups)), strict=True)
    for (label, rows), colour, marker in drawn:
        ordered = rows.sort_values(along) if along in UNITS else rows
        values = ordered[along].tolist()
        x = [value / 10.0**power for value in values] if along in UNITS else values
        yield label, colour, marker, ordered, x
