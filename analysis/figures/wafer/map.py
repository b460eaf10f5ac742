"""A map of a wafer: a quantity of each die in its place, and dies without any shown as such."""

from collections.abc import Mapping, Sequence
from math import isfinite

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.patches import Circle, Patch, Rectangle

from ....wafer_map import Die, WaferMap
from ..house import GREY, label_axis, legend_below, map_colours
from ..panel import Panel

NO_CONTACT_HATCH = "xxxxx"
EMPTY = "#FFFFFF"


def wafer_map(
    name: str,
    title: str,
    quantity: str,
    unit: str,
    wafer: WaferMap,
    values: Mapping[Die, float],
    no_contact: Sequence[Die] = (),
    span: tuple[float, float] | None = None,
) -> Panel:
    """Draw a value of each die; a die of the map without one is empty, or hatched if none of its
    devices had contact.

    `span` is the range of the colours, by default that of the values. `unit` is the SI unit.
    """
    known = {die: value for die, value in values.items() if isfinite(value)}
    low, high = span or (min(known.values(), default=0.0), max(known.values(), default=1.0))
    if not low < high:
        low, high = low - (abs(low) or 1.0) / 100, high + (abs(high) or 1.0) / 100
    data = pd.DataFrame(
        [
            {
                "column": die.column,
                "row": die.row,
                "value": known.get(die, np.nan),
                "no_contact": die in no_contact,
            }
            for die in wafer.dies
        ]
    )
    lacking = [die for die in wafer.dies if die not in known]
    handles = [
        *[Patch(fc=EMPTY, ec=GREY, hatch=NO_CONTACT_HATCH, label="no contact")]
        * any(die in no_contact for die in lacking),
        *[Patch(fc=EMPTY, ec=GREY, label="no value")]
        * any(die not in no_contact for die in lacking),
    ]

    def paint(axes: Axes) -> None:
        colours, scale = map_colours(), Normalize(low, high)
        radius_mm, width_mm, height_mm = (
            1e3 * each for each in (wafer.diameter_m / 2, wafer.die_width_m, wafer.die_height_m)
        )
        axes.add_patch(Circle((0, 0), radius_mm, fc="none", ec=GREY, lw=0.8))
        for die in wafer.dies:
            x_mm, y_mm = (1e3 * each for each in wafer.centre_m(die))
            corner = (x_mm - width_mm / 2, y_mm - height_mm / 2)
            has_value = die in known
            axes.add_patch(
                Rectangle(
                    corner,
                    width_mm,
                    height_mm,
                    fc=colours(scale(known[die])) if has_value else EMPTY,
                    ec="white" if has_value else GREY,
                    lw=0.4,
                    zorder=1 if has_value else 2,
                    hatch=NO_CONTACT_HATCH if die in no_contact and not has_value else None,
                )
            )
        axes.set_xlim(-1.04 * radius_mm, 1.04 * radius_mm)
        axes.set_ylim(-1.04 * radius_mm, 1.04 * radius_mm)
        axes.set_aspect("equal")
        axes.set_xlabel("x (mm)")
        axes.set_ylabel("y (mm)")
        if known and axes.figure is not None:
            bar = axes.figure.colorbar(ScalarMappable(scale, colours), ax=axes)
            if unit in ("", "ratio"):
                bar.set_label(quantity)
            else:
                label_axis(bar.ax, "y", quantity, unit, [low, high])
        if handles:
            legend_below(axes, handles=handles, ncols=len(handles))

    return Panel(name, title, data, paint, lines_below=2 if handles else 0)
