"""The figure of the track's area against the levels of a device."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from ....analysis.figures.house import BLUE, GREY, ORANGE
from ....analysis.figures.panel import Panel
from .assumptions import MEASURED, SCALED, length_of_levels_m

FEATURES_m = (15e-9, 50e-9)
LEVELS = (2, 4, 5, 8, 16, 32, 64, 128)
WIDTH_m = 50e-9


def area_table() -> pd.DataFrame:
    """Return length and area of a 50 nm wide track against levels and feature size."""
    return pd.DataFrame(
        [
            {
                "feature_m": feature_m,
                "levels": levels,
                "length_m": length_of_levels_m(levels, feature_m),
                "area_m2": length_of_levels_m(levels, feature_m) * WIDTH_m,
            }
            for feature_m in FEATURES_m
            for levels in LEVELS
        ]
    )


def area_panel() -> Panel:
    """Draw area against levels, with the devices that are published."""
    table = area_table()

    def paint(axes: Axes) -> None:
        for feature_m, colour in zip(FEATURES_m, (BLUE, ORANGE), strict=True):
            rows = table[table["feature_m"] == feature_m]
            label = f"feature size {1e9 * feature_m:.0f} nm"
            axes.plot(rows["levels"], 1e12 * rows["area_m2"], "o-", color=colour, label=label)
        axes.plot(5, 1e12 * MEASURED.area_m2, "s", color=GREY, label="measured, 0.35 µm wide")
        axes.plot(32, 1e12 * SCALED.area_m2, "D", color=GREY, label="scaled, simulated")
        axes.annotate(
            "8 levels: 240 nm long",
            (8, 1e12 * float(np.float64(length_of_levels_m(8)) * WIDTH_m)),
            (10, -12),
            textcoords="offset points",
            fontsize=7,
        )
        axes.set_xscale("log", base=2)
        axes.set_yscale("log")
        axes.set_xticks(LEVELS, [str(levels) for levels in LEVELS])
        axes.minorticks_off()
        axes.set_xlabel("Levels of a device")
        axes.set_ylabel("Area of its track (µm²)")
        axes.legend(loc="lower center", bbox_to_anchor=(0.45, 1.0), ncols=2)

    return Panel("track-area", "Area of a track against its levels", table, paint)
