"""Endurance: both states and their window against the cycle, and their distributions."""

from collections.abc import Callable
from functools import cache

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from scipy.special import ndtri

from ...storage import Phase
from ..switching.cycling import OUTER, Cycling, Window, measure_cycling, window_over_cycles
from .house import BLUE, GREY, LOG_FROM, ORANGE, label_axis
from .panel import Panel

REACH = 3.0  # distances between the states, beyond which a reading is outside of the axis
MOST_DRAWN = 4000  # readings of a state: more say nothing more on a logarithmic axis
TICKS = (0.001, 0.01, 0.1, 0.5, 0.9, 0.99, 0.999)
STATES = ((Phase.WRITE, "after write", ORANGE), (Phase.RESET, "after reset", BLUE))


def endurance_makers(points: pd.DataFrame) -> dict[str, Callable[[], Panel]]:
    """Return what makes each panel of a device cycled between two states, by its name."""
    cycling = cache(lambda: measure_cycling(points))
    return {
        "states over the cycles": lambda: states_over_cycles(cycling()),
        "window over the cycles": lambda: window_panel(cycling()),
        "distribution of both states": lambda: state_distributions(cycling()),
    }


def states_over_cycles(cycling: Cycling) -> Panel:
    """Draw the reading after the write and after the reset pulses of each cycle that was read."""
    table = pd.DataFrame(
        {
            "cycle": cycling.cycle.astype(np.int64),
            "written_ohm": cycling.written_ohm,
            "reset_ohm": cycling.reset_ohm,
            "failed": cycling.failed,
        }
    )
    drawn = table.iloc[_thinned(len(table), cycling)]
    limits = _limits(cycling)

    def paint(axes: Axes) -> None:
        for column, (_, label, colour) in zip(("written_ohm", "reset_ohm"), STATES, strict=True):
            axes.plot(drawn["cycle"], drawn[column], ".", color=colour, markersize=2, label=label)
        _mark_failure(axes, cycling)
        _lay_out_cycles(axes, cycling)
        axes.set_ylim(*limits)
        label_axis(axes, "y", "Resistance", "Ω", limits)
        _name_outside(axes, cycling, limits)
        axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=2)

    return Panel("endurance", "States over the cycles", table, paint)


def window_panel(cycling: Cycling) -> Panel:
    """Draw the median and the outer percentiles of both states in groups of cycles."""
    window = window_over_cycles(cycling)

    def paint(axes: Axes) -> None:
        middle = np.sqrt(window.first_cycle * window.last_cycle)
        for values, (_, label, colour) in zip(
            (window.written_ohm, window.reset_ohm), STATES, strict=True
        ):
            axes.fill_between(middle, values[:, 0], values[:, 2], color=colour, alpha=0.25, lw=0)
            axes.plot(middle, values[:, 1], ".-", color=colour, label=f"{label}, median")
        _mark_failure(axes, cycling)
        _lay_out_cycles(axes, cycling)
        shown = np.concatenate([window.written_ohm, window.reset_ohm])
        label_axis(axes, "y", f"{OUTER[0]:g} to {OUTER[1]:g} % of the resistances", "Ω", shown)
        axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=2)

    return Panel("endurance-window", "Window over the cycles", _window_table(window), paint)


def _lay_out_cycles(axes: Axes, cycling: Cycling) -> None:
    """Lay the cycles out in decades, at least one of them."""
    axes.set_xscale("log")
    axes.set_xlim(0.8, 1.25 * max(10.0, float(cycling.cycle.max())))
    axes.set_xlabel("Cycle")


