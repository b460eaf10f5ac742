"""The figure of what training takes: energy of each part, of pulses as printed and as applied."""

from collections.abc import Mapping

import pandas as pd
from matplotlib.axes import Axes

from ....analysis.figures.house import BLUE, GREY, ORANGE
from ....analysis.figures.panel import Panel
from .training_cost import TrainingCost


def energy_table(cost: TrainingCost, pulse_J: Mapping[str, float]) -> pd.DataFrame:
    """Return a row for each part, one for the write pulses of each energy, and all digital."""
    parts = {
        "devices read": (cost.reading_J, "part"),
        "converters": (cost.converters_J, "part"),
        "gradient, digital": (cost.gradient_J, "part"),
        "memory of the rule": (cost.memory_J, "part"),
        **{name: (cost.counts.pulses * each, "pulses") for name, each in pulse_J.items()},
        "all digital": (cost.digital_J, "digital"),
    }
    return pd.DataFrame(
        [{"part": name, "kind": kind, "energy_J": value} for name, (value, kind) in parts.items()]
    )


def training_panel(cost: TrainingCost, pulse_J: Mapping[str, float]) -> Panel:
    """Draw the energies as bars on an axis of decades; parts of no energy are left out."""
    table = energy_table(cost, pulse_J)

    def paint(axes: Axes) -> None:
        shown = table[table["energy_J"] > 0][::-1]
        colours = shown["kind"].map({"part": BLUE, "pulses": ORANGE, "digital": GREY})
        axes.barh(shown["part"], shown["energy_J"], color=list(colours), height=0.6)
        axes.set_xscale("log")
        axes.set_xlabel("Energy of the training (J)")

    return Panel("training-energy", "Energy of a training", table, paint)