def state_distributions(cycling: Cycling) -> Panel:
    """Draw the cumulative distribution of both states on a normal scale, straight if normal."""
    frames = []
    for phase, label, _ in STATES:
        values = np.sort(cycling.state_ohm(phase))
        share = (np.arange(len(values)) + 0.5) / max(1, len(values))
        frames.append(pd.DataFrame({"state": label, "resistance_ohm": values, "cumulative": share}))
    limits = _limits(cycling)

    def paint(axes: Axes) -> None:
        for frame, (_, label, colour) in zip(frames, STATES, strict=True):
            part = frame.iloc[np.unique(np.linspace(0, len(frame) - 1, MOST_DRAWN).astype(int))]
            axes.plot(
                part["resistance_ohm"],
                ndtri(part["cumulative"].to_numpy(dtype=float)),
                ".",
                color=colour,
                markersize=2,
                label=f"{label}, {len(frame)} cycle{'s' * (len(frame) != 1)}",
            )
        axes.axvline(cycling.middle_ohm, color=GREY, linewidth=0.6, linestyle=":")
        axes.set_yticks([float(ndtri(tick)) for tick in TICKS], [f"{tick:g}" for tick in TICKS])
        axes.set_ylim(float(ndtri(5e-4)), float(ndtri(1 - 5e-4)))
        axes.set_xlim(*limits)
        label_axis(axes, "x", "Resistance", "Ω", limits)
        axes.set_ylabel("Cumulative share (1)")
        axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=2)

    return Panel("endurance-cdf", "Distribution of both states", pd.concat(frames), paint)


def _thinned(count: int, cycling: Cycling) -> np.ndarray[tuple[int], np.dtype[np.intp]]:
    """Return the rows to draw: all of few, else equally many a decade, and every failure."""
    if count <= MOST_DRAWN:
        return np.arange(count)
    spread = np.geomspace(1, count, MOST_DRAWN).astype(np.intp) - 1
    failed = np.flatnonzero(cycling.failed)
    return np.union1d(spread, failed[: MOST_DRAWN // 2])


def _limits(cycling: Cycling) -> tuple[float, float]:
    """Return the ends of an axis of resistances: all readings not too far from sound cycles."""
    sound = ~cycling.failed if (~cycling.failed).any() else cycling.trusted
    values = np.r_[cycling.written_ohm[sound], cycling.reset_ohm[sound]]
    low, high = float(values.min()), float(values.max())
    span = (high - low) or 0.1 * abs(high) or 1.0
    every = np.r_[cycling.written_ohm, cycling.reset_ohm]
    near = every[(every > low - REACH * span) & (every < high + REACH * span)]
    least, most = float(near.min()), float(near.max())
    if 0 < LOG_FROM * least < most:  # an axis of decades
        return least / 1.2, most * 1.2
    margin = 0.1 * (most - least or span)
    return least - margin, most + margin


def _name_outside(axes: Axes, cycling: Cycling, limits: tuple[float, float]) -> None:
    values = np.r_[cycling.written_ohm, cycling.reset_ohm]
    outside = int(((values < limits[0]) | (values > limits[1])).sum())
    missing = int((~np.isfinite(values)).sum())
    said = []
    if outside:
        said.append(f"{outside} reading{'s' * (outside > 1)} outside the axis")
    if missing:
        said.append(f"{missing} missing")
    if said:
        axes.text(0.02, 0.02, ", ".join(said), transform=axes.transAxes, fontsize=6, color=GREY)


def _mark_failure(axes: Axes, cycling: Cycling) -> None:
    axes.axhline(cycling.middle_ohm, color=GREY, linewidth=0.6, linestyle=":")
    if cycling.first_failure is not None:
        label = f"first failure, cycle {cycling.first_failure}"
        axes.axvline(cycling.first_failure, color=GREY, linestyle="--", linewidth=0.8, label=label)
    if cycling.lasting_failure not in (None, cycling.first_failure):
        label = f"all {cycling.lasting[0]} read from cycle {cycling.lasting_failure} on fail"
        axes.axvline(cycling.lasting_failure or 0, color="black", linewidth=0.8, label=label)


def _window_table(window: Window) -> pd.DataFrame:
    table = pd.DataFrame(
        {
            "first_cycle": window.first_cycle.astype(np.int64),
            "last_cycle": window.last_cycle.astype(np.int64),
        }
    )
    for name, values in (("written", window.written_ohm), ("reset", window.reset_ohm)):
        for at, part in enumerate((f"p{OUTER[0]:g}", "median", f"p{OUTER[1]:g}")):
            table[f"{name}_{part}_ohm"] = values[:, at]
    return table.assign(margin_ohm=window.margin_ohm)
